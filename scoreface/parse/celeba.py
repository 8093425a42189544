"""The 19 classes of CelebAMask-HQ, which most networks for face parsing are trained on, as labels of this project."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from scoreface.base.errors import InputError
from scoreface.parse.crop import Box, box_around
from scoreface.parse.engines import Parsed
from scoreface.parse.labels import (
    BACKGROUND,
    BROWS,
    CLOTHES,
    EARS,
    EYES,
    GLASSES,
    HAIR,
    HAT,
    LIPS,
    MOUTH,
    NECK,
    OTHER,
    SKIN,
)
from scoreface.parse.pose import estimate_pose

#: The classes as most networks without names of their own have them, in their order.
CLASSES = (
    *("background", "skin", "l_brow", "r_brow", "l_eye", "r_eye", "eye_g", "l_ear", "r_ear"),
    *("ear_r", "nose", "mouth", "u_lip", "l_lip", "neck", "neck_l", "cloth", "hair", "hat"),
)
#: Earrings and necklaces stand before the skin.
LABELS = {
    "background": BACKGROUND,
    "skin": SKIN,
    "nose": SKIN,
    "l_brow": BROWS,
    "r_brow": BROWS,
    "l_eye": EYES,
    "r_eye": EYES,
    "eye_g": GLASSES,
    "l_ear": EARS,
    "r_ear": EARS,
    "ear_r": OTHER,
    "mouth": MOUTH,
    "u_lip": LIPS,
    "l_lip": LIPS,
    "neck": NECK,
    "neck_l": OTHER,
    "cloth": CLOTHES,
    "hair": HAIR,
    "hat": HAT,
}
#: How far the part of the photo that a network looks at reaches from the nose's bridge, in eye distances: skull and
#: neck are inside.
_ASIDE, _ABOVE, _BELOW = 2.2, 2.0, 2.4
#: Labels are told apart at this many pixels a side at most.
_LARGEST = 1024


def labels_of(names: Sequence[object], what: str) -> np.ndarray:
    """The labels (C,) uint8 of a network's classes.

    Args:
        names: of the classes, in the network's order.
        what: the network is, for the message.

    Raises:
        InputError: a class is unknown.
    """
    plain = [str(name).strip().lower().replace(" ", "_") for name in names]
    unknown = [name for name in plain if name not in LABELS]
    if unknown:
        raise InputError(
            f"{what}: its class {unknown[0]!r} is none of CelebAMask-HQ's ({', '.join(CLASSES)}), so that nobody knows "
            "what to make of it; take another network"
        )
    return np.array([LABELS[name] for name in plain], np.uint8)


def checked_scores(scores: object, classes: int, what: str) -> np.ndarray:
    """What a network has made of one picture, as (C, h, w) float32.

    Args:
        scores: what should be an array (1, C, h, w).
        classes: C.
        what: the network is, for the message.

    Raises:
        InputError: it is something else.
    """
    array = np.asarray(scores)
    if array.dtype.kind not in "fiu" or array.ndim != 4 or array.shape[:2] != (1, classes):
        raise InputError(
            f"{what} makes an array of shape {array.shape}, not (1, {classes}, height, width): it is no network for "
            "face parsing with these classes"
        )
    if not (array.size and np.isfinite(array).all()):
        raise InputError(
            f"{what} makes numbers of a photo that are not finite: it is damaged; get it again"
        )
    return array[0].astype(np.float32)


def where_to_look(shape: tuple[int, int], landmarks: np.ndarray | None) -> Box:
    """The part of a photo (H, W) with the head that the landmarks (68, 2) are of; without them all of it."""
    if landmarks is None:
        return Box(0, 0, shape[1], shape[0])
    eye = estimate_pose(landmarks).eye
    return box_around(shape, landmarks[27], _ASIDE * eye, _ABOVE * eye, _BELOW * eye)


def decide(scores: np.ndarray, labels: np.ndarray, box: Box, shape: tuple[int, int]) -> Parsed:
    """The likeliest label of each pixel.

    Args:
        scores: (C, h, w) float32, logarithms of what the network makes of the pixels in ``box``.
        labels: (C,) uint8, what the classes mean.
        box: the part of the photo.
        shape: height and width of the photo; beyond the box it counts as background that nobody has looked at.
    """
    shares = np.exp(scores - scores.max(axis=0))
    shares /= shares.sum(axis=0)
    width, height = box.size
    factor = min(1.0, _LARGEST / max(box.size))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    best = np.zeros(size[::-1], np.float32)
    likeliest = np.full(size[::-1], BACKGROUND, np.uint8)
    for label in np.unique(labels):
        share = cv2.resize(
            shares[labels == label].sum(axis=0), size, interpolation=cv2.INTER_LINEAR
        )
        likeliest[share > best] = label
        np.maximum(best, share, out=best)
    known = np.full(shape, BACKGROUND, np.uint8)
    confidence = np.zeros(shape, np.uint8)
    part = box.rows, box.columns
    known[part] = cv2.resize(likeliest, box.size, interpolation=cv2.INTER_NEAREST)
    sure = cv2.resize(best, box.size, interpolation=cv2.INTER_LINEAR)
    confidence[part] = np.rint(255.0 * np.clip(sure, 0.0, 1.0)).astype(np.uint8)
    return Parsed(known, confidence)
