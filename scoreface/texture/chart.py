"""The chart's rim: texels outside it stand for the nearest one inside."""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def nearest_inside(chart: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row and column, each (S, S), of the nearest texel inside a ``chart`` (S, S) bool; inside, its own."""
    rows, columns = ndimage.distance_transform_edt(
        ~chart, return_distances=False, return_indices=True
    )
    return rows, columns


def nearest_texels(chart: np.ndarray) -> np.ndarray:
    """The same as row-major indices, (S * S,) int64."""
    rows, columns = nearest_inside(chart)
    return (rows * len(chart) + columns).ravel().astype(np.int64)


def padded(texture: np.ndarray, chart: np.ndarray) -> np.ndarray:
    """Continue a texture (S, S, C) beyond its ``chart`` (S, S) bool with the nearest texel inside.

    Interpolation at a seam reaches over the chart's edge; without this it would bring in black.
    """
    return texture[nearest_inside(chart)]
