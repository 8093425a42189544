"""A parse for people: the photo with the edges of what was found, coloured by label."""

from __future__ import annotations

import cv2
import numpy as np

from scoreface.parse.labels import BACKGROUND, COLOURS, UNKNOWN

#: Longest side of the picture.
_SIDE = 1024
#: Of the label's colour over what is neither background nor unknown.
_TINT = 0.25
_DIMMED = 0.45


def draw_overlay(photo: np.ndarray, labels: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The photo, background dimmed, each label tinted and outlined in its colour.

    Args:
        photo: (H, W, 3) uint8.
        labels: (H, W) uint8.
        points: (N, 2) of the outline for the fit, in pixels whose centres are halves; drawn as green dots.

    Returns:
        (h, w, 3) uint8, no longer than 1024 pixels.
    """
    height, width = labels.shape
    factor = min(1.0, _SIDE / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    picture = cv2.resize(photo, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    small = cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST)
    colours = np.array(COLOURS, np.float32)
    tinted = (1 - _TINT) * picture + _TINT * colours[small]
    drawn = np.where((small == UNKNOWN)[..., None], picture, tinted)
    drawn = np.where((small == BACKGROUND)[..., None], _DIMMED * picture, drawn)
    drawn = np.ascontiguousarray(np.rint(drawn).astype(np.uint8))
    thickness = max(1, max(size) // 400)
    for label in np.unique(small):
        if label not in (UNKNOWN, BACKGROUND):
            mask = (small == label).astype(np.uint8)
            lines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
            cv2.drawContours(drawn, lines, -1, COLOURS[label], thickness)
    for x, y in np.floor(points * factor).astype(int).tolist():
        cv2.circle(drawn, (x, y), thickness, (0, 255, 0), -1)
    return drawn
