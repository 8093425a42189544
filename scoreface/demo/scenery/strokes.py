"""Brushes of the backgrounds: filled shapes, colours and noise; places and sizes are shares of the picture's side."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from scoreface.demo.light import GAMMA

# Walls, in daylight and in lamp light.
PAINTS = np.array(
    [
        [0.86, 0.84, 0.79],
        [0.78, 0.74, 0.66],
        [0.62, 0.68, 0.72],
        [0.55, 0.62, 0.52],
        [0.72, 0.55, 0.45],
        [0.42, 0.44, 0.50],
    ]
)
WOODS = np.array([[0.52, 0.34, 0.20], [0.38, 0.24, 0.15], [0.70, 0.53, 0.35], [0.24, 0.17, 0.13]])
# People far off and on pictures: skin and hair.
SKINS = np.array([[0.93, 0.79, 0.72], [0.81, 0.61, 0.49], [0.54, 0.37, 0.27], [0.39, 0.26, 0.20]])
HAIRS = np.array([[0.07, 0.06, 0.055], [0.26, 0.17, 0.10], [0.66, 0.51, 0.31], [0.60, 0.58, 0.56]])


@dataclass(frozen=True)
class Subject:
    """What a background knows of the person before it.

    Attributes:
        skin, hair: (3,) colours, which some walls have.
        lamp: from where the light falls, from -1, the picture's left, to 1.
    """

    skin: np.ndarray
    hair: np.ndarray
    lamp: float


def blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    """An image (S, S, 3) out of focus by ``sigma`` pixels."""
    return cv2.GaussianBlur(image.astype(np.float32), (0, 0), max(sigma, 0.1))


def defocused(image: np.ndarray, radius: float) -> np.ndarray:
    """An image (S, S, 3) as a lens shows it that is focused elsewhere: what is bright grows to discs.

    Light adds up as it is, not as it looks, and a window is brighter than the picture can show.

    Args:
        image: colours; what is beyond 1 shines.
        radius: of the discs, in pixels.
    """
    side = len(image)
    # Wide discs leave nothing that a coarser picture would not show.
    small = max(8, round(side / max(1.0, radius / 8.0)))
    light = cv2.resize(image.astype(np.float32), (small, small), interpolation=cv2.INTER_AREA)
    light = np.clip(light, 0.0, 2.0) ** GAMMA
    reach = radius * small / side
    half = int(np.ceil(reach))
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    disc = np.clip(reach + 0.5 - np.hypot(x, y), 0.0, 1.0).astype(np.float32)
    light = cv2.filter2D(light, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)
    shown = np.clip(light, 0.0, 1.0) ** (1.0 / GAMMA)
    return cv2.resize(shown, (side, side), interpolation=cv2.INTER_CUBIC)


def noise(side: int, cell: float, rng: np.random.Generator) -> np.ndarray:
    """(side, side) smooth noise of about unit deviation whose spots are ``cell`` of the side wide."""
    grid = rng.standard_normal((max(2, round(1.5 / cell)),) * 2).astype(np.float32)
    smooth = cv2.resize(grid, (side, side), interpolation=cv2.INTER_CUBIC)
    return smooth / max(float(smooth.std()), 1e-6)


def fill(image: np.ndarray, points: np.ndarray, colour: np.ndarray, opacity: float = 1.0) -> None:
    """A polygon (N, 2) in shares of the side, painted over the image in place."""
    side = len(image)
    corners = np.round(np.asarray(points) * side * 16).astype(np.int32)
    if opacity >= 1.0:
        cv2.fillPoly(image, [corners], colour.tolist(), cv2.LINE_AA, 4)
        return
    mask = np.zeros((side, side), np.float32)
    cv2.fillPoly(mask, [corners], opacity, cv2.LINE_AA, 4)
    image += mask[..., None] * (colour.astype(np.float32) - image)


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """The corners (4, 2) of an upright rectangle."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def tint(rng: np.random.Generator, table: np.ndarray, spread: float = 0.04) -> np.ndarray:
    """A colour of the table, a little changed."""
    return np.clip(table[rng.integers(len(table))] + rng.normal(0, spread, 3), 0.02, 0.98)


def blob(corners: int, rng: np.random.Generator) -> np.ndarray:
    """A ragged round shape of about unit radius."""
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    return rng.uniform(0.5, 1.1, (corners, 1)) * np.column_stack([np.cos(angle), np.sin(angle)])


def leaf(foot: np.ndarray, tip: np.ndarray, width: float) -> np.ndarray:
    """A pointed shape (8, 2) from foot to tip (2,), ``width`` of its length to either side."""
    along = tip - foot
    across = width * np.array([-along[1], along[0]])
    t = np.array([0.0, 0.15, 0.4, 0.7, 1.0, 0.7, 0.4, 0.15])
    w = np.array([0.0, 0.6, 1.0, 0.6, 0.0, -0.6, -1.0, -0.6])
    return foot + t[:, None] * along + w[:, None] * across
