"""What a score model knows, measured on a Gaussian whose answers are known in closed form."""

import pytest
import torch

from scoreface.benchmark.prior import complete_halves, denoising_errors
from scoreface.score.gaussian import GaussianScore

SIZE = 16


@pytest.fixture
def gaussian():
    """A prior of pictures that are symmetric, so that one half gives the other."""
    generator = torch.Generator().manual_seed(0)
    half = torch.randn(8, 3, SIZE, SIZE // 2, generator=generator)
    basis = torch.cat([half, half.flip(3)], 3).reshape(8, -1).T
    basis = torch.linalg.qr(basis)[0]
    # Pixels are 0.5 with a deviation of 0.13, and next to no noise of their own.
    variances = torch.linspace(3.0, 0.5, 8)
    return GaussianScore(torch.full((3 * SIZE**2,), 0.5), basis, variances, 1e-5, SIZE)


def draw(gaussian, count):
    components = torch.randn(count, 8, generator=torch.Generator().manual_seed(1))
    images = gaussian.mean + (components * gaussian.variances.sqrt()) @ gaussian.basis.T
    return images.reshape(count, 3, SIZE, SIZE)


def test_the_error_of_the_exact_score_is_that_of_the_best_denoiser(gaussian):
    images = draw(gaussian, 400)
    sigmas = (0.3, 1.0, 3.0)
    variances = gaussian.variances
    for sigma, error in zip(sigmas, denoising_errors(gaussian, images, sigmas, 0), strict=True):
        # Wiener: of a component of variance v, the share s^2 / (v + s^2) stays unknown.
        exact = (variances * sigma**2 / (variances + sigma**2)).sum() / variances.sum()
        assert error == pytest.approx(float(exact), rel=0.1)


@pytest.mark.parametrize("keep_silhouette", [False, True])
def test_the_right_half_of_symmetric_pictures_follows_from_the_left(gaussian, keep_silhouette):
    images = draw(gaussian, 3).clamp(0.01, 1)
    halves = complete_halves(gaussian, images, 200, 4, 0.15, 0, keep_silhouette)
    assert torch.equal(halves.images[..., : SIZE // 2], images[..., : SIZE // 2])
    # The mean itself would have 18 dB.
    assert halves.psnr > 30
