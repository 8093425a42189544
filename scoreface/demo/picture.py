"""A photo as it is painted from the back to the front, twice as fine as it will be, and how it is developed."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from scoreface.demo.props.sitter import Layer
from scoreface.parse.labels import BACKGROUND, CLOTHES, HAIR

SUPERSAMPLING = 2


class Picture:
    """What is painted so far, and what each pixel shows.

    Attributes:
        colour: (S, S, 3) in [0, 1].
        labels: (S, S) uint8, of :mod:`scoreface.parse.labels`.
        alpha: (S, S), how much of a pixel is the person, with all that is worn or before the face.
        own: (S, S), how much of it is the head's own surface: no clothes, nothing before it but clear glass, and hair
            only where scalp or forehead lies behind it.
        bare: (S, S), how much of it is the head with nothing before it, not even glass or a shadow.
    """

    def __init__(self, background: np.ndarray):
        self.colour = background
        square = background.shape[:2]
        self.labels = np.full(square, BACKGROUND, np.uint8)
        self.alpha, self.own, self.bare = np.zeros((3, *square), np.float32)
        self._scalp = np.zeros(square, bool)

    def add_head(
        self, colour: np.ndarray, inside: np.ndarray, labels: np.ndarray, scalp: np.ndarray
    ) -> None:
        """The head: its colours, where it is, what of it, and what is scalp or forehead."""
        self.colour = np.where(inside[..., None], colour, self.colour)
        self.labels = np.where(inside, labels, self.labels)
        self.alpha = np.where(inside, 1.0, self.alpha)
        self.own = (inside & (labels != CLOTHES)).astype(np.float32)
        self.bare = inside.astype(np.float32)
        self._scalp = inside & scalp

    def add(self, layer: Layer) -> None:
        """Something over what there is."""
        shadow = (layer.shadow * self.alpha)[..., None]
        alpha = layer.alpha[..., None]
        self.colour = self.colour * (1.0 - shadow) * (1.0 - alpha) + alpha * layer.colour
        covered = (layer.alpha >= 0.5) | layer.clear
        self.labels = np.where(covered, layer.label, self.labels)
        # Glasses belong to the person, also where a wall shows through them.
        worn = np.where(layer.clear, 1.0, layer.alpha)
        self.alpha = 1.0 - (1.0 - self.alpha) * (1.0 - worn)
        kept = layer.clear | (self._scalp & (layer.label == HAIR))
        self.own = self.own * np.where(kept, 1.0, 1.0 - layer.alpha)
        self.bare = self.bare * (1.0 - worn) * (1.0 - layer.shadow)


def developed(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An image (S, S, 3) as a lens that is not quite sharp and a sensor with some noise give it."""
    sigma = rng.uniform(0.2, 0.5)
    soft = gaussian_filter(image, (sigma, sigma, 0.0))
    noise = rng.standard_normal(image.shape) * rng.uniform(0.001, 0.006)
    return np.clip(soft + noise, 0.0, 1.0)


def shrunk(field: np.ndarray) -> np.ndarray:
    """The mean of each block of SUPERSAMPLING x SUPERSAMPLING pixels of (S, S) or (S, S, C)."""
    n = SUPERSAMPLING
    rows, columns = field.shape[:2]
    return field.reshape(rows // n, n, columns // n, n, *field.shape[2:]).mean(axis=(1, 3))


def majority(labels: np.ndarray) -> np.ndarray:
    """The most frequent label of each block; of equally frequent ones, the one that is more than background."""
    n = SUPERSAMPLING
    rows, columns = labels.shape
    blocks = labels.reshape(rows // n, n, columns // n, n)
    kinds = np.unique(labels)[::-1]
    votes = np.stack([(blocks == kind).sum(axis=(1, 3)) for kind in kinds])
    return kinds[votes.argmax(0)]
