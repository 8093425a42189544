"""Brushes for the skins: where to paint, mixing, and noise that has no seam."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import map_coordinates

from scoreface.demo.masks import Array, soft


def facing(points: Array) -> Array:
    """1 on the side of the head that the face plane describes, of ``points`` (..., 3)."""
    return soft(points[..., 2] - 0.035, 0.01)


def window(where: np.ndarray) -> tuple[np.ndarray, ...]:
    """The index of the rows and columns that ``where`` (R, C) bool has something in."""
    return np.ix_(where.any(axis=1), where.any(axis=0))


def mix(image: Array, colour: Array | list[float], weight: Array) -> Array:
    """``image`` (S, S, 3) moved towards ``colour`` (3,) or (S, S, 3) by ``weight`` (S, S)."""
    painted = weight > 0.002
    over = np.asarray(colour, np.float32)
    if over.ndim > 1:
        over = over[painted]
    mixed = image.copy()
    here = mixed[painted]
    mixed[painted] = here + weight[painted][:, None].astype(np.float32) * (over - here)
    return mixed


def solid_noise(
    points: Array, cell: float, rng: np.random.Generator, where: np.ndarray | None = None
) -> Array:
    """Smooth noise (mean 0, about unit deviation) at 3D ``points`` (..., 3), metres.

    Value noise on a lattice of ``cell`` metres: the same on both sides of the UV seam. Only the
    points of ``where`` (...) bool are computed, the others are 0.
    """
    lattice = 1.6 * rng.standard_normal((40, 40, 40)).astype(np.float32)
    if where is None:
        at = np.moveaxis(points / cell, -1, 0)
        return map_coordinates(lattice, at, order=1, mode="grid-wrap")
    noise = np.zeros(points.shape[:-1], np.float32)
    noise[where] = map_coordinates(lattice, points[where].T / cell, order=1, mode="grid-wrap")
    return noise
