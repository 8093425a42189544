"""Discordant pairs against sums of binomials; what too few pairs cannot tell."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.stats import binom, norm

from scoreface.verify.bootstrap import draws
from scoreface.verify.measure import FIGURES, balanced, discordance, measure

from .test_bootstrap import apart


@pytest.mark.parametrize(("first", "second"), [(0, 1), (3, 9), (20, 20), (1, 14), (130, 90)])
def test_mcnemars_test_is_a_coins(first, second):
    one = np.repeat([True, True, False, False], [50, first, second, 7])
    other = np.repeat([True, False, True, False], [50, first, second, 7])
    found = discordance(one, other)
    assert (found.both, found.first, found.second, found.neither) == (50, first, second, 7)
    count, least = first + second, min(first, second)
    tail = sum(math.comb(count, k) for k in range(least + 1)) / 2**count
    assert found.p_value == pytest.approx(min(1.0, 2 * tail))
    assert tail == pytest.approx(binom.cdf(least, count, 0.5))


def test_without_discordant_pairs_nothing_differs():
    right = np.array([True, False, True])
    assert discordance(right, right).p_value == 1.0


def measured(count, by="pair", shift=2.0):
    pairs = apart(count)
    rng = np.random.default_rng(0)
    scores = rng.standard_normal(len(pairs)) + shift * pairs.same
    pairs.fold[:] = np.arange(len(pairs)) * 10 // len(pairs)
    return pairs, measure("", "test", pairs, scores, partial(draws, pairs, by, 300, 0), 0)


def test_intervals_hold_the_closed_form_and_are_as_wide_as_they_should_be():
    _, side = measured(1000)
    expected = [norm.cdf(1), norm.cdf(2 / math.sqrt(2)), norm.cdf(-1)]
    low, high = np.percentile(side.drawn[:, :3], [0.5, 99.5], axis=0)
    assert (low < expected).all()
    assert (expected < high).all()
    # Of 2000 independent pairs a share has this standard error.
    accuracy = side.drawn[:, 0].std()
    assert accuracy == pytest.approx(math.sqrt(0.8413 * 0.1587 / 2000), rel=0.25)


def test_a_rate_that_no_pair_can_make_is_not_told():
    # 500 pairs of two persons: one of them is 0.002.
    _, side = measured(500)
    told = dict(zip(FIGURES, side.values, strict=True))
    assert np.isfinite(told["TAR at FAR 0.01"])
    assert np.isnan(told["TAR at FAR 0.001"])
    assert np.isnan(told["TAR at FAR 0.0001"])


def test_the_same_draws_serve_both_sides():
    pairs, side = measured(200)
    again = measure(
        "", "test", pairs, side.ranking.scores, partial(draws, pairs, "pair", 300, 0), 0
    )
    np.testing.assert_array_equal(side.drawn, again.drawn)


def test_balanced_pairs_weigh_one_person_as_much_as_two():
    """One pair of one person is told to be two: in its fold that is half of a half, whatever there is of the other."""
    same = np.array([True] * 4 + [False] * 96)
    scores = np.where(same, 1.0, 0.0)
    scores[1] = -1.0
    pairs = replace(apart(50), same=same, fold=np.arange(100) // 2 % 2)
    weights = balanced(same)
    assert weights[same].sum() == pytest.approx(50)
    assert weights.sum() == pytest.approx(100)
    found = measure("", "test", pairs, scores, lambda: iter(()), 0, weights)
    assert found.values[0] == pytest.approx((0.75 + 1) / 2)
    assert list(np.flatnonzero(~found.decided.correct)) == [1]
