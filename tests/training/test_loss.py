"""The objective against its closed forms."""

import math

import scipy.stats
import torch

from scoreface.training.loss import band_means, denoising_loss, draw_sigmas


def test_a_quarter_of_the_noise_levels_is_log_uniform_and_the_others_log_normal():
    sigmas = draw_sigmas(4000, 0.01, 30.0, 64, torch.Generator().manual_seed(0)).double()
    share = (sigmas[:1000] / 0.01).log() / math.log(30.0 / 0.01)
    assert scipy.stats.kstest(share, "uniform").statistic < 2e-3
    low, high = math.log(0.01) / 1.3, math.log(30.0) / 1.3
    between = scipy.stats.truncnorm(low, high, 0, 1.3)
    assert scipy.stats.kstest(sigmas[1000:].log(), between.cdf).statistic < 1e-3
    assert sigmas.min() >= 0.01
    assert sigmas.max() <= 30.0


def test_at_twice_the_side_the_log_normal_noise_levels_are_twice_as_high():
    sigmas = draw_sigmas(4000, 0.01, 60.0, 128, torch.Generator().manual_seed(0)).double()[1000:]
    low, high = (math.log(sigma / 2) / 1.3 for sigma in (0.01, 60.0))
    between = scipy.stats.truncnorm(low, high, math.log(2), 1.3)
    assert scipy.stats.kstest(sigmas.log(), between.cdf).statistic < 1e-3


def test_losses_are_averaged_by_what_the_noise_hides():
    # At 128 pixels the bands end at 0.2, 0.6, 2 and 6.
    sigmas = torch.tensor([0.1, 0.3, 0.5, 5.0, 50.0])
    means = band_means(torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0]), sigmas, 128)
    assert means[:2] == [1.0, 3.0]
    assert math.isnan(means[2])
    assert means[3:] == [8.0, 16.0]


def test_a_score_that_knows_nothing_of_the_noise_has_the_variance_of_theory():
    images = torch.rand(64, 3, 16, 16)
    generator = torch.Generator().manual_seed(0)
    loss = denoising_loss(_nothing, images, torch.full((64,), 0.3), 0.6, generator)
    # |z|^2 has mean 1 a number, and the weight is 1 + (0.3 / 0.6)^2.
    assert abs(float(loss.mean()) / 1.25 - 1) < 5 * (2 / images.numel()) ** 0.5


def test_the_exact_score_of_a_gaussian_has_the_loss_of_theory():
    # For x ~ N(0, s^2), the score of x + sigma z is -x / (s^2 + sigma^2). Its error has the variance s^2 / (s^2 +
    # sigma^2), which the weight makes 1 at every noise level.
    spread = 0.5
    images = spread * torch.randn(256, 3, 16, 16, generator=torch.Generator().manual_seed(1))

    def exact(x, sigmas):
        return -x / (spread**2 + sigmas[:, None, None, None] ** 2)

    for sigma in (0.05, 0.7, 20.0):
        generator = torch.Generator().manual_seed(2)
        loss = denoising_loss(exact, images, torch.full((256,), sigma), spread, generator)
        assert abs(float(loss.mean()) - 1) < 5 * (2 / images.numel()) ** 0.5, sigma


def _nothing(x, sigmas):
    return torch.zeros_like(x)
