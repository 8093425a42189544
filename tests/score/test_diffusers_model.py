"""Networks in diffusers folders: old names, arguments that give wrong scores, weights that do not fit; writing."""

import json
import os
import resource
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file

from scoreface.base.errors import InputError
from scoreface.score import architectures
from scoreface.score.architectures import FFHQ_256, FIXED, trusted_arguments
from scoreface.score.diffusers_model import DiffusersScore, write_folder
from scoreface.score.model import load_score_model

CPU = torch.device("cpu")
WEIGHTS = "diffusion_pytorch_model.safetensors"
OLD_NAMES = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


@pytest.fixture
def published(monkeypatch, small):
    """Makes the small network count as a published one."""
    monkeypatch.setattr(architectures, "PUBLISHED", (small,))


def assert_scores(model, small_unet):
    x = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    sigma = torch.tensor([0.2, 30.0])
    expected = small_unet(x, sigma).sample
    torch.testing.assert_close(model.score(x, sigma), expected, rtol=0, atol=0)


@pytest.mark.parametrize("layout", ["network", "pipeline"])
def test_a_folder_loads(layout, small_folder, small_unet, as_pipeline):
    if layout == "pipeline":
        as_pipeline(small_folder)
    model = load_score_model(str(small_folder), CPU)
    assert (model.image_size, model.sigma_min, model.sigma_max) == (32, 0.01, 348.0)
    assert model.device == CPU
    assert_scores(model, small_unet)


def test_a_score_keeps_no_graph_and_takes_any_kind_of_sigma(small_folder):
    model = load_score_model(small_folder, CPU)
    x = torch.rand(1, 3, 32, 32)
    score = model.score(x, torch.tensor([2.0]))
    assert not score.requires_grad
    assert torch.equal(model.score(x, torch.tensor([2])), score)
    assert torch.equal(model.score(x, torch.tensor([2.0], dtype=torch.float64)), score)


@pytest.mark.parametrize("kind", ["safetensors", "bin"])
def test_old_attention_names_load(kind, small_folder, small_unet):
    state = load_file(small_folder / WEIGHTS)
    for new, old in OLD_NAMES.items():
        state = {name.replace(f".{new}.", f".{old}."): tensor for name, tensor in state.items()}
    assert "mid_block.attentions.0.proj_attn.weight" in state
    if kind == "bin":
        (small_folder / WEIGHTS).unlink()
        torch.save(state, small_folder / "diffusion_pytorch_model.bin")
    else:
        save_file(state, small_folder / WEIGHTS, {"format": "pt"})
    assert_scores(load_score_model(small_folder, CPU), small_unet)


@pytest.mark.usefixtures("published")
def test_a_published_network_is_set_right(small_folder, small_unet, edit_config):
    edit_config(
        small_folder / "config.json",
        center_input_sample=False,
        attention_head_dim=8,
        mid_block_scale_factor=1,
        norm_eps=1e-5,
    )
    model = load_score_model(small_folder, CPU)
    assert model.unet.config["center_input_sample"] is True
    assert_scores(model, small_unet)


def test_a_published_network_is_set_right_in_every_argument(tmp_path):
    wrong = {
        "center_input_sample": False,
        "attention_head_dim": 8,
        "norm_num_groups": 32,
        "norm_eps": 1e-5,
        "mid_block_scale_factor": 1.0,
        "act_fn": "relu",
        "time_embedding_type": "positional",
        "attn_norm_num_groups": 4,
        "resnet_time_scale_shift": "scale_shift",
    }
    arguments = trusted_arguments({**FFHQ_256.arguments(), **wrong}, tmp_path)
    assert {name: arguments[name] for name in wrong} == {name: FIXED[name] for name in wrong}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("center_input_sample", False),
        ("attention_head_dim", 8),
        ("norm_num_groups", 32),
        ("norm_eps", 1e-5),
        ("mid_block_scale_factor", 1),
        ("act_fn", "relu"),
        ("time_embedding_type", "positional"),
    ],
)
def test_an_argument_that_gives_wrong_scores_is_refused(name, value, small_folder, edit_config):
    edit_config(small_folder / "config.json", **{name: value})
    with pytest.raises(InputError, match=rf"config\.json: {name} is {value!r}, and with that"):
        load_score_model(small_folder, CPU)


