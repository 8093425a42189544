"""Evidence: which pixels of a photo tell the colour of which texels, by what the face parser takes them for."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy import ndimage

from scoreface.base.regions import FOREHEAD, SCALP
from scoreface.parse.labels import BACKGROUND, BARE, CLOTHES, GLASSES, HAIR, HAT, MOUTH, UNKNOWN

# Outer corners of the eyes, iBUG points 36 and 45, among the 51 landmarks without the jaw line.
_EYE_CORNERS = 19, 28


@dataclass(frozen=True)
class Evidence:
    """Pixels that are evidence of the head; N texels.

    Attributes:
        everywhere: (H, W) bool, of any of its texels.
        on_top: (H, W) bool, of texels of scalp and forehead.
        inner: (H, W) bool, what is neither background nor clothes nor in the rims beside them.
        top: (N,) bool, the layout's texels of scalp and forehead.
    """

    everywhere: np.ndarray
    on_top: np.ndarray
    inner: np.ndarray
    top: np.ndarray

    def shown(self, pixels: np.ndarray, texels: np.ndarray) -> np.ndarray:
        """Whether the photo's pixels tell the colours of texels.

        Args:
            pixels: (M, 2) x and y inside the photo, centres at whole numbers. Between centres, all pixels that the
                interpolation mixes have to be evidence and not in the rim.
            texels: (M,) which of the layout's N texels lie there.

        Returns:
            (M,) bool.
        """
        low, high = np.floor(pixels).astype(int), np.ceil(pixels).astype(int)
        shown = np.ones(len(texels), bool)
        top = self.top[texels]
        for columns in (low[:, 0], high[:, 0]):
            for rows in (low[:, 1], high[:, 1]):
                shown &= self.inner[rows, columns]
                shown &= np.where(top, self.on_top[rows, columns], self.everywhere[rows, columns])
        return shown


def find_evidence(
    labels: np.ndarray, regions: np.ndarray, eye_distance: float, erosion: float, glasses: bool
) -> Evidence:
    """What the parse leaves of a photo.

    Bare skin and what stands in it counts anywhere, hair and hats where hair grows, and so does all of which the
    parser knows nothing. Clothes, hands, glasses and the inside of the mouth stand before the head or are none of its
    surface. Towards the background the edge of the person is uncertain, and mixed: its rim does not count. A collar's
    edge on the neck is less certain still: its rim is twice as wide. Beside hair, a rim does not count where no hair
    grows: it would be a dark line on the cheek.

    Args:
        labels: (H, W) uint8 of a face parser.
        regions: (N,) part of the head that each texel belongs to, see :mod:`scoreface.base.regions`.
        eye_distance: of the outer eye corners, in pixels.
        erosion: width of the rim as a share of ``eye_distance``, one pixel at least; 0: none.
        glasses: whether glasses are taken for the head's.
    """
    anywhere = (BARE - {MOUTH}) | {UNKNOWN} | ({GLASSES} if glasses else set())
    rim = max(1, round(erosion * eye_distance)) if erosion else 0
    hair = np.isin(labels, [HAIR, HAT])
    return Evidence(
        np.isin(labels, list(anywhere)) & ~_with_rim(hair, rim),
        np.isin(labels, list(anywhere)) | hair,
        ~(_with_rim(labels == BACKGROUND, rim) | _with_rim(labels == CLOTHES, 2 * rim)),
        np.isin(regions, [SCALP, FOREHEAD]),
    )


def without_slivers(seen: np.ndarray) -> np.ndarray:
    """The texels of ``seen`` (S, S) bool that are part of a square of 2 x 2 of them.

    Along the edges of labels and regions single ones are left over, hair amid skin, which would be dashes.
    """
    return ndimage.binary_opening(seen, np.ones((2, 2), bool))


def eye_distance(landmarks: np.ndarray) -> float:
    """Distance of the eyes' outer corners among the 51 ``landmarks`` (51, 2)."""
    right, left = landmarks[list(_EYE_CORNERS)]
    return float(np.linalg.norm(left - right))


def _with_rim(part: np.ndarray, width: int) -> np.ndarray:
    """A ``part`` (H, W) bool of the photo with ``width`` pixels around it."""
    if width == 0 or not part.any():
        return part
    distance = cv2.distanceTransform((~part).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return distance <= width
