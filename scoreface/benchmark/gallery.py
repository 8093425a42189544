"""Pictures of a head with a texture, and what a face-recognition network says of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoreface.fitting import identity
from scoreface.geometry.views import View
from scoreface.results.display import BLACK, SUPERSAMPLING, Studio, lookup, reduced
from scoreface.texture.chart import padded

#: Pixels along a side of the pictures that are measured.
PICTURE_SIZE = 256
FRONTAL = View(0.0, 0.0)

_JAW_POINTS = 17


@dataclass(frozen=True)
class Picture:
    """A head seen from somewhere.

    Attributes:
        pixels: (H, W, 3) uint8 on black.
        inside: (H, W) bool, the pixels that the head covers wholly.
        landmarks: (51, 2) pixels, y down; known from the geometry, so that no detector has to find them.
    """

    pixels: np.ndarray
    inside: np.ndarray
    landmarks: np.ndarray

    def describe(self) -> np.ndarray:
        """What the face-recognition network says of it, (128,)."""
        return describe(self.pixels, self.landmarks)


class Gallery:
    """Pictures of a head, each view rasterised once.

    Args:
        studio: the head and a camera.
        chart: (L, L) bool, the texels inside the UV chart.
        landmarks: from the head's vertices (V, 3) to its 51 landmarks (51, 3).
    """

    def __init__(
        self, studio: Studio, chart: np.ndarray, landmarks: Callable[[np.ndarray], np.ndarray]
    ):
        self._studio, self._chart, self._landmarks = studio, chart, landmarks
        self._snapshot = functools.cache(lambda view: self._studio.snapshot(view, PICTURE_SIZE))

    def picture(self, texture: np.ndarray, view: View) -> Picture:
        """The head with a texture (L, L, 3) uint8 at a view."""
        snapshot, studio = self._snapshot(view), self._studio
        fine = reduced(padded(texture, self._chart), SUPERSAMPLING * PICTURE_SIZE)
        samples = (PICTURE_SIZE, SUPERSAMPLING) * 2
        points = self._landmarks(studio.turned(view).vertices)
        return Picture(
            snapshot.develop(lookup(fine, snapshot.uv), BLACK),
            np.all(snapshot.inside.reshape(samples), axis=(1, 3)),
            studio.camera.project(points, PICTURE_SIZE, PICTURE_SIZE)[:, :2],
        )


def describe(pixels: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """What the network says of a picture, from the (51, 2) landmarks without the jaw line.

    dlib cuts the face out by eyes, nose and upper lip: where the jaw is plays no part.
    """
    return identity.describe(_network(), pixels, np.pad(landmarks, ((_JAW_POINTS, 0), (0, 0))))


@functools.cache
def _network() -> Any:
    return identity.load_network()
