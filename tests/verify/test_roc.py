"""The curve's figures against closed forms, and against pairs counted one by one."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, norm

from scoreface.verify.roc import Ranking

MANY = 200_000
#: How far the mean scores of one person and of two lie apart, in deviations.
APART = 2.0


@pytest.fixture(scope="module")
def gaussians() -> Ranking:
    """Two normal distributions of deviation 1, at their quantiles, so that no chance is in it."""
    quantiles = norm.ppf((np.arange(MANY) + 0.5) / MANY)
    same = np.repeat([True, False], MANY)
    return Ranking(np.concatenate([quantiles + APART, quantiles]), same)


def ties(seed: int = 0, size: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    same = rng.random(size) < 0.4
    return rng.integers(0, 12, size) + 3.0 * same, same


def test_area_of_two_gaussians(gaussians):
    assert gaussians.curve().auc() == pytest.approx(norm.cdf(APART / np.sqrt(2)), abs=1e-4)


def test_equal_error_rate_of_two_gaussians(gaussians):
    assert gaussians.curve().eer() == pytest.approx(norm.cdf(-APART / 2), abs=1e-4)


@pytest.mark.parametrize("far", [1e-2, 1e-3, 1e-4])
def test_true_accept_rate_of_two_gaussians(gaussians, far):
    expected = norm.sf(norm.isf(far) - APART)
    assert float(gaussians.curve().tar_at(far)) == pytest.approx(expected, abs=2e-3)


def test_threshold_of_two_gaussians(gaussians):
    assert gaussians.best_threshold(np.ones(2 * MANY)) == pytest.approx(APART / 2, abs=0.02)


def test_area_with_ties_is_mann_whitneys():
    scores, same = ties()
    statistic = mannwhitneyu(scores[same], scores[~same]).statistic
    pairs = same.sum() * (~same).sum()
    assert Ranking(scores, same).curve().auc() == pytest.approx(statistic / pairs)


def test_the_curve_is_what_counting_gives():
    scores, same = ties()
    curve = Ranking(scores, same).curve()
    thresholds = [np.inf, *np.unique(scores)[::-1]]
    for place, threshold in enumerate(thresholds):
        accepted = scores >= threshold
        assert curve.tar[place] == pytest.approx(accepted[same].mean())
        assert curve.far[place] == pytest.approx(accepted[~same].mean())
    assert len(curve.far) == len(thresholds)


def test_the_true_accept_rate_never_lies_beyond_the_false_one_asked_for():
    scores, same = ties()
    for far in (0.0, 0.05, 0.3, 1.0):
        best = max(
            (scores[same] >= threshold).mean()
            for threshold in [np.inf, *scores]
            if (scores[~same] >= threshold).mean() <= far
        )
        assert float(Ranking(scores, same).curve().tar_at(far)) == pytest.approx(best)


def test_a_weight_is_how_often_a_pair_stands_there():
    scores, same = ties()
    often = np.random.default_rng(1).integers(0, 4, len(scores))
    weighed = Ranking(scores, same).curve(often.astype(float))
    repeated = Ranking(np.repeat(scores, often), np.repeat(same, often)).curve()
    assert weighed.auc() == pytest.approx(repeated.auc())
    assert weighed.eer() == pytest.approx(repeated.eer())
    assert float(weighed.tar_at(0.1)) == pytest.approx(float(repeated.tar_at(0.1)))


@pytest.mark.parametrize("seed", range(5))
def test_no_threshold_decides_more_weight_rightly(seed):
    scores, same = ties(seed)
    weights = np.random.default_rng(seed).random(len(scores))
    ranking = Ranking(scores, same)

    def right(threshold: float) -> float:
        return float(weights[(scores >= threshold) == same].sum())

    best = max(right(threshold) for threshold in [*scores, np.inf])
    assert right(ranking.best_threshold(weights)) == pytest.approx(best)


def test_scores_that_separate_are_cut_in_the_middle():
    ranking = Ranking(np.array([4.0, 3.0, 1.0, 0.0]), np.array([True, True, False, False]))
    assert ranking.best_threshold(np.ones(4)) == 2.0
    assert (ranking.curve().auc(), ranking.curve().eer()) == (1.0, 0.0)


def test_a_score_of_minus_infinity_is_never_accepted():
    # To accept all would be best.
    scores, same = np.array([1.0, 0.5, -np.inf, -np.inf]), np.array([True, False, True, True])
    threshold = Ranking(scores, same).best_threshold(np.ones(4))
    assert np.isfinite(threshold)
    assert 0.5 < threshold <= 1.0
    # A pair of one person without a score is refused at each threshold but the last.
    assert Ranking(scores, same).curve().auc() == pytest.approx((1 + 0 + 0) / 3)


def test_neighbouring_numbers_are_kept_apart():
    low = 1.0
    high = np.nextafter(low, 2)
    threshold = Ranking(np.array([high, low]), np.array([True, False])).best_threshold(np.ones(2))
    assert low < threshold <= high
