"""Cuts of hair: what each covers of the head, and what it leaves bare."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.demo.head.relief import ear_coordinates
from scoreface.demo.head.surface import build_grid, spread
from scoreface.demo.skin.cuts import BALD, CUTS
from scoreface.demo.skin.hair import hair_depth, hair_line, paint_hair
from scoreface.demo.skin.person import sample_skin

SIZE = 256


@pytest.fixture(scope="module")
def points():
    return spread(build_grid().vertices, SIZE)


def person(cut, **changes):
    plain = {"cut": cut, "hairline": 0.0, "temples": 0.0, "parting": 0.0, "side": 1.0, **changes}
    return replace(sample_skin(np.random.default_rng(4)), **plain)


def covered(skin, points):
    """(S, S), how much of each texel is no longer what was under the hair, its shadow left out."""
    black = np.zeros((SIZE, SIZE, 3), np.float32)
    pictures = [paint_hair(black + k, skin, points, skin.generator("hair")) for k in (0.0, 1.0)]
    return np.where(
        hair_depth(skin, points) > -0.008, 1.0 - (pictures[1] - pictures[0])[..., 0], 0.0
    )


def regions(points):
    x, y, z = np.moveaxis(points, -1, 0)
    ear = np.hypot(*ear_coordinates(points)) < 0.9
    return {
        "crown": (y > 0.085) & (z < 0.03),
        "face": (z > 0.06) & (np.abs(x) < 0.045) & (y < 0.022) & (y > -0.11),
        "forehead": (np.abs(x) < 0.025) & (y > 0.045) & (y < 0.054) & (z > 0.05),
        "left ear": ear & (x > 0.06),
        "right ear": ear & (x < -0.06),
        "nape": (z < -0.06) & (y < -0.115) & (y > -0.17),
    }


def test_a_bald_head_is_bare(points):
    image = np.random.default_rng(0).random((SIZE, SIZE, 3)).astype(np.float32)
    skin = person(BALD)
    np.testing.assert_array_equal(paint_hair(image, skin, points, skin.generator("hair")), image)


@pytest.mark.parametrize("cut", [name for name in CUTS if name != BALD])
def test_hair_covers_the_crown_and_leaves_the_face_bare(points, cut):
    cover = covered(person(cut), points)
    where = regions(points)
    assert cover[where["crown"]].mean() > 0.5
    assert cover[where["face"]].max() < 0.05


@pytest.mark.parametrize(
    ("cut", "region", "hidden"),
    [
        ("short", "left ear", False),
        ("short", "forehead", False),
        ("fringe", "forehead", True),
        ("bob", "left ear", True),
        ("bob", "right ear", True),
        ("bob", "nape", False),
        ("long", "nape", True),
        ("swept", "left ear", False),
        ("swept", "right ear", True),
        ("receding", "forehead", False),
    ],
)
def test_what_a_cut_hides(points, cut, region, hidden):
    share = covered(person(cut), points)[regions(points)[region]].mean()
    assert share > 0.8 if hidden else share < 0.1


def test_the_other_side_is_the_mirror_s(points):
    """Hair swept to the other side hides the other ear, by as much."""
    where = regions(points)
    left, right = (covered(person("swept", side=side), points) for side in (1.0, -1.0))
    assert right[where["left ear"]].mean() == pytest.approx(
        left[where["right ear"]].mean(), abs=0.02
    )
    mirrored = points * np.array([-1.0, 1.0, 1.0], np.float32)
    np.testing.assert_allclose(
        hair_depth(person("swept", side=-1.0), mirrored),
        hair_depth(person("swept", side=1.0), points),
        atol=1e-6,
    )


def test_cuts_without_a_side_are_symmetric(points):
    mirrored = points * np.array([-1.0, 1.0, 1.0], np.float32)
    for cut in ("short", "curly", "fringe", "bob", "long", "shaved"):
        skin = person(cut)
        np.testing.assert_allclose(
            hair_depth(skin, mirrored), hair_depth(skin, points), atol=1e-6, err_msg=cut
        )


def test_the_line_recedes_over_the_temples():
    temple, middle = np.array([[0.05, 0.06, 0.06]]), np.array([[0.0, 0.06, 0.08]])
    short, receding = (person(cut) for cut in ("short", "receding"))
    for at in (temple, middle):
        assert hair_line(receding, at) > hair_line(short, at) + 0.008
    raised = hair_line(receding, temple) - hair_line(short, temple)
    assert raised > hair_line(receding, middle) - hair_line(short, middle)
