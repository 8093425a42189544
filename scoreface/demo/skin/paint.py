"""A skin painted on the UV chart, layer by layer."""

from __future__ import annotations

import numpy as np

from scoreface.demo.head.surface import build_grid, spread
from scoreface.demo.masks import Array
from scoreface.demo.skin.complexion import paint_complexion
from scoreface.demo.skin.ears import paint_ears
from scoreface.demo.skin.eyes import paint_brows, paint_eyes
from scoreface.demo.skin.features import paint_beard, paint_lips, paint_nose
from scoreface.demo.skin.hair import paint_clothes, paint_hair
from scoreface.demo.skin.person import Skin, sample_skin


def paint_skin(skin: Skin, size: int) -> Array:
    """The skin on the UV chart: (size, size, 3) float32 in [0, 1], sRGB, unlit.

    The features lie where the template has them, so one painting fits every identity.
    """
    rng = np.random.default_rng(skin.seed)
    points = spread(build_grid().vertices, size)
    image = paint_complexion(skin, points, rng)
    image = paint_beard(image, skin, points, rng)
    image = paint_ears(image, skin, points)
    image = paint_hair(image, skin, points, rng)
    image = paint_clothes(image, skin, points, rng)
    # The other features lie in the face plane: only its part of the chart is worked on.
    front = points[..., 2] > 0.025
    face = np.ix_(front.any(axis=1), front.any(axis=0))
    part, place = image[face], points[face]
    part = paint_lips(part, skin, place, rng)
    part = paint_nose(part, skin, place)
    part = paint_eyes(part, skin, place, rng)
    image[face] = paint_brows(part, skin, place, rng)
    return np.clip(image, 0.0, 1.0).astype(np.float32)


def random_skin(size: int, rng: np.random.Generator) -> Array:
    """Draw a skin and paint it: (size, size, 3) float32 in [0, 1]."""
    return paint_skin(sample_skin(rng), size)
