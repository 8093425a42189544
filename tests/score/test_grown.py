"""Grown networks, against the network that they start from."""

import pytest
import torch
from torch.nn import functional

from scoreface.base.errors import InputError
from scoreface.score.architectures import Architecture, with_sigma_data
from scoreface.score.diffusers_model import DiffusersScore, write_folder
from scoreface.score.grown import DETAIL, GrownUNet, evaluate, make_network
from scoreface.score.model import load_score_model
from scoreface.score.probe import probe

SIGMA_DATA = 0.4


def score_model(size, outer, seed=0):
    """A model with random weights, those that a grown network starts with at nothing included."""
    architecture = Architecture(size, (32, 32), 1, (), "plain", outer)
    torch.manual_seed(seed)
    network = make_network(with_sigma_data(architecture.arguments(), SIGMA_DATA))
    return DiffusersScore(network, 0.01, 50.0, SIGMA_DATA)


def denoised(model, x, sigma):
    """By Tweedie's formula."""
    return x + sigma[:, None, None, None] ** 2 * model.score(x, sigma)


def enlarged(x):
    return x.repeat_interleave(2, 2).repeat_interleave(2, 3)


@pytest.mark.parametrize("outer", [(16,), (8, 16)])
def test_growth_starts_from_the_denoised_image_at_half_the_side(outer):
    model = score_model(16, outer)
    inner = DiffusersScore(model.unet.inner, 0.01, 50.0, SIGMA_DATA)
    sigma = torch.tensor([0.02, 0.1, 0.4, 2.0, 30.0])
    x = torch.rand(5, 3, 16, 16) + sigma[:, None, None, None] * torch.randn(5, 3, 16, 16)
    halved = functional.avg_pool2d(x, 2)
    detail = (DETAIL * SIGMA_DATA) ** 2
    kept = (detail / (detail + sigma**2))[:, None, None, None]
    expected = enlarged(denoised(inner, halved, sigma / 2)) + kept * (x - enlarged(halved))
    torch.testing.assert_close(denoised(model, x, sigma), expected, rtol=1e-4, atol=2e-5)


def test_the_inner_network_is_evaluated_as_diffusers_does():
    inner = score_model(8, ()).unet
    x, sigma = torch.randn(3, 3, 8, 8), torch.tensor([0.1, 1.0, 10.0])
    made, _ = evaluate(inner, x, sigma)
    expected = inner(x, sigma, return_dict=False)[0] * sigma[:, None, None, None]
    torch.testing.assert_close(made, expected)


def test_all_weights_of_the_outer_level_learn():
    network = score_model(16, (16,)).unet.requires_grad_(True)
    torch.nn.init.normal_(network.conv_out.weight, std=0.1)
    torch.nn.init.normal_(network.to_inner.weight, std=0.1)
    network(torch.randn(2, 3, 16, 16), torch.tensor([0.1, 1.0]))[0].square().mean().backward()
    for name, weight in network.named_parameters():
        if "time_proj" not in name:
            assert weight.grad.abs().max() > 0, name


def test_a_grown_network_is_a_score_model_like_others(tmp_path):
    model = score_model(16, (8, 16))
    torch.nn.init.normal_(model.unet.conv_out.weight, std=0.1)
    write_folder(model, tmp_path / "model")
    loaded = load_score_model(tmp_path / "model", torch.device("cpu"))
    assert isinstance(loaded.unet, GrownUNet)
    assert (loaded.image_size, loaded.sigma_max) == (16, 50.0)
    assert probe(tmp_path / "model").image_size == 16
    x, sigma = torch.rand(2, 3, 16, 16), torch.tensor([0.3, 3.0])
    assert torch.equal(loaded.score(x, sigma), model.score(x, sigma))


def test_a_level_that_does_not_fit_is_named(tmp_path):
    write_folder(score_model(16, (16,)), tmp_path / "model")
    config = tmp_path / "model" / "config.json"
    config.write_text(config.read_text().replace('"sample_size": 16', '"sample_size": 32'))
    with pytest.raises(InputError, match=r"config\.json: inner_arguments .*half of 32 pixels"):
        probe(tmp_path / "model")
