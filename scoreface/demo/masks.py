"""Soft masks, which shapes, skins and photos are made with, and the type of the demo's arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]


def soft(distance: Array, width: float) -> Array:
    """0 to 1 as ``distance`` (m, positive inside) passes 0 over ``width`` (m), without a corner."""
    t = np.clip(distance / width + 0.5, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def spot(x: Array, y: Array, cx: float, cy: float, rx: float, ry: float) -> Array:
    """A round Gaussian spot, 1 at its centre and 1/e at the radii (m)."""
    return np.exp(-(((x - cx) / rx) ** 2) - ((y - cy) / ry) ** 2)
