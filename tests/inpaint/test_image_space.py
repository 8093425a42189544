"""Image-space inpainting against the exact posterior of a Gaussian."""

import numpy as np
import pytest
import torch

from scoreface.inpaint.image_space import inpaint
from scoreface.score.gaussian import GaussianScore
from scoreface.score.samplers import geometric_sigmas

SEEDS = 2000


@pytest.fixture(scope="module")
def problem():
    """A 4 x 4 prior with smooth correlations, an image, and the half of it that is known."""
    rows, columns = np.mgrid[0:4, 0:4].reshape(2, -1)
    distance = np.hypot(rows[:, None] - rows, columns[:, None] - columns)
    kernel = np.kron(0.6 * np.ones((3, 3)) + 0.4 * np.eye(3), 0.04 * np.exp(-distance / 2))
    values, vectors = np.linalg.eigh(kernel)
    residual = 0.002
    prior = GaussianScore(
        mean=torch.full((48,), 0.5),
        basis=torch.from_numpy(vectors).float(),
        variances=torch.from_numpy(values).float(),
        residual=residual,
        image_size=4,
    )
    known = torch.zeros(4, 4, dtype=torch.bool)
    known[:, :2] = True
    covariance = kernel + residual * np.eye(48)
    drawn = 0.5 + np.linalg.cholesky(covariance) @ np.random.default_rng(3).standard_normal(48)
    return prior, covariance, torch.from_numpy(drawn.reshape(3, 4, 4)).float(), known


# Replacement conditions on a noised copy of the known pixels; the corrector makes up for it. Largest distance of the
# mean from the posterior's, in posterior deviations, measured: 0.30 with one corrector step at each of 300 levels,
# 0.14 at each of 1000, 0.06 with ten at each of 300, where the standard error of a mean is 0.02.
@pytest.mark.heavy
@pytest.mark.parametrize(("corrector_steps", "bias"), [(1, 0.4), (10, 0.1)])
def test_samples_follow_the_exact_posterior(problem, corrector_steps, bias):
    prior, covariance, image, known = problem
    # All seeds as one batch: the corrector's step size, a mean over the batch, hardly varies between them.
    samples = inpaint(
        prior,
        image.expand(SEEDS, -1, -1, -1),
        known,
        geometric_sigmas(0.01, 50.0, 300),
        corrector_steps,
        0.15,
        torch.Generator().manual_seed(0),
    ).flatten(1)
    mask = known.expand(3, 4, 4).flatten().numpy()
    gain = covariance[~mask][:, mask] @ np.linalg.inv(covariance[mask][:, mask])
    mean = 0.5 + gain @ (image.flatten().numpy()[mask] - 0.5)
    spread = covariance[~mask][:, ~mask] - gain @ covariance[mask][:, ~mask]
    deviation = np.sqrt(np.diag(spread))
    free = samples[:, torch.from_numpy(~mask)].numpy()
    assert np.abs((free.mean(0) - mean) / deviation).max() < bias
    np.testing.assert_allclose(free.std(0) / deviation, 1, atol=0.08)
    # The prior alone would be far off: the known pixels must have been used.
    assert np.abs((mean - 0.5) / deviation).max() > 1


def test_known_pixels_come_back_exactly(problem):
    prior, _, image, known = problem
    sigmas = geometric_sigmas(0.01, 50.0, 10)
    done = inpaint(prior, image[None], known, sigmas, 2, 0.15, torch.Generator().manual_seed(0))
    assert torch.equal(done[0][:, known], image[:, known])
    assert not torch.equal(done[0][:, ~known], image[:, ~known])


def test_progress_counts_the_levels(problem):
    prior, _, image, known = problem
    calls = []
    inpaint(
        prior,
        image[None],
        known,
        geometric_sigmas(0.01, 50.0, 4),
        1,
        0.15,
        torch.Generator().manual_seed(0),
        lambda done, total: calls.append((done, total)),
    )
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]
