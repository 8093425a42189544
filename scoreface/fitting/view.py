"""A photo as a detector is shown it: reduced or enlarged, with an edge around it, or turned; and the way back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

# Below this, bicubic interpolation of the full photo would skip pixels: it is reduced by area first.
_ALIASING = 0.75


class View(NamedTuple):
    """Attributes:
    pixels: (h, w, 3) uint8, black where the photo does not reach.
    linear: (2, 2), with ``offset`` the map from places in the view to places in the photo, x right and y down, where
        a pixel's centre is a whole number.
    offset: (2,).
    """

    pixels: np.ndarray
    linear: np.ndarray
    offset: np.ndarray

    def in_photo(self, places: np.ndarray) -> np.ndarray:
        """Where places (..., 2) of the view lie in the photo."""
        return places @ self.linear.T + self.offset

    @property
    def zoom(self) -> float:
        """Pixels of the photo along one of the view."""
        return float(np.sqrt(abs(np.linalg.det(self.linear))))


def whole(photo: np.ndarray, side: int, turn: float = 0.0, edge: float = 0.0) -> View:
    """A view of the whole photo.

    Args:
        photo: (H, W, 3) uint8.
        side: pixels of its longer side, before it is turned, with the edge; a smaller photo is not enlarged.
        turn: degrees counter-clockwise.
        edge: breadth of the black edge around it, as a share of the photo's sides.
    """
    height, width = photo.shape[:2]
    extent = np.array([width, height]) * (1 + 2 * edge)
    zoom = max(1.0, extent.max() / side)
    back = _turned(turn)
    sides = np.maximum(1, np.ceil(np.abs(back.T) @ extent / zoom - 1e-6)).astype(int)
    centre = np.array([width - 1, height - 1]) / 2
    return _resample(photo, zoom * back, centre, sides)


def around(photo: np.ndarray, centre: np.ndarray, zoom: float, turn: float, side: int) -> View:
    """A square view of ``side`` pixels around a place (2,) of the photo, turned, with ``zoom`` of its pixels in one."""
    return _resample(photo, zoom * _turned(turn), centre, np.array([side, side]))


def _turned(turn: float) -> np.ndarray:
    """The matrix from a view that is turned counter-clockwise, by degrees, to the photo; y down."""
    cosine, sine = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    return np.array([[cosine, -sine], [sine, cosine]])


def _resample(photo: np.ndarray, linear: np.ndarray, centre: np.ndarray, sides: np.ndarray) -> View:
    """The view of so many pixels (width, height) whose middle shows a place of the photo."""
    offset = centre - linear @ (sides - 1) / 2
    view = View(np.zeros((0, 0, 3), np.uint8), linear, offset)
    picture = Image.fromarray(photo)
    matrix, shift = linear, offset
    if 1 / view.zoom < _ALIASING:
        sizes = np.array(picture.size)
        reduced = np.maximum(1, np.rint(sizes / view.zoom)).astype(int)
        picture = picture.resize(tuple(reduced.tolist()), Image.Resampling.BOX)
        shares = reduced / sizes
        matrix, shift = shares[:, None] * linear, shares * (offset + 0.5) - 0.5
    # Pillow counts places from the corner of the first pixel.
    shift = shift + 0.5 - matrix @ [0.5, 0.5]
    numbers = (*matrix[0], shift[0], *matrix[1], shift[1])
    pixels = picture.transform(
        tuple(sides.tolist()),
        Image.Transform.AFFINE,
        numbers,
        Image.Resampling.BICUBIC,
    )
    return view._replace(pixels=np.array(pixels))
