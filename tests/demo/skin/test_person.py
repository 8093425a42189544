"""What people's skins are drawn to look like."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import chisquare

from scoreface.demo.skin.cuts import BALD, CUTS
from scoreface.demo.skin.person import BEARDS, TYPES, sample_skin

PEOPLE = 3000


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(10)
    return [sample_skin(rng) for _ in range(PEOPLE)]


def luminance(tone):
    """Of sRGB (3,), linear."""
    return float(np.asarray(tone) ** 2.2 @ [0.2126, 0.7152, 0.0722])


def test_the_types_of_skin_come_in_equal_parts(people):
    counts = Counter(skin.type for skin in people)
    assert sorted(counts) == sorted(TYPES)
    assert chisquare([counts[kind] for kind in TYPES]).pvalue > 0.001


def test_types_are_in_the_order_of_their_luminance_and_spread_within(people):
    light = {
        kind: np.array([luminance(skin.tone) for skin in people if skin.type == kind])
        for kind in TYPES
    }
    means = [light[kind].mean() for kind in TYPES]
    assert (np.diff(means) < 0).all()
    for lighter, darker in pairwise(TYPES):
        # Neighbours hardly overlap, and none is one colour.
        assert (light[lighter] > np.median(light[darker])).mean() > 0.97
        assert light[darker].std() > 0.05 * light[darker].mean()


def test_undertones_vary(people):
    hue = np.array([skin.tone[2] / skin.tone[1] for skin in people if skin.type == "III"])
    assert 0.02 < hue.std() / hue.mean() < 0.08


def test_every_cut_and_every_beard_is_worn(people):
    cuts, beards = (Counter(getattr(skin, name) for skin in people) for name in ("cut", "beard"))
    assert set(cuts) == set(CUTS)
    assert set(beards) == set(BEARDS)
    assert min(cuts.values()) > 0.03 * PEOPLE
    assert min(beards.values()) > 0.02 * PEOPLE
    assert 0.04 < cuts[BALD] / PEOPLE < 0.12


def test_a_seventh_wears_glasses_and_a_quarter_has_marks_on_one_side(people):
    for there, share in (
        ([skin.glasses is not None for skin in people], 0.15),
        ([skin.marked for skin in people], 0.25),
    ):
        deviation = np.sqrt(share * (1.0 - share) / PEOPLE)
        assert np.mean(there) == pytest.approx(share, abs=4 * deviation)


def test_the_old_are_gray(people):
    old = [skin.gray for skin in people if skin.age > 0.7]
    young = [skin.gray for skin in people if skin.age < 0.2]
    assert np.mean(old) > 0.5
    assert np.mean(young) < 0.05


def test_a_layer_draws_the_same_whatever_others_draw(people):
    skin = people[0]
    first, again = (skin.generator("hair").random(4) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, skin.generator("beard").random(4))
