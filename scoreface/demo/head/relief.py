"""The fine relief of the template: eye sockets and lids, lips, nostrils, ears."""

from __future__ import annotations

import numpy as np

from scoreface.demo.head.anatomy import (
    EYE_CENTRE,
    MOUTH_HALF_WIDTH,
    MOUTH_Y,
    NOSTRIL,
    eye_margins,
    mouth_curves,
)
from scoreface.demo.masks import Array


def _bump(x: Array, y: Array, cx: float, cy: float, sx: float, sy: float) -> Array:
    """exp(-r^2) of the distance to (cx, cy) in units of (sx, sy)."""
    return np.exp(-(((x - cx) / sx) ** 2) - ((y - cy) / sy) ** 2)


def _smooth_max(a: Array, b: Array, k: float) -> Array:
    h = np.clip(k - np.abs(a - b), 0.0, None) / k
    return np.maximum(a, b) + h * h * k * 0.25


def add_relief(points: Array) -> Array:
    """The grid (R, C, 3) of the bare head with lids, lips, nostrils and ears modelled on it."""
    out = points.copy()
    front = np.clip(points[..., 2] / 0.03, 0.0, 1.0)
    out[..., 2] = _eyes(out)
    out[..., 2] += front * (_mouth(out) + _nose(out))
    return _ears(out)


def _eyes(p: Array) -> Array:
    """Depth z with sockets, eyeballs and lids."""
    x, y, z = np.abs(p[..., 0]), p[..., 1], p[..., 2]
    cx, cy = EYE_CENTRE
    front = np.clip(z / 0.03, 0.0, 1.0)
    z = z - front * 0.0075 * _bump(x, y, 0.0285, 0.001, 0.0200, 0.0125)
    z = z - front * 0.0030 * _bump(x, y, 0.0165, 0.004, 0.0080, 0.0090)
    # The lids are a sphere's shell over the eyeball; the opening lies lower by their thickness.
    square = 0.0150**2 - (x - cx - 0.001) ** 2 - (y - cy) ** 2
    ball = 0.0655 + np.sqrt(np.clip(square, 0.0, None))
    lidded = np.where(square > 0.0, _smooth_max(z, ball, 0.006), z)
    z = np.where(front > 0.0, lidded, z)
    upper, lower = eye_margins(x)
    depth = np.minimum(upper - y, y - lower)
    opening = np.clip(depth / 0.0022 + 0.3, 0.0, 1.0) * (upper - lower > 1e-5)
    z = z - front * 0.0016 * opening
    crease = np.exp(-(((y - upper - 0.0042) / 0.0016) ** 2)) * _bump(x, y, cx, cy, 0.015, 0.03)
    return z - front * 0.0010 * crease


def _mouth(p: Array) -> Array:
    """Depth to add for the lips, the line between them, the philtrum and the dip below."""
    x, y = p[..., 0], p[..., 1]
    upper, line, lower = mouth_curves(x)
    wide = np.clip(1.0 - (x / (MOUTH_HALF_WIDTH * 1.04)) ** 2, 0.0, None)
    above = 0.0036 * np.exp(-(((y - 0.5 * (line + upper)) / 0.0052) ** 2))
    below = 0.0044 * np.exp(-(((y - 0.5 * (line + lower)) / 0.0056) ** 2))
    groove = -0.0046 * np.exp(-(((y - line) / 0.0019) ** 2))
    corners = -0.0030 * _bump(np.abs(x), y, MOUTH_HALF_WIDTH, MOUTH_Y, 0.0050, 0.0050)
    philtrum = -0.0016 * _bump(x, y, 0.0, -0.0560, 0.0040, 0.0065)
    ridges = 0.0008 * _bump(np.abs(x), y, 0.0060, -0.0570, 0.0030, 0.0065)
    dip = -0.0030 * _bump(x, y, 0.0, -0.0870, 0.0180, 0.0050)
    return (above + below + groove) * wide**0.7 + corners + philtrum + ridges + dip


def _nose(p: Array) -> Array:
    """Depth to add for the nostrils and the crease round the nose's wings."""
    x, y = np.abs(p[..., 0]), p[..., 1]
    nostril = -0.0020 * _bump(x, y, NOSTRIL[0], NOSTRIL[1], 0.0032, 0.0022)
    wing = -0.0022 * _bump(x, y, 0.0190, -0.0400, 0.0028, 0.0065)
    fold = -0.0022 * np.exp(-(((x - 0.0215 - 0.35 * (-0.045 - y)) / 0.0040) ** 2))
    fold = fold * np.exp(-(((y + 0.056) / 0.0130) ** 2))
    return nostril + wing + fold


def ear_coordinates(p: Array) -> tuple[Array, Array]:
    """Forwards and upwards on the ear of points (..., 3), in its half widths and half heights.

    The ear leans back by a few degrees; its outline is the unit circle.
    """
    forwards = (p[..., 2] + 0.005 - 0.20 * (p[..., 1] + 0.012)) / 0.0185
    upwards = (p[..., 1] + 0.012) / 0.0310
    # The lobe is narrower than the top.
    return forwards / (1.0 - 0.30 * np.clip(-upwards, 0.0, 1.0)), upwards


def _ears(p: Array) -> Array:
    """Vertices of the ears' patches moved out and back: a flap with a rim and a hollow."""
    side, x = np.sign(p[..., 0]), np.abs(p[..., 0])
    a, b = ear_coordinates(p)
    r = np.hypot(a, b)
    t = np.clip((1.35 - r) / 0.65, 0.0, 1.0) * (x > 0.03)
    inside = t * t * (3.0 - 2.0 * t)
    # The flap is hinged in front, so the lift grows backwards; the hollow opens forwards.
    back = np.clip(0.9 - a, 0.0, 1.7) / 1.7
    hollow = np.exp(-(((a + 0.02) / 0.42) ** 2) - ((b + 0.05) / 0.48) ** 2)
    lift = inside * (0.0030 + 0.0205 * back**1.2 - 0.0065 * hollow)
    out = p.copy()
    out[..., 0] = side * (x + lift)
    out[..., 2] = p[..., 2] - 0.0060 * inside * back
    return _smoothed(out, (inside * (1.0 - 0.7 * hollow))[..., None])


def _smoothed(grid: Array, weight: Array) -> Array:
    """The grid (R, C, 3) with each point moved towards its neighbours' mean where ``weight`` is."""
    for _ in range(3):
        mean = np.roll(grid, 1, axis=1) + np.roll(grid, -1, axis=1)
        mean[1:-1] = 0.25 * (mean[1:-1] + grid[2:] + grid[:-2])
        mean[[0, -1]] = grid[[0, -1]]
        grid = grid + 0.6 * weight * (mean - grid)
    return grid
