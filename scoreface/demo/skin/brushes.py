"""Brushes for the skins: where to paint, mixing, and noise that has no seam."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.ndimage import map_coordinates
from scipy.spatial import cKDTree

from scoreface.demo.head.surface import build_grid, spread
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


@cache
def face_plane() -> tuple[cKDTree, Array, Array]:
    """A look-up of the chart's points by their place in the face plane.

    Returns a tree of (N, 2) places, the N points (N, 3), and their (row, column) as fractions of
    the chart's side (N, 2).
    """
    points = spread(build_grid().vertices, 256)
    rows, columns = np.nonzero(points[..., 2] > 0.03)
    facing = points[rows, columns]
    return cKDTree(facing[:, :2]), facing, (np.stack([rows, columns], axis=1) + 0.5) / 256


def dots(points: Array, at: Array, radius: Array, strength: Array) -> Array:
    """The weight of soft round dots on the face: (S, S) float32; of those that overlap, the strongest.

    Args:
        points: (S, S, 3) the whole chart's.
        at: (N, 2) the dots' places in the face plane, metres.
        radius, strength: (N,) where a dot has faded to 1/e, a few millimetres at most, and its weight in the middle.
    """
    size = len(points)
    reach = max(3, size // 100)
    weight = np.zeros(points.shape[:2], np.float32)
    tree, facing, places = face_plane()
    nearest = tree.query(at)[1]
    for place, centre, r, s in zip(places[nearest], facing[nearest], radius, strength, strict=True):
        row, column = (place * size).astype(int)
        window = (
            slice(max(row - reach, 0), row + reach),
            slice(max(column - reach, 0), column + reach),
        )
        apart = ((points[window] - centre) ** 2).sum(axis=-1)
        weight[window] = np.maximum(weight[window], s * np.exp(-apart / r**2))
    return weight


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
