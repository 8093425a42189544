"""The views that the embedded prior is fitted to."""

import numpy as np
import pytest

from scoreface.demo.prior import fit_prior, random_views


@pytest.fixture(scope="module")
def views():
    return random_views(32, 2, np.random.default_rng(4))


def test_views_show_heads_on_black(views):
    assert views.shape == (8, 3, 32, 32)
    assert views.min() >= 0
    assert views.max() <= 1
    # The head fills the middle, and both upper corners are background.
    assert (views[:, :, 14:18, 14:18].mean((1, 2, 3)) > 0.05).all()
    assert (views[:, :, 0, [0, -1]] == 0).all()


def test_the_same_seed_gives_the_same_views(views):
    np.testing.assert_array_equal(random_views(32, 2, np.random.default_rng(4)), views)


def test_the_prior_explains_held_out_heads_better_than_their_mean(views):
    prior = fit_prior(32, 6, 12, seed=0)
    centred = views.reshape(8, -1) - prior.mean.numpy()
    rest = centred - centred @ prior.basis.numpy() @ prior.basis.numpy().T
    assert (rest**2).sum() < 0.6 * (centred**2).sum()
