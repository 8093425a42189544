"""The embedded networks against heads that they have not seen, beside the Gaussian prior and each other."""

from pathlib import Path

import numpy as np
import pytest
import torch

from scoreface.benchmark.prior import complete_halves, denoising_errors, held_out_views
from scoreface.config.assets import SCORE_MODELS
from scoreface.demo.prior import fit_prior
from scoreface.score.diffusers_model import DiffusersScore
from scoreface.score.model import load_score_model
from scoreface.score.sampler import PREDICTOR_CORRECTOR, Sampler
from scoreface.score.unconditional import draw
from scoreface.training.grow import begin_with, new_network
from scoreface.training.settings import Settings

CPU = torch.device("cpu")
#: The networks' folders, by the pixels along a side of what they are trained on.
FOLDERS = {64: Path(SCORE_MODELS["demo"]), 128: Path(SCORE_MODELS["demo-128"])}


@pytest.fixture(scope="module")
def network():
    return load_score_model(FOLDERS[64], CPU)


@pytest.fixture(scope="module")
def finer():
    return load_score_model(FOLDERS[128], CPU)


@pytest.mark.parametrize("size", FOLDERS)
def test_it_is_small_enough_to_come_with_the_package(size):
    assert load_score_model(FOLDERS[size], CPU).image_size == size
    assert sum(file.stat().st_size for file in FOLDERS[size].rglob("*")) < 20e6


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


@pytest.fixture(scope="module")
def enlarged(network):
    """The network of 64 pixels as it grows to 128, before it learns anything there."""
    settings = Settings(
        *("demo", 128, 1, (32, 64, 128, 192), 1, 0.01, 0.0, 1, 1e-3, 1, "float32", 0), outer=(16,)
    )
    unet = new_network(settings, network.sigma_data)
    begin_with(unet, network.unet, FOLDERS[64])
    return DiffusersScore(unet, network.sigma_min, 2 * network.sigma_max, network.sigma_data)


@pytest.mark.heavy
def test_the_finer_one_knows_more_than_the_other_enlarged(finer, enlarged):
    images = held_out_views(128, 12, 0)
    views = {128: images, 64: torch.nn.functional.avg_pool2d(images, 2)}
    sigmas = (0.03, 0.1, 0.3, 1.0)
    errors, before = (denoising_errors(model, views, sigmas, 0) for model in (finer, enlarged))
    for size in views:
        assert (np.array(errors[size]) < np.array(before[size])).all(), (size, errors, before)


@pytest.mark.heavy
@pytest.mark.parametrize("size", FOLDERS)
def test_samples_from_noise_are_heads_on_black(size):
    network = load_score_model(FOLDERS[size], CPU)
    images = torch.stack(list(draw(network, 4, 0, Sampler(PREDICTOR_CORRECTOR, 30), 4)))
    images = torch.nn.functional.avg_pool2d(images, size // 64)
    # The training's heads reach neither upper corner, and cover the centre.
    assert float(images[:, :, :4, :4].mean()) < 0.1
    assert float(images[:, :, :4, -4:].mean()) < 0.1
    assert float(images[:, :, 24:40, 24:40].mean(1).amin((1, 2)).min()) > 0.02
    assert float(images[:, :, 24:40, 24:40].mean((1, 2, 3)).min()) > 0.15
