"""The part of a photo around a head, reduced to a working size, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from scoreface.parse.pose import HeadPose, estimate_pose

#: Longest side of the reduced part, in pixels.
WORKING_SIDE = 448
#: How far the part reaches from the nose's bridge, in eye distances.
_ASIDE, _ABOVE, _BELOW = 3.0, 2.7, 2.9


class Box(NamedTuple):
    """Pixels of a photo: from ``left`` and ``top`` up to, but without, ``right`` and ``bottom``."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def rows(self) -> slice:
        """The rows inside."""
        return slice(self.top, self.bottom)

    @property
    def columns(self) -> slice:
        """The columns inside."""
        return slice(self.left, self.right)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.right - self.left, self.bottom - self.top


@dataclass(frozen=True)
class HeadCrop:
    """A head and what is around it, reduced.

    Attributes:
        box: which part of the photo it is.
        picture: (h, w, 3) uint8.
        pose: the head's, in the reduced picture's pixels.
    """

    box: Box
    picture: np.ndarray
    pose: HeadPose

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the reduced picture."""
        return self.picture.shape[0], self.picture.shape[1]

    def enlarged(self, values: np.ndarray) -> np.ndarray:
        """Values (h, w) float32 of the reduced picture for each of the photo's pixels in ``box``."""
        return cv2.resize(values, self.box.size, interpolation=cv2.INTER_LINEAR)


def box_around(
    shape: tuple[int, int], at: np.ndarray, aside: float, above: float, below: float
) -> Box:
    """The pixels of a picture (H, W) around a point, as far as it has them; at least one."""
    height, width = shape
    left, right = np.clip(np.rint([at[0] - aside, at[0] + aside]), 0, width).astype(int)
    top, bottom = np.clip(np.rint([at[1] - above, at[1] + below]), 0, height).astype(int)
    left, top = min(left, width - 1), min(top, height - 1)
    return Box(int(left), int(top), int(max(right, left + 1)), int(max(bottom, top + 1)))


def head_box(shape: tuple[int, int], pose: HeadPose) -> Box:
    """The part of a photo (H, W) with a head and its shoulders."""
    at, eye = pose.landmarks[27], pose.eye
    return box_around(shape, at, _ASIDE * eye, _ABOVE * eye, _BELOW * eye)


def crop_head(photo: np.ndarray, landmarks: np.ndarray) -> HeadCrop:
    """The head that the landmarks (68, 2) are of, with its shoulders.

    Args:
        photo: (H, W, 3) uint8.
        landmarks: in pixels whose centres are whole numbers.

    Raises:
        InputError: the landmarks are no face's.
    """
    box = head_box(photo.shape[:2], estimate_pose(landmarks))
    width, height = box.size
    factor = min(1.0, WORKING_SIDE / max(width, height))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    picture = np.ascontiguousarray(photo[box.rows, box.columns])
    if size != box.size:
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    factors = np.array(size) / box.size
    reduced = (landmarks + 0.5 - [box.left, box.top]) * factors - 0.5
    return HeadCrop(box, picture, estimate_pose(reduced))
