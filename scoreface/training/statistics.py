"""What a training takes from its pictures before it begins: the largest noise level, and their size as numbers."""

from __future__ import annotations

import math

import numpy as np
import torch

# Numbers of each picture that are looked at together.
_PART = 4096


def largest_distance(images: np.ndarray) -> int:
    """The largest distance between two of (N, 3, S, S) uint8 images as numbers in [0, 1], rounded up.

    Song and Ermon 2020, technique 1. Needs (N, N) and (N, 4096) float64 beside the images. Up to the rounding it is
    exact: sums of squared bytes are whole numbers.
    """
    flat = images.reshape(len(images), -1)
    products = torch.zeros(len(flat), len(flat), dtype=torch.float64)
    for start in range(0, flat.shape[1], _PART):
        part = torch.from_numpy(flat[:, start : start + _PART].astype(np.float64))
        products += part @ part.T
    squares = products.diagonal()
    largest = float((squares[:, None] + squares - 2 * products).max())
    return math.ceil(math.sqrt(largest) / 255)


def root_mean_square(images: np.ndarray) -> float:
    """Of (N, 3, S, S) uint8 images as numbers in [0, 1]; needs 8 bytes a number of one image."""
    total = sum(int(np.square(image, dtype=np.uint64).sum()) for image in images)
    return math.sqrt(total / images.size) / 255
