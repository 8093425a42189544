"""The embedded network against the truth of heads that it has not seen, beside the Gaussian prior."""

from pathlib import Path

import numpy as np
import pytest
import torch

from scoreface.benchmark.prior import complete_halves, denoising_errors, held_out_views
from scoreface.config.assets import DEMO_ASSETS
from scoreface.demo.prior import fit_prior
from scoreface.score.model import load_score_model
from scoreface.score.sampler import PREDICTOR_CORRECTOR, Sampler
from scoreface.score.unconditional import draw

CPU = torch.device("cpu")
FOLDER = Path(DEMO_ASSETS["score_model"])


@pytest.fixture(scope="module")
def network():
    return load_score_model(FOLDER, CPU)


def test_it_is_small_enough_to_come_with_the_package():
    assert sum(file.stat().st_size for file in FOLDER.rglob("*")) < 20e6


@pytest.fixture(scope="module")
def gaussian():
    return fit_prior(64, 40, 80, 0)


@pytest.mark.heavy
def test_it_knows_held_out_heads_better_than_the_gaussian_prior(network, gaussian):
    images = held_out_views(64, 6, 0)
    sigmas = (0.03, 0.1, 0.3, 1.0, 3.0)
    errors = [denoising_errors(model, {64: images}, sigmas, 0)[64] for model in (network, gaussian)]
    assert (np.array(errors[0]) < 0.9 * np.array(errors[1])).all(), errors


@pytest.mark.heavy
def test_it_completes_held_out_heads_better_than_the_gaussian_prior(network, gaussian):
    images = held_out_views(64, 8, 1)
    ours, theirs = (
        complete_halves(model, images, 40, 1, 0.15, 0, keep_silhouette=True)
        for model in (network, gaussian)
    )
    (psnr, ssim), (psnr_gaussian, ssim_gaussian) = ours.quality(images), theirs.quality(images)
    assert psnr > psnr_gaussian
    assert ssim > ssim_gaussian + 0.05


@pytest.mark.heavy
def test_samples_from_noise_are_heads_on_black(network):
    images = torch.stack(list(draw(network, 4, 0, Sampler(PREDICTOR_CORRECTOR, 30), 4)))
    # The training's heads reach neither upper corner, and cover the centre.
    assert float(images[:, :, :4, :4].mean()) < 0.1
    assert float(images[:, :, :4, -4:].mean()) < 0.1
    assert float(images[:, :, 24:40, 24:40].mean(1).amin((1, 2)).min()) > 0.02
    assert float(images[:, :, 24:40, 24:40].mean((1, 2, 3)).min()) > 0.15
