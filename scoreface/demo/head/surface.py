"""The template's surface: a smooth union of anatomical primitives, sampled on a grid of rays.

Every vertex lies on a ray from inside the skull (below the jaw, from the neck's axis), at a
longitude (0 in front, positive to the picture's right) and an elevation. Columns are dense in the
face and at the ears, rows between brow and chin. The UV chart is the grid itself, so it is
injective by construction and the face gets most of it; its seam runs down the back.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from scoreface.demo.head.relief import add_relief
from scoreface.demo.head.skull import distance
from scoreface.demo.masks import Array

COLUMNS = 84
ROWS_CROWN, ROWS_FOREHEAD, ROWS_FACE, ROWS_NECK, ROWS_CAP = 13, 9, 51, 15, 3
CENTRE = np.array([0.0, -0.02, 0.0])
BASE_Y = -0.218
CHIN_ELEVATION = np.deg2rad(-49.0)


@dataclass(frozen=True)
class Grid:
    """The sampled surface.

    points: (R, C, 3) metres; row 0 nearest the crown, column 0 on the seam at the back.
    vertices: (R * C + 2, 3), the grid row by row, then the crown's and the neck's pole.
    faces: (F, 3) int64, counter-clockwise seen from outside.
    vt, ft: (T, 2) in [0, 1] and (F, 3) int64: the UV chart, v = 1 at the crown.
    """

    points: Array
    vertices: Array
    faces: np.ndarray
    vt: Array
    ft: np.ndarray


def longitudes() -> Array:
    """(COLUMNS,) radians in [-pi, pi), symmetric, dense in the face and at the ears."""
    dense = np.linspace(0.0, np.pi, 2001)
    degrees = np.rad2deg(dense)
    density = 0.42 + 2.3 * np.exp(-((degrees / 38.0) ** 2))
    density += 0.75 * np.exp(-(((degrees - 95.0) / 18.0) ** 2))
    travelled = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    half = np.interp(np.linspace(0.0, travelled[-1], COLUMNS // 2 + 1), travelled, dense)
    return np.concatenate([-half[:0:-1], half[:-1]])


def _directions(longitude: Array, elevation: Array) -> Array:
    """Unit vectors (..., 3) of the broadcast longitudes and elevations."""
    longitude, elevation = np.broadcast_arrays(longitude, elevation)
    flat = np.cos(elevation)
    return np.stack(
        [flat * np.sin(longitude), np.sin(elevation), flat * np.cos(longitude)], axis=-1
    )


def _cast(origins: Array, directions: Array) -> Array:
    """Where rays from inside the head leave it: (..., 3), by bisection (each leaves it once)."""
    low = np.zeros(directions.shape[:-1])
    high = np.full(directions.shape[:-1], 0.25)
    for _ in range(22):
        middle = 0.5 * (low + high)
        inside = distance(origins + middle[..., None] * directions) < 0.0
        low = np.where(inside, middle, low)
        high = np.where(inside, high, middle)
    return origins + (0.5 * (low + high))[..., None] * directions


def _resample(profile: Array, count: int) -> Array:
    """(count, C, 3) points equally spaced along each column of ``profile`` (N, C, 3), ends kept."""
    steps = np.linalg.norm(np.diff(profile, axis=0), axis=-1)
    length = np.concatenate([np.zeros((1, profile.shape[1])), np.cumsum(steps, axis=0)])
    out = np.empty((count, profile.shape[1], 3))
    for column in range(profile.shape[1]):
        at = np.linspace(0.0, length[-1, column], count)
        for axis in range(3):
            out[:, column, axis] = np.interp(at, length[:, column], profile[:, column, axis])
    return out


def _neck(longitude: Array) -> Array:
    """(ROWS_NECK, C, 3): from below the jaw to the neck's edge, equally spaced.

    The rays' origin goes down the neck's axis while they rise to the horizontal.
    """
    t = np.linspace(0.0, 1.0, 120)[:, None]
    origins = CENTRE + t[..., None] * (np.array([0.0, BASE_Y, -0.026]) - CENTRE)
    profile = _cast(origins, _directions(longitude, CHIN_ELEVATION * (1.0 - t)))
    return _resample(profile, ROWS_NECK + 1)[1:]


def _grid_points() -> Array:
    longitude = longitudes()
    degrees = np.concatenate(
        [
            np.linspace(90.0, 47.0, ROWS_CROWN + 1)[1:],
            np.linspace(47.0, 27.0, ROWS_FOREHEAD + 1)[1:],
            np.linspace(27.0, np.rad2deg(CHIN_ELEVATION), ROWS_FACE + 1)[1:],
        ]
    )
    head = _cast(CENTRE, _directions(longitude, np.deg2rad(degrees)[:, None]))
    neck = _neck(longitude)
    rim = neck[-1]
    middle = np.array([0.0, BASE_Y, rim[:, 2].mean()])
    inwards = np.linspace(0.0, 1.0, ROWS_CAP + 2)[1:-1, None, None]
    cap = rim + inwards * (middle - rim)
    return np.concatenate([head, neck, cap])


def _topology(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray, Array]:
    """Faces, UV faces and UV coordinates of the closed grid with two poles."""
    i, j = np.divmod(np.arange((rows - 1) * columns), columns)

    def quads(width: int) -> np.ndarray:
        right = (j + 1) % width
        a, b = i * width + j, i * width + right
        c, d = (i + 1) * width + right, (i + 1) * width + j
        # The diagonal is mirrored at the middle so that the mesh is left-right symmetric.
        left = (j < columns // 2)[:, None]
        first = np.where(left, np.stack([a, d, b], 1), np.stack([a, d, c], 1))
        second = np.where(left, np.stack([b, d, c], 1), np.stack([a, c, b], 1))
        return np.concatenate([first, second])

    column = np.arange(columns)
    after = (column + 1) % columns
    crown, base = rows * columns, rows * columns + 1
    last = (rows - 1) * columns
    top = np.stack([np.full(columns, crown), column, after], 1)
    bottom = np.stack([np.full(columns, base), last + after, last + column], 1)
    faces = np.concatenate([quads(columns), top, bottom])

    # One more column of UV coordinates closes the seam; each pole has one per column.
    width = columns + 1
    u, v = np.meshgrid(
        np.arange(width) / columns, 1.0 - np.arange(1, rows + 1) / (rows + 1), indexing="xy"
    )
    middle = (column + 0.5) / columns
    vt = np.concatenate(
        [
            np.stack([u.ravel(), v.ravel()], 1),
            np.stack([middle, np.ones(columns)], 1),
            np.stack([middle, np.zeros(columns)], 1),
        ]
    )
    top_uv = np.stack([rows * width + column, column, column + 1], 1)
    lowest = (rows - 1) * width + column
    bottom_uv = np.stack([rows * width + columns + column, lowest + 1, lowest], 1)
    ft = np.concatenate([quads(width), top_uv, bottom_uv])
    return faces, ft, vt


@cache
def build_grid() -> Grid:
    """The template head: closed, 7,646 vertices, metres, y up, looking to +z; not to be altered."""
    points = add_relief(_grid_points())
    rows, columns = points.shape[:2]
    crown = points[0].mean(axis=0) + np.array([0.0, 0.0004, 0.0])
    base = points[-1].mean(axis=0)
    vertices = np.concatenate([points.reshape(-1, 3), [crown, base]])
    faces, ft, vt = _topology(rows, columns)
    return Grid(points, vertices, faces, vt, ft)


def spread(values: Array, size: int) -> Array:
    """Per-vertex ``values`` (V, K) on the texels of the UV chart: (size, size, K) float32.

    The chart is the grid, so this is bilinear interpolation; texel (i, j) has its centre at
    u = (j + 0.5) / size, v = 1 - (i + 0.5) / size. The two half-empty rows of triangles at the
    poles are filled too.
    """
    channels = values.shape[1]
    rows = len(values) // COLUMNS
    body = values[:-2].reshape(rows, COLUMNS, channels)
    crown = np.broadcast_to(values[-2], (1, COLUMNS, channels))
    base = np.broadcast_to(values[-1], (1, COLUMNS, channels))
    grid = np.concatenate([crown, body, base])
    grid = np.concatenate([grid, grid[:, :1]], axis=1).astype(np.float32)
    centre = (np.arange(size) + 0.5) / size
    return _lerp(_lerp(grid, centre * (rows + 1), 0), centre * COLUMNS, 1)


def _lerp(values: Array, at: Array, axis: int) -> Array:
    """Linear interpolation of ``values`` along ``axis`` at fractional indices ``at``."""
    low = np.minimum(at.astype(np.int64), values.shape[axis] - 2)
    shape = [1] * values.ndim
    shape[axis] = len(at)
    t = (at - low).reshape(shape).astype(np.float32)
    return values.take(low, axis) * (1 - t) + values.take(low + 1, axis) * t
