"""Networks in diffusers folders and on the hub: where they are, old names, arguments that would give wrong scores."""

import json
import os

import pytest
import torch
from huggingface_hub.errors import LocalEntryNotFoundError
from safetensors.torch import load_file, save_file

from scoreface.files import InputError
from scoreface.score import architectures, diffusers_model
from scoreface.score.architectures import FFHQ_256, FIXED, trusted_arguments
from scoreface.score.model import load_score_model, score_model_files

CPU = torch.device("cpu")
WEIGHTS = "diffusion_pytorch_model.safetensors"
OLD_NAMES = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


def edit_config(path, **changes):
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def as_pipeline(folder):
    """Moves the network to ``unet/``, as the hub has it."""
    (folder / "unet").mkdir()
    for name in ("config.json", WEIGHTS):
        (folder / name).rename(folder / "unet" / name)
    (folder / "model_index.json").write_text("{}")


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
def test_a_folder_loads(layout, small_folder, small_unet):
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
def test_a_published_network_is_set_right(small_folder, small_unet):
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
def test_an_argument_that_gives_wrong_scores_is_refused(name, value, small_folder):
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
        ({"sample_size": None}, "no configuration of a UNet2DModel"),
        ({"down_block_types": [1, 2]}, "no configuration of a UNet2DModel"),
        ({"block_out_channels": "wide"}, "no configuration of a UNet2DModel"),
        ({"block_out_channels": [32, 256]}, "the weights cannot be read"),
    ],
)
def test_another_network_is_refused(change, message, small_folder):
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


def _truncate(folder, state):
    content = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(content[: len(content) // 2])


def _delete(folder, state):
    (folder / WEIGHTS).unlink()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_drop, r"conv_in\.bias is missing"),
        (_add, "extra is unexpected"),
        (_truncate, "the weights cannot be read"),
        (_delete, "the weights cannot be read"),
    ],
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
    with pytest.raises(InputError, match="the weights cannot be read") as caught:
        load_score_model(small_folder, CPU)
    assert "weights_only" not in str(caught.value)
    assert not (tmp_path / "sprung").exists()


def test_noise_levels_come_from_the_scheduler(small_folder):
    scheduler = small_folder / "scheduler" / "scheduler_config.json"
    edit_config(scheduler, sigma_max=50, sigma_min=0.02)
    model = load_score_model(small_folder, CPU)
    assert (model.sigma_min, model.sigma_max) == (0.02, 50.0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "sigma_max nan"),
        ("[]", "no scheduler configuration"),
        ('{"sigma_max": "high"}', "no scheduler configuration"),
        ('{"sigma_max": 0.001}', "no range of noise levels"),
    ],
)
def test_noise_levels_that_make_no_sense_are_refused(content, message, small_folder):
    scheduler = small_folder / "scheduler" / "scheduler_config.json"
    if content is None:
        scheduler.unlink()
    else:
        scheduler.write_text(content)
    with pytest.raises(InputError, match=rf"scheduler_config\.json: .*{message}"):
        load_score_model(small_folder, CPU)


@pytest.mark.parametrize(("size", "sigma_max"), [(256, 348.0), (1024, 1348.0)])
def test_noise_levels_of_the_published_networks_are_known(size, sigma_max, tmp_path):
    assert diffusers_model._noise_levels(tmp_path, size) == (0.01, sigma_max, None)


def test_a_folder_without_a_network_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no config\.json"):
        load_score_model(tmp_path, CPU)


@pytest.mark.parametrize("kind", ["safetensors", "bin"])
def test_a_hub_name_loads(kind, small_folder, small_unet, monkeypatch):
    as_pipeline(small_folder)
    asked = []
    if kind == "bin":
        state = load_file(small_folder / "unet" / WEIGHTS)
        (small_folder / "unet" / WEIGHTS).unlink()

    def download(name, allow_patterns):
        asked.append(name)
        if "*.bin" in allow_patterns:
            torch.save(state, small_folder / "unet" / "diffusion_pytorch_model.bin")
        return str(small_folder)

    monkeypatch.setattr(diffusers_model, "snapshot_download", download)
    assert_scores(load_score_model("google/ncsnpp-ffhq-256", CPU), small_unet)
    assert set(asked) == {"google/ncsnpp-ffhq-256"}
    assert score_model_files("google/ncsnpp-ffhq-256") == score_model_files(small_folder)


def test_without_network_the_message_says_what_to_do(monkeypatch):
    def download(name, allow_patterns):
        raise LocalEntryNotFoundError("no connection, and nothing in the cache")

    monkeypatch.setattr(diffusers_model, "snapshot_download", download)
    with pytest.raises(InputError, match=r"google/ncsnpp-ffhq-256: no such folder.*hf download"):
        load_score_model("google/ncsnpp-ffhq-256", CPU)


def test_the_files_of_a_model(small_folder, small_checkpoint):
    assert score_model_files(small_checkpoint) == [small_checkpoint]
    names = [path.relative_to(small_folder).as_posix() for path in score_model_files(small_folder)]
    assert names == ["config.json", WEIGHTS, "scheduler/scheduler_config.json"]
