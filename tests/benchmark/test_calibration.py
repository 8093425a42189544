"""Coverage where the law of the completions is known."""

import numpy as np
import pytest

from scoreface.benchmark.calibration import NOMINAL, coverage, plot_calibration


def draws(count: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Completions (N, K, 3) and a truth (K, 3) about unknown means, the completions' spread times the truth's."""
    rng = np.random.default_rng(0)
    mean = rng.uniform(80, 170, (20_000, 3))
    completions = mean + 10 * spread * rng.standard_normal((count, *mean.shape))
    return completions, mean + 10 * rng.standard_normal(mean.shape)


@pytest.mark.parametrize("count", [2, 5, 20])
def test_a_truth_of_the_same_law_is_covered_as_often_as_it_says(count):
    # 60,000 values: a share's standard error is 0.002 at most.
    assert coverage(*draws(count, 1.0)) == pytest.approx(NOMINAL, abs=0.01)


def test_completions_that_are_too_much_alike_or_too_different_show():
    assert np.mean(coverage(*draws(8, 0.4))) < np.mean(NOMINAL) - 0.15
    assert np.mean(coverage(*draws(8, 3.0))) > np.mean(NOMINAL) + 0.15


def test_completions_that_are_all_the_same_cover_the_same_truth_alone():
    same = np.full((3, 10, 3), 120)
    assert coverage(same, np.full((10, 3), 120)) == [1.0] * len(NOMINAL)
    assert coverage(same, np.full((10, 3), 140)) == [0.0] * len(NOMINAL)


def test_methods_of_one_completion_have_no_line(tmp_path):
    plot_calibration(tmp_path / "none.png", [{"method": "mirror", "coverage": None}])
    assert not (tmp_path / "none.png").exists()
    plot_calibration(tmp_path / "one.png", [{"method": "joint", "coverage": list(NOMINAL)}])
    assert (tmp_path / "one.png").exists()
