"""Brushes of the backgrounds: filled shapes, colours and noise; places and sizes are shares of the picture's side."""

from __future__ import annotations

import cv2
import numpy as np

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


def blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    """An image (S, S, 3) out of focus by ``sigma`` pixels."""
    return cv2.GaussianBlur(image.astype(np.float32), (0, 0), max(sigma, 0.1))


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