def test_an_argument_that_is_left_out_or_rounded_is_filled_in(small_folder, small_unet):
    config = json.loads((small_folder / "config.json").read_text())
    for name in ("attention_head_dim", "center_input_sample", "norm_num_groups"):
        del config[name]
    config["mid_block_scale_factor"] = 1.41421
    (small_folder / "config.json").write_text(json.dumps(config))
    assert_scores(load_score_model(small_folder, CPU), small_unet)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"down_block_types": ["SkipDownBlock2D", "AttnDownBlock2D"]}, "down_block_types is"),
        ({"up_block_types": ["SkipUpBlock2D", "AttnSkipUpBlock2D"]}, "up_block_types is"),
        ({"up_block_types": None}, "up_block_types is None"),
        ({"down_block_types": [1, 2]}, "no configuration of a UNet2DModel"),
        ({"down_block_types": []}, "no configuration of a UNet2DModel"),
        ({"block_out_channels": None}, "no configuration of a UNet2DModel"),
        ({"block_out_channels": "wide"}, "block_out_channels: 'w' is no whole number"),
        ({"block_out_channels": [32, 0]}, "block_out_channels: 0 is no whole number"),
        ({"layers_per_block": -1}, "layers_per_block: -1 is no whole number above 0"),
        ({"block_out_channels": [32, 256]}, "the weights cannot be read"),
    ],
)
def test_another_network_is_refused(change, message, small_folder, edit_config):
    edit_config(small_folder / "config.json", **change)
    with pytest.raises(InputError, match=message):
        load_score_model(small_folder, CPU)


@pytest.mark.parametrize("content", ["", "[1]", "{"])
def test_a_damaged_configuration_is_named(content, small_folder):
    (small_folder / "config.json").write_text(content)
    with pytest.raises(InputError, match=r"config\.json"):
        load_score_model(small_folder, CPU)


def _drop(folder, state):
    del state["conv_in.bias"]
    save_file(state, folder / WEIGHTS, {"format": "pt"})


def _add(folder, state):
    save_file({**state, "extra": torch.zeros(1)}, folder / WEIGHTS, {"format": "pt"})


@pytest.mark.parametrize(
    ("spoil", "message"),
    [(_drop, r"conv_in\.bias is missing"), (_add, "extra is unexpected")],
)
def test_weights_that_do_not_fit_are_refused(spoil, message, small_folder):
    spoil(small_folder, load_file(small_folder / WEIGHTS))
    with pytest.raises(InputError, match=message):
        load_score_model(small_folder, CPU)


def test_weights_that_run_code_are_refused_and_not_run(small_folder, tmp_path):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "sprung"),)

    (small_folder / WEIGHTS).unlink()
    torch.save({"conv_in.weight": Trap()}, small_folder / "diffusion_pytorch_model.bin")
    with pytest.raises(InputError, match=r"model\.bin: .*it wants to run posix\.mkdir") as caught:
        load_score_model(small_folder, CPU)
    assert "weights_only" not in str(caught.value)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf])
@pytest.mark.parametrize("kind", ["safetensors", "bin"])
def test_weights_that_are_not_finite_are_refused(kind, wrong, small_folder):
    state = load_file(small_folder / WEIGHTS)
    state["mid_block.resnets.1.conv2.weight"][3, 2, 1, 0] = wrong
    path = small_folder / WEIGHTS
    if kind == "bin":
        path.unlink()
        path = small_folder / "diffusion_pytorch_model.bin"
        torch.save(state, path)
    else:
        save_file(state, path, {"format": "pt"})
    named = rf"{path.name}: mid_block\.resnets\.1\.conv2\.weight holds numbers that are not finite"
    with pytest.raises(InputError, match=named):
        load_score_model(small_folder, CPU)


# Replaces a folder, and is killed when the old one is out of the way and the new one not in its place yet.
KILLED = """
import os, sys
from pathlib import Path
from scoreface.score.diffusers_model import DiffusersScore, write_folder
folder = Path(sys.argv[1])
model = DiffusersScore.from_folder(folder)
replace = os.replace
def killed(source, target):
    if target == str(folder):
        os._exit(9)
    replace(source, target)
os.replace = killed
write_folder(DiffusersScore(model.unet, 0.02, 50.0), folder)
"""


def test_a_kill_between_two_folders_loses_neither(small_folder):
    ended = subprocess.run([sys.executable, "-c", KILLED, str(small_folder)], check=False)
    assert ended.returncode == 9
    assert not small_folder.exists()
    (place,) = small_folder.parent.glob(".small.*")
    levels = {DiffusersScore.from_folder(folder).sigma_min for folder in place.iterdir()}
    assert levels == {0.01, 0.02}


def test_a_folder_that_is_written_again_is_the_new_one_whole(small_folder, small_unet):
    (small_folder / "left_over.bin").write_text("of the old one")
    write_folder(DiffusersScore(small_unet, 0.02, 50.0, sigma_data=0.4), small_folder)
    model = DiffusersScore.from_folder(small_folder)
    assert (model.sigma_min, model.sigma_max, model.sigma_data) == (0.02, 50.0, 0.4)
    assert not (small_folder / "left_over.bin").exists()
    assert list(small_folder.parent.iterdir()) == [small_folder]


@pytest.mark.parametrize("room", [100, 100_000], ids=["configuration", "weights"])
def test_a_folder_that_is_cut_short_leaves_the_old_one(room, small_folder, small_unet):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Beyond this size the system refuses to write, as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises(InputError, match=r"small: cannot be written .*disk has room"):
            write_folder(DiffusersScore(small_unet, 0.02, 50.0), small_folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert DiffusersScore.from_folder(small_folder).sigma_min == 0.01
    assert list(small_folder.parent.iterdir()) == [small_folder]
