"""Painted glasses: there when someone wears them, about the eyes and on the way to the ears, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.demo.head.anatomy import EYE_CENTRE
from scoreface.demo.head.surface import build_grid, spread
from scoreface.demo.skin.glasses import glasses_cover, paint_glasses
from scoreface.demo.skin.person import Glasses, sample_skin

SIZE = 512
SHAPES = ("round", "square", "oval", "pilot")


@pytest.fixture(scope="module")
def points():
    return spread(build_grid().vertices, SIZE)


def glasses(shape, half_rim=False):
    return Glasses(shape, half_rim, 0.003, np.array([0.05, 0.05, 0.05]), 0.0, 0.0)


def test_without_glasses_nothing_is_painted(points):
    skin = replace(sample_skin(np.random.default_rng(1)), glasses=None)
    image = np.full((SIZE, SIZE, 3), 0.6, np.float32)
    np.testing.assert_array_equal(paint_glasses(image, skin, points), image)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_frame_is_dark_leaves_the_eyes_free_and_reaches_the_ears(points, shape):
    worn = glasses(shape)
    skin = replace(sample_skin(np.random.default_rng(1)), glasses=worn)
    image = np.full((SIZE, SIZE, 3), 0.6, np.float32)
    painted = paint_glasses(image, skin, points)
    frame = glasses_cover(worn, points, 0.0008) > 0.9
    assert frame.sum() > 400
    assert painted[frame].mean() < 0.2
    x, y, z = np.abs(points[..., 0]), points[..., 1], points[..., 2]
    pupil = (np.hypot(x - EYE_CENTRE[0], y) < 0.008) & (z > 0.05)
    assert not frame[pupil].any()
    # Both lenses are rimmed above and below, a bridge joins them, temples end at the ears.
    for side in (-1.0, 1.0):
        lens = np.abs(side * points[..., 0] - 0.033) < 0.01
        for low, high in ((0.008, 0.02), (-0.03, -0.014)):
            assert frame[lens & (z > 0.05) & (y > low) & (y < high)].any()
    assert frame[(x < 0.003) & (np.abs(y - 0.004) < 0.004) & (z > 0.05)].any()
    assert points[frame][:, 2].min() < 0.0
    assert points[frame][:, 2].min() > -0.012
    # Cheeks, mouth and forehead have none of it, nor of its shadow.
    away = (y < -0.036) | (y > 0.036)
    np.testing.assert_allclose(painted[away], image[away], atol=0.01)


def test_half_rims_end_at_the_middle(points):
    whole, half = (glasses_cover(glasses("round", half), points, 0.0008) for half in (False, True))
    below = (points[..., 1] < -0.010) & (points[..., 2] > 0.04)
    assert whole[below].max() > 0.9
    assert half[below].max() < 0.05
