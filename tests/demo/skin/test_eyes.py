"""Painted eyes and brows on a flat face plane: what must be darker than what, and where."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.demo.head.anatomy import EYE_CENTRE, EYE_HALF_WIDTH, IRIS_RADIUS, brow_curve
from scoreface.demo.skin.eyes import hairs, paint_brows, paint_eyes
from scoreface.demo.skin.person import sample_skin

STEP = 0.0002


def _plane():
    """Points (R, C, 3) of a flat face seen from the front, row 0 on top."""
    x, y = np.meshgrid(np.arange(-0.06, 0.06, STEP), np.arange(0.04, -0.03, -STEP))
    return np.stack([x, y, np.full_like(x, 0.09)], axis=-1).astype(np.float32)


def _painted(paint):
    skin = replace(sample_skin(np.random.default_rng(3)), gaze=np.zeros(2))
    points = _plane()
    blank = np.broadcast_to(skin.tone, points.shape).astype(np.float32)
    return points, paint(blank, skin, points, np.random.default_rng(4)), blank


def _mean(picture, points, x, y, radius=0.0005):
    near = np.hypot(points[..., 0] - x, points[..., 1] - y) < radius
    return picture[near].mean()


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_the_pupil_is_darker_than_the_iris_and_that_than_the_white(side):
    points, picture, _ = _painted(paint_eyes)
    x = side * EYE_CENTRE[0]
    pupil = _mean(picture, points, x, 0.0005)
    iris = _mean(picture, points, x, -0.55 * IRIS_RADIUS)
    white = _mean(picture, points, x + side * 0.62 * EYE_HALF_WIDTH, -0.0005)
    assert pupil < 0.5 * iris
    assert iris < 0.9 * white


def test_eyes_and_brows_keep_to_their_places():
    points, picture, blank = _painted(paint_eyes)
    away = np.abs(points[..., 1]) > 0.022
    np.testing.assert_allclose(picture[away], blank[away], atol=0.02)
    points, picture, blank = _painted(paint_brows)
    height, thickness = brow_curve(points[..., 0])
    off = np.abs(points[..., 1] - height)
    outside = (thickness == 0.0) | (off > 0.011)
    np.testing.assert_array_equal(picture[outside], blank[outside])
    middle = (np.abs(np.abs(points[..., 0]) - 0.030) < 0.010) & (off < 0.001)
    assert picture[middle].mean() < 0.75 * blank[middle].mean()


def test_hairs_weigh_the_same_however_far_apart_the_texels_are():
    """A hair of width w every s metres covers w / s of the skin, at any pitch."""
    width, spacing = 0.0003, 0.0010
    # Strengths average 0.775, and hairs have thinned to 0.9 of their width where they are looked at.
    expected = 0.775 * 0.9 * width / spacing
    for pitch in (0.00004, 0.00031, 0.00107):
        x = np.arange(0.0, 0.25, pitch)
        points = np.stack([np.tile(x, (2, 1)), np.zeros((2, len(x))), np.zeros((2, len(x)))], -1)
        reach = np.full(points.shape[:2], 0.35)
        cover = hairs(points[..., 0], reach, spacing, width, points, np.random.default_rng(0))
        assert cover.mean() == pytest.approx(expected, rel=0.25)
        assert cover.max() <= 1.0
