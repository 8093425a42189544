"""Skin against hair, clothes and what stands before the face, by the inner face's own colours."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from scoreface.parse.crop import HeadCrop
from scoreface.parse.features import Features
from scoreface.parse.masks import (
    PROBABLY,
    PROBABLY_NOT,
    SURELY,
    SURELY_NOT,
    grab_cut,
    grow,
    opened,
    shrink,
)

#: Median chroma of skin below which a photo counts as grey.
_GREY_CHROMA = 4.0
#: Distances from the skin's colours, in deviations: surely skin in the face, perhaps skin elsewhere.
_SURELY_SKIN, _PERHAPS_SKIN = 4.0, 2.6
#: Distances from which on it is hair above the face: darker than the skin, and lighter, as a bald head's gloss is too.
_DARK_HAIR, _LIGHT_HAIR = 2.2, 3.5
#: Darker than the skin's middle counts this much, so that shadow is skin.
_SHADOW = 0.6
#: Least squares deviations of lightness and both chromas.
_LEAST_VARIANCE = (30.0, 4.0, 4.0)
_CUT_ROUNDS = 3


class SkinColours(NamedTuple):
    """The colours of a face's skin in Lab (8 bits a channel).

    Attributes:
        mean: (3,) of lit skin.
        inverse: (3, 3), inverse of the covariance.
        grey: the photo has no chroma, so that colours tell nothing.
    """

    mean: np.ndarray
    inverse: np.ndarray
    grey: bool

    def distances(self, lab: np.ndarray) -> np.ndarray:
        """Deviations (H, W) of colours (H, W, 3) from the skin's; darker ones are nearer than lighter ones."""
        away = lab.astype(np.float32) - self.mean
        away[..., 0] *= np.where(away[..., 0] < 0, _SHADOW, 1.0)
        squares = np.einsum("hwi,ij,hwj->hw", away, self.inverse, away, optimize=True)
        return np.sqrt(np.maximum(squares, 0.0))


def learn_skin(lab: np.ndarray, where: np.ndarray) -> SkinColours:
    """The colours of the pixels of ``lab`` (H, W, 3) uint8 in ``where`` (H, W) bool, but for outliers.

    Where none are left, all of the picture's colours are taken.
    """
    colours = lab[where] if where.any() else lab.reshape(-1, 3)
    colours = colours.astype(np.float32)
    middle = np.median(colours, axis=0)
    spread = 1.48 * np.median(np.abs(colours - middle), axis=0) + 2.0
    kept = colours[(np.abs(colours - middle) < 3.0 * spread).all(axis=1)]
    covariance = np.cov(kept.T) if len(kept) > 3 else np.zeros((3, 3))
    inverse = np.linalg.inv(covariance + np.diag(_LEAST_VARIANCE))
    chroma = float(np.median(np.hypot(*(kept[:, 1:] - 128.0).T)))
    return SkinColours(kept.mean(0), inverse.astype(np.float32), chroma < _GREY_CHROMA)


def inner_face(head: HeadCrop, features: Features) -> np.ndarray:
    """(h, w) bool: skin wherever nothing stands before the face: cheeks, nose and lower forehead."""
    at = head.pose.landmarks
    nose = at[30]
    sides = [0.8 * at[[1, 2, 3, 4]] + 0.2 * nose, 0.85 * at[5:12] + 0.15 * nose]
    sides.append(0.8 * at[[12, 13, 14, 15]] + 0.2 * nose)
    inside = np.zeros(head.shape, np.uint8)
    corners = np.concatenate([*sides, at[26:16:-1]])
    cv2.fillPoly(inside, [np.round(corners).astype(np.int32)], 1)
    return (inside > 0) & ~features.around(0.05 * head.pose.eye)


def find_skin(
    head: HeadCrop, person: np.ndarray, features: Features, colours: SkinColours
) -> np.ndarray:
    """Skin in the person's part of a picture, eyes, brows and mouth with it.

    Args:
        head: the picture.
        person: (h, w) bool.
        features: eyes, brows and mouth.
        colours: of the skin.

    Returns:
        (h, w) bool.
    """
    lab = cv2.cvtColor(head.picture, cv2.COLOR_RGB2LAB)
    distances = colours.distances(lab)
    face, eye = head.pose.face(head.shape), head.pose.eye
    darker = lab[..., 0] < colours.mean[0]
    seeds = _seeds(head, person, features, distances, np.where(darker, _DARK_HAIR, _LIGHT_HAIR))
    # What is not the person's must not teach the colours of hair and clothes: a wall may have the skin's.
    lab[~person] = _farthest(colours.mean)
    skin = grab_cut(lab, seeds, _CUT_ROUNDS) & person
    skin |= face & person & features.around(0.02 * eye) & grow(skin, 0.08 * eye)
    skin = opened(skin, 0.015 * eye)
    return skin


def _seeds(
    head: HeadCrop,
    person: np.ndarray,
    features: Features,
    distances: np.ndarray,
    hairy: np.ndarray,
) -> np.ndarray:
    pose, eye, shape = head.pose, head.pose.eye, head.shape
    face, heights = pose.face(shape), pose.heights(shape)
    inner = inner_face(head, features)
    near = np.where(inner, distances < _SURELY_SKIN + 1.0, distances < _SURELY_SKIN)
    core = near & (inner | shrink(face, 0.06 * eye))
    seeds = np.full(shape, PROBABLY_NOT, np.uint8)
    seeds[distances < _PERHAPS_SKIN] = PROBABLY
    hair = person & ~grow(face, 0.05 * eye) & (heights > 0.15) & (distances > hairy)
    hair = shrink(hair, max(1.0, 0.015 * eye))
    if np.count_nonzero(hair) > 0.03 * eye * eye:
        seeds[hair] = SURELY_NOT
    seeds[heights < pose.chin - 1.3] = SURELY_NOT
    seeds[core] = SURELY
    seeds[~person] = SURELY_NOT
    return seeds


def _farthest(mean: np.ndarray) -> np.ndarray:
    """(3,) uint8: the corner of Lab that is farthest from a colour."""
    return np.where(mean > 128, 16, 239).astype(np.uint8)
