"""A signed distance of the bare head: skull, face, jaw, nose, neck, without lids, lips and ears."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from scoreface.demo.masks import Array


def _smooth_union(a: Array, b: Array, k: float) -> Array:
    """The union of two distances, rounded over a width ``k`` (m) where they meet."""
    h = np.clip(k - np.abs(a - b), 0.0, None) / k
    return np.minimum(a, b) - h * h * k * 0.25


def _ellipsoid(
    p: Array, centre: tuple[float, ...], radii: tuple[float, ...], power: float = 2.0
) -> Array:
    """An ellipsoid's distance, about exact near its surface; a ``power`` above 2 is boxier."""
    q = np.abs(p - np.array(centre)) / np.array(radii)
    k0 = (q**power).sum(axis=-1) ** (1.0 / power)
    k1 = np.linalg.norm(q / np.array(radii), axis=-1)
    return k0 * (k0 - 1.0) / np.maximum(k1, 1e-9)


def _cone(p: Array, a: tuple[float, ...], b: tuple[float, ...], ra: float, rb: float) -> Array:
    """A capsule from ``a`` to ``b`` whose radius runs from ``ra`` to ``rb``."""
    start, axis = np.array(a), np.subtract(b, a)
    t = np.clip((p - start) @ axis / (axis @ axis), 0.0, 1.0)
    return np.linalg.norm(p - start - t[..., None] * axis, axis=-1) - (ra + t * (rb - ra))


# (shape, its arguments, rounding width in metres), joined in this order. x is |x|.
_PARTS: list[tuple[Callable[..., Array], tuple[Any, ...], float]] = [
    (_ellipsoid, ((0.0, 0.033, -0.012), (0.0740, 0.087, 0.096), 2.12), 0.001),
    (_ellipsoid, ((0.0, 0.036, 0.029), (0.0640, 0.056, 0.062), 2.2), 0.030),  # forehead
    (_ellipsoid, ((0.0, -0.034, 0.024), (0.0605, 0.066, 0.062), 2.1), 0.030),  # middle face
    (_cone, ((0.052, -0.022, -0.006), (0.042, -0.064, 0.000), 0.0115, 0.0100), 0.040),  # ramus
    (_cone, ((0.042, -0.064, 0.000), (0.012, -0.098, 0.066), 0.0100, 0.0130), 0.036),  # jaw
    (_ellipsoid, ((0.0, -0.0990, 0.0765), (0.0170, 0.0140, 0.0155)), 0.026),  # chin
    (_ellipsoid, ((0.0, -0.070, 0.066), (0.0270, 0.0270, 0.0270)), 0.024),  # teeth
    (_ellipsoid, ((0.0460, -0.020, 0.047), (0.0185, 0.0170, 0.0200)), 0.024),  # cheekbones
    (_ellipsoid, ((0.0330, -0.053, 0.055), (0.0220, 0.0270, 0.0210)), 0.030),  # cheeks
    (_cone, ((0.008, 0.0140, 0.0830), (0.043, 0.0160, 0.0610), 0.0085, 0.0085), 0.018),  # brows
    (_cone, ((0.0, -0.060, -0.030), (0.0, -0.260, -0.022), 0.0450, 0.0540), 0.030),  # neck
    (_ellipsoid, ((0.035, -0.264, -0.030), (0.1050, 0.0740, 0.0620)), 0.070),  # shoulders' start
    (_cone, ((0.0, 0.0080, 0.0820), (0.0, -0.0330, 0.1035), 0.0060, 0.0092), 0.015),  # nose ridge
    (_ellipsoid, ((0.0, -0.0360, 0.1045), (0.0105, 0.0095, 0.0105)), 0.010),  # nose tip
    (_ellipsoid, ((0.0, -0.0430, 0.0960), (0.0050, 0.0060, 0.0095)), 0.008),  # between nostrils
    (_ellipsoid, ((0.0112, -0.0400, 0.0945), (0.0064, 0.0070, 0.0095)), 0.007),  # nose wings
]


def distance(p: Array) -> Array:
    """Signed distance (m, negative inside) of points (..., 3)."""
    q = p.copy()
    # |x|, rounded at the middle so that mirrored parts meet without a crease.
    q[..., 0] = np.sqrt(q[..., 0] ** 2 + 0.003**2)
    result = np.full(p.shape[:-1], 1.0)
    for shape, arguments, k in _PARTS:
        result = _smooth_union(result, shape(q, *arguments), k)
    return result
