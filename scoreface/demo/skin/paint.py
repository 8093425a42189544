"""A skin painted on the UV chart, layer by layer."""

from __future__ import annotations

import numpy as np

from scoreface.demo.head.surface import build_grid, spread
from scoreface.demo.masks import Array
from scoreface.demo.skin.age import paint_age
from scoreface.demo.skin.beard import paint_beard
from scoreface.demo.skin.complexion import paint_complexion, paint_hollows
from scoreface.demo.skin.ears import paint_ears
from scoreface.demo.skin.eyes import paint_brows, paint_eyes
from scoreface.demo.skin.features import paint_lips, paint_nose
from scoreface.demo.skin.glasses import paint_glasses
from scoreface.demo.skin.hair import paint_clothes, paint_hair
from scoreface.demo.skin.marks import paint_marks, sample_marks
from scoreface.demo.skin.person import Skin, sample_skin


def paint_skin(skin: Skin, size: int) -> Array:
    """The skin on the UV chart: (size, size, 3) float32 in [0, 1], sRGB, unlit.

    The features lie where the template has them, so one painting fits every identity.
    """
    points = spread(build_grid().vertices, size)
    image = paint_complexion(skin, points, skin.generator("complexion"))
    image = paint_hollows(image, skin, points)
    # Most of the features lie in the face plane: only its part of the chart is worked on.
    front = points[..., 2] > 0.025
    face = np.ix_(front.any(axis=1), front.any(axis=0))
    part, place = image[face], points[face]
    part = paint_age(part, skin, place, skin.generator("age"))
    image[face] = part
    image = paint_beard(image, skin, points, skin.generator("beard"))
    image = paint_ears(image, skin, points)
    part = image[face]
    part = paint_lips(part, skin, place, skin.generator("lips"))
    part = paint_nose(part, skin, place)
    part = paint_eyes(part, skin, place, skin.generator("eyes"))
    image[face] = paint_brows(part, skin, place, skin.generator("brows"))
    if skin.marked:
        image = paint_marks(image, sample_marks(skin, skin.generator("marks")), skin)
    image = paint_clothes(image, skin, points, skin.generator("clothes"))
    image = paint_glasses(image, skin, points)
    image = paint_hair(image, skin, points, skin.generator("hair"))
    return np.clip(image, 0.0, 1.0).astype(np.float32)


def random_skin(size: int, rng: np.random.Generator) -> Array:
    """Draw a skin and paint it: (size, size, 3) float32 in [0, 1]."""
    return paint_skin(sample_skin(rng), size)
