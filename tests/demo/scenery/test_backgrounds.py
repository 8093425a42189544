"""Backgrounds by kind: in range, drawn from the generator, and what their names say."""

import numpy as np
import pytest

from scoreface.demo.scenery.backgrounds import BACKGROUNDS, draw_background, sample_kind
from scoreface.demo.scenery.strokes import Subject, defocused

SKIN, HAIR = np.array([0.8, 0.6, 0.5]), np.array([0.2, 0.14, 0.1])
SIDE = 128


def draw(kind, seed, lamp=0.0, size=SIDE):
    return draw_background(kind, size, Subject(SKIN, HAIR, lamp), np.random.default_rng(seed))


@pytest.mark.parametrize("kind", BACKGROUNDS)
def test_backgrounds_are_drawn_from_the_generator(kind):
    one, again, other = (draw(kind, seed) for seed in (1, 1, 2))
    assert one.shape == (SIDE, SIDE, 3)
    assert one.dtype == np.float32
    assert one.min() >= 0
    assert one.max() <= 1
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).mean() > 0.01
    # Renders to learn from are small.
    assert draw(kind, 1, size=16).shape == (16, 16, 3)


def test_cluttered_ones_have_more_to_see_than_plain_ones():
    def detail(kind):
        photos = np.stack([draw(kind, seed) for seed in range(6)])
        return np.abs(np.diff(photos, axis=2)).mean()

    plain = max(detail("wall"), detail("blur"))
    assert min(detail(kind) for kind in ("room", "foliage", "crowd", "bokeh")) > 1.5 * plain


def test_foliage_is_of_leaves_and_walls_alike_are_of_the_person():
    leaves = np.mean([draw("foliage", seed).mean((0, 1)) for seed in range(8)], axis=0)
    assert leaves[2] < leaves[1]
    for seed in range(8):
        colour = draw("alike", seed).mean((0, 1))
        colour, own = (c / np.linalg.norm(c) for c in (colour, np.stack([SKIN, HAIR])))
        own = np.stack([SKIN / np.linalg.norm(SKIN), HAIR / np.linalg.norm(HAIR)])
        assert (own @ colour).max() > 0.99


@pytest.mark.parametrize("kind", ["wall", "room"])
def test_it_is_lighter_where_the_lamp_is(kind):
    def slope(lamp):
        light = np.mean([draw(kind, seed, lamp).mean((0, 2)) for seed in range(20)], axis=0)
        return light[-SIDE // 3 :].mean() - light[: SIDE // 3].mean()

    assert slope(-0.9) < 0 < slope(0.9)


def test_half_of_the_portraits_are_before_something_plain_and_strangers_are_in_none():
    rng = np.random.default_rng(0)
    kinds = [sample_kind(rng) for _ in range(1000)]
    assert set(kinds) == set(BACKGROUNDS) - {"crowd"}
    assert np.isin(kinds, ["wall", "blur", "alike"]).mean() == pytest.approx(0.5, abs=0.05)


def test_a_point_of_light_becomes_a_disc_and_light_is_kept():
    image = np.zeros((64, 64, 3), np.float32)
    image[31:34, 31:34] = 1.0
    shown = defocused(image, 6.0)[..., 0]
    y, x = np.mgrid[0:64, 0:64]
    away = np.hypot(y - 32, x - 32)
    assert shown[away < 4].min() > 0.5 * shown.max()
    assert shown[away > 9].max() < 0.01
    # What adds up is light, not the number that a picture has for it.
    assert (shown**2.2).sum() == pytest.approx(9.0, rel=0.05)


def test_what_shines_grows_brighter_than_what_is_white():
    white, lamp = np.zeros((2, 64, 64, 3), np.float32)
    white[30:34, 30:34], lamp[30:34, 30:34] = 1.0, 2.0
    assert defocused(lamp, 4.0).max() > 1.5 * defocused(white, 4.0).max()
