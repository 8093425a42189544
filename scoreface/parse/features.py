"""Eyes, brows, lips and the open mouth, drawn from the landmarks."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from scoreface.parse.masks import grow
from scoreface.parse.pose import HeadPose, polygon

_EYES = (slice(36, 42), slice(42, 48))
_BROWS = (slice(17, 22), slice(22, 27))
_LIPS, _INNER_LIPS = slice(48, 60), slice(60, 68)
#: Thickness of brows, in eye distances.
_BROW = 0.09
#: The mouth is open where the inner lips are further apart than this, in eye distances.
_OPEN = 0.035


@dataclass(frozen=True)
class Features:
    """What stands in a face's skin, each (H, W) bool."""

    eyes: np.ndarray
    brows: np.ndarray
    lips: np.ndarray
    mouth: np.ndarray

    def around(self, radius: float) -> np.ndarray:
        """(H, W) bool: all of them with ``radius`` pixels around."""
        return grow(self.eyes | self.brows | self.lips | self.mouth, radius)


def draw_features(pose: HeadPose, shape: tuple[int, int]) -> Features:
    """The features of a face in a picture (H, W)."""
    at, eye = pose.landmarks, pose.eye
    eyes = _hull(shape, at[_EYES[0]]) | _hull(shape, at[_EYES[1]])
    brows = np.zeros(shape, np.uint8)
    for part in _BROWS:
        line = [np.round(at[part]).astype(np.int32)]
        cv2.polylines(brows, line, False, 1, max(1, round(_BROW * eye)))
    mouth = np.zeros(shape, bool)
    gap = np.abs((at[[61, 62, 63]] - at[[67, 66, 65]]) @ pose.up).max()
    if gap > _OPEN * eye:
        mouth = polygon(shape, at[_INNER_LIPS])
    lips = _hull(shape, at[_LIPS]) & ~mouth
    return Features(eyes, (brows > 0) & ~eyes, lips, mouth)


def _hull(shape: tuple[int, int], points: np.ndarray) -> np.ndarray:
    """(H, W) bool: inside the convex hull of points (N, 2)."""
    return polygon(shape, cv2.convexHull(points.astype(np.float32))[:, 0])
