"""Squares of photos in which faces lie alike, by their 68 landmarks, and what is cut out of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from scoreface.parse.pose import estimate_pose

#: The frames that a face may be brought into.
FRAMES = ("views", "ffhq")
# What the pipelines' camera shows of the average head of :mod:`scoreface.parse.pose`, in millimetres at its face's
# depth: the side of the frame, and its middle. Fitted to renders of the embedded head at azimuths up to 60 degrees, on
# which it is off by 2 % of the side, and by 5 % at most.
_VIEW_SIDE, _VIEW_MIDDLE = 190.0, (0.0, -30.0, 41.0)
# Samples along a side of what is cut out, before it is averaged over the pixels.
_MOST_SAMPLES = 4096


@dataclass(frozen=True)
class Square:
    """A square in a photo, turned anyhow.

    Attributes:
        middle: (2,) in pixels whose centres are whole numbers, y down.
        half: (2,) from there to the middle of its right side.
    """

    middle: np.ndarray
    half: np.ndarray

    @property
    def side(self) -> float:
        """In pixels of the photo."""
        return 2 * float(np.hypot(*self.half))

    def points(self, count: int) -> np.ndarray:
        """Centres (count, count, 2) of so many by so many parts, row by row from its own upper left."""
        down = np.array([-self.half[1], self.half[0]])
        along = (2 * np.arange(count) + 1) / count - 1
        return self.middle + along[None, :, None] * self.half + along[:, None, None] * down


def ffhq_square(landmarks: np.ndarray) -> Square:
    """The square by which CelebA-HQ and FFHQ are aligned (Karras et al. 2018, appendix C).

    Its right is the mean of two directions, from eye to eye and across the way from the eyes to the mouth; its side is
    the larger of 4 eye distances and 3.6 times that way; its middle lies a tenth of the way below the eyes.

    Args:
        landmarks: (68, 2) iBUG landmarks in pixels, y down.
    """
    eyes = [landmarks[36:42].mean(0), landmarks[42:48].mean(0)]
    between, across = (eyes[0] + eyes[1]) / 2, eyes[1] - eyes[0]
    down = (landmarks[48] + landmarks[54]) / 2 - between
    right = across + np.array([down[1], -down[0]])
    right = right / max(float(np.hypot(*right)), 1e-9)
    half = max(2.0 * float(np.hypot(*across)), 1.8 * float(np.hypot(*down)))
    return Square(between + 0.1 * down, half * right)


def view_square(landmarks: np.ndarray) -> Square:
    """The square that shows a head as large as the pipelines' views do, and where they do, upright.

    FFHQ's shows it at three quarters of that size, and further down.

    Args:
        landmarks: as of :func:`ffhq_square`.

    Raises:
        InputError: they are no face's.
    """
    pose = estimate_pose(landmarks)
    right = ffhq_square(landmarks).half
    half = 0.5 * _VIEW_SIDE * pose.scale
    middle = pose.project(np.array([_VIEW_MIDDLE]))[0]
    return Square(middle, half / max(float(np.hypot(*right)), 1e-9) * right)


def cut_square(photo: np.ndarray, kept: np.ndarray, square: Square, size: int) -> np.ndarray:
    """A square of a photo, what is not kept black with a hard silhouette, as the pipelines' views are.

    A pixel of which half is kept has the mean colour of what is kept of it, no black mixed in. Beyond the photo's edge
    its mirror image goes on, as far as that is kept.

    Args:
        photo: (H, W, 3) uint8.
        kept: (H, W) bool.
        square: of the photo.
        size: pixels along a side of the result.

    Returns:
        (size, size, 3) uint8.
    """
    times = min(math.ceil(square.side / size), max(1, _MOST_SAMPLES // size))
    samples = square.points(size * max(1, times)).astype(np.float32)
    x, y = samples[..., 0], samples[..., 1]
    colours = cv2.remap(photo, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    there = cv2.remap(kept.astype(np.uint8), x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT)
    blocks = (size, len(samples) // size, size, len(samples) // size)
    weights = there.reshape(*blocks, 1).astype(np.float32)
    share = weights.mean((1, 3))
    mean = (weights * colours.reshape(*blocks, 3)).mean((1, 3)) / np.maximum(share, 1e-6)
    # What is black in the photo stays apart from what is nothing.
    return np.where(share >= 0.5, np.clip(np.rint(mean), 1, 255), 0).astype(np.uint8)
