"""What each texel of a synthetic head is, by the template's coordinates and the painters' own masks."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np

from scoreface.demo.head.anatomy import (
    EYE_CENTRE,
    EYE_HALF_WIDTH,
    MOUTH_HALF_WIDTH,
    brow_curve,
    eye_margins,
    mouth_curves,
)
from scoreface.demo.head.relief import ear_coordinates
from scoreface.demo.head.surface import build_grid, spread
from scoreface.demo.skin.glasses import glasses_cover
from scoreface.demo.skin.hair import paint_clothes, paint_hair
from scoreface.demo.skin.person import Skin
from scoreface.parse.labels import BROWS, CLOTHES, EARS, EYES, GLASSES, HAIR, LIPS, NECK, SKIN

#: Paints something on an image (S, S, 3) at points (S, S, 3).
Painter = Callable[[np.ndarray, Skin, np.ndarray, np.random.Generator], np.ndarray]

# The features lie in the face plane, in front of this depth (m).
_FRONT = 0.035
# The jaw's lower edge, from under the chin back to below the ear: height at the chin's depth, and rise per metre back.
_CHIN, _CHIN_DEPTH, _JAW_RISE = -0.117, 0.085, 0.47
# Behind the ears the neck begins where the nape's hair does.
_NAPE = -0.075
# Above this height the forehead begins, a little over the brows.
_FOREHEAD = 0.028


def texel_labels(skin: Skin, size: int) -> np.ndarray:
    """Labels (size, size) uint8 of the UV chart of a head that wears ``skin``.

    Hair, glasses and clothes are what their painters cover by more than half; a beard is skin. The mouth is closed.
    """
    points = spread(build_grid().vertices, size)
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    labels = np.full(points.shape[:2], SKIN, np.uint8)
    jaw = _CHIN + _JAW_RISE * np.clip(_CHIN_DEPTH - z, 0.0, None)
    labels[y < np.where(z > -0.015, jaw, _NAPE)] = NECK
    labels[(np.hypot(*ear_coordinates(points)) < 1.08) & (np.abs(x) > 0.06)] = EARS
    front = z > _FRONT
    height, thickness = brow_curve(x)
    labels[front & (np.abs(y - height) < 0.5 * skin.brow_width * thickness)] = BROWS
    upper, lower = eye_margins(x)
    within = np.abs(np.abs(x) - EYE_CENTRE[0]) < EYE_HALF_WIDTH
    labels[front & within & (y < upper) & (y > lower)] = EYES
    upper, _, lower = mouth_curves(x)
    labels[front & (np.abs(x) < MOUTH_HALF_WIDTH) & (y < upper) & (y > lower)] = LIPS
    labels[_cover(paint_clothes, skin, points, np.random.default_rng(0)) > 0.5] = CLOTHES
    if skin.glasses is not None:
        labels[glasses_cover(skin.glasses, points, 0.0008) > 0.5] = GLASSES
    # Hair falls over all else.
    labels[hair_cover(skin, size) > 0.5] = HAIR
    return labels


def scalp(labels: np.ndarray) -> np.ndarray:
    """Scalp and forehead, bool: where hair that hangs before the head still is the head's; labels (size, size)."""
    points = spread(build_grid().vertices, len(labels))
    return (points[..., 1] > _FOREHEAD) | (labels == HAIR)


def hair_cover(skin: Skin, size: int) -> np.ndarray:
    """How much of each texel the painted hair covers, (size, size), as ``paint_skin`` draws it."""
    points = spread(build_grid().vertices, size)
    return _cover(paint_hair, skin, points, skin.generator("hair"))


def _cover(
    painter: Painter, skin: Skin, points: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The weight with which a painter mixes its colour in: what it leaves of the difference of white and black."""
    black = np.zeros((*points.shape[:2], 3), np.float32)
    on_black = painter(black, skin, points, copy.deepcopy(rng))
    on_white = painter(black + 1.0, skin, points, copy.deepcopy(rng))
    return 1.0 - (on_white - on_black)[..., 0]
