"""Beards: where each kind grows."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.demo.head.surface import build_grid, spread
from scoreface.demo.skin.beard import paint_beard
from scoreface.demo.skin.person import BEARDS, sample_skin

SIZE = 256


@pytest.fixture(scope="module")
def points():
    return spread(build_grid().vertices, SIZE)


def darkened(kind, points):
    """(S, S), how much a black beard of a kind takes of white skin."""
    skin = sample_skin(np.random.default_rng(2))
    skin = replace(skin, beard=kind, beard_weight=1.0, gray=0.0, beard_colour=np.zeros(3))
    white = np.ones((SIZE, SIZE, 3), np.float32)
    return 1.0 - paint_beard(white, skin, points, skin.generator("beard")).mean(axis=2)


def test_none_leaves_the_skin_as_it_is(points):
    assert darkened("none", points).max() == 0.0


@pytest.mark.parametrize("kind", BEARDS[1:])
def test_what_each_kind_covers(points, kind):
    x, y, z = np.abs(points[..., 0]), points[..., 1], points[..., 2]
    dark = darkened(kind, points)
    places = {
        "lip": (x < 0.012) & (np.abs(y + 0.060) < 0.002) & (z > 0.06),
        "chin": (x < 0.012) & (np.abs(y + 0.100) < 0.006) & (z > 0.06),
        "jaw": (np.abs(x - 0.055) < 0.005) & (np.abs(y + 0.070) < 0.006) & (z > 0.01),
    }
    covered = {
        "stubble": {"lip", "chin", "jaw"},
        "moustache": {"lip"},
        "goatee": {"lip", "chin"},
        "full": {"lip", "chin", "jaw"},
    }[kind]
    for name, where in places.items():
        mean = dark[where].mean()
        assert mean > 0.2 if name in covered else mean < 0.02
    # Eyes, nose and forehead are never hairy, nor is the back of the neck.
    assert dark[(y > 0.025) | ((z > 0.05) & (y > -0.024)) | (z < -0.04)].max() < 0.01
