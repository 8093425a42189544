"""Accuracy by folds, reckoned by hand."""

import numpy as np
import pytest

from scoreface.verify.folds import decide
from scoreface.verify.roc import Ranking

#: Three folds: each row of one person and of two; in the last, a pair of each kind lies on the wrong side.
SCORES = np.array([0.9, 0.8, 0.3, 0.1, 0.85, 0.75, 0.35, 0.2, 0.95, 0.30, 0.60, 0.05])
SAME = np.tile([True, True, False, False], 3)
FOLD = np.repeat([0, 1, 2], 4)


def test_each_fold_is_decided_by_the_others():
    decided = decide(Ranking(SCORES, SAME), FOLD)
    # Without fold 0 one error is least: between 0.60 and 0.75, where 0.30 is refused. Without fold 1 likewise between
    # 0.60 and 0.8. Without fold 2 none, between 0.35 and 0.75.
    np.testing.assert_allclose(decided.thresholds, [(0.60 + 0.75) / 2, (0.60 + 0.8) / 2, 0.55])
    # The last fold has an error of each kind at 0.55.
    np.testing.assert_allclose(decided.accuracies, [1, 1, 0.5])
    assert decided.accuracy == pytest.approx(5 / 6)
    assert decided.deviation == pytest.approx(np.std([1, 1, 0.5]))
    assert np.flatnonzero(~decided.correct).tolist() == [9, 10]


def test_the_own_fold_has_no_say():
    """A fold whose labels are all wrong is decided all wrongly, though a threshold of its own would do better."""
    scores = np.array([1.0, 0.0] * 2 + [0.4, 0.6])
    same = np.array([True, False] * 3)
    decided = decide(Ranking(scores, same), np.repeat([0, 1, 2], 2))
    np.testing.assert_allclose(decided.accuracies, [1, 1, 0])


def test_weights_count_pairs_again():
    weights = np.ones(len(SCORES))
    weights[9] = 0
    # Now fold 2 alone has an error: a pair of two persons at 0.60, weight 1 of 3.
    decided = decide(Ranking(SCORES, SAME), FOLD, weights)
    np.testing.assert_allclose(decided.accuracies, [1, 1, 2 / 3])


def test_a_fold_without_weight_is_left_out_of_the_mean():
    weights = np.where(FOLD == 2, 0.0, 1.0)
    decided = decide(Ranking(SCORES, SAME), FOLD, weights)
    np.testing.assert_allclose(decided.accuracies, [1, 1, np.nan])
    assert decided.accuracy == 1


def test_ten_folds_of_two_gaussians():
    """The mean accuracy of the best threshold is the closed form's, 1 - EER, where both kinds are as many."""
    rng = np.random.default_rng(3)
    same = np.tile([True, False], 30_000)
    scores = rng.standard_normal(60_000) + 2.0 * same
    decided = decide(Ranking(scores, same), np.repeat(np.arange(10), 6000))
    assert decided.accuracy == pytest.approx(0.8413, abs=0.005)
    assert decided.thresholds == pytest.approx(np.ones(10), abs=0.1)
