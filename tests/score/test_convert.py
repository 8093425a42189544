"""Conversion of score_sde_pytorch checkpoints: parity with the original code, round trips, files that do not fit."""

import json
import os

import numpy as np
import pytest
import torch
from diffusers import UNet2DModel

from scoreface.base.errors import InputError
from scoreface.score.architectures import FFHQ_256, FFHQ_1024, Architecture
from scoreface.score.convert import convert_checkpoint, read_checkpoint
from scoreface.score.model import load_score_model
from scoreface.score.ncsnpp import UnknownNetworkError, recognise, tensor_names

CPU = torch.device("cpu")
PARAMETERS = {FFHQ_256: 65_574_549, FFHQ_1024: 105_785_896}
MODULE = "module.all_modules."


@pytest.mark.parametrize("converted", [False, True])
def test_scores_are_those_of_the_original_code(reference, tmp_path, converted):
    path = reference / "ncsnpp_tiny.pth"
    if converted:
        convert_checkpoint(path, tmp_path / "tiny")
        path = tmp_path / "tiny"
    model = load_score_model(path, CPU)
    expected = np.load(reference / "ncsnpp_tiny_scores.npz")
    for i, sigma in enumerate(expected["sigmas"]):
        x, score = (torch.from_numpy(expected[f"{name}_{i}"]) for name in ("x", "score"))
        found = model.score(x, torch.full((len(x),), sigma))
        assert (found - score).norm() < 1e-5 * score.norm()
    assert (model.image_size, model.sigma_min, model.sigma_max) == (32, 0.01, 348.0)


def test_arguments_and_names_are_those_of_the_original(reference):
    model = torch.load(reference / "ncsnpp_tiny.pth", weights_only=True)["model"]
    names = [name for name in model if name != "module.sigmas"]
    architecture = recognise({name: tuple(model[name].shape) for name in names})
    with torch.device("meta"):
        unet = UNet2DModel(**architecture.arguments())
    assert [name.original for name in tensor_names(architecture, unet.state_dict())] == names
    arguments = architecture.arguments()
    for name, value in json.loads((reference / "ncsnpp_tiny_unet_kwargs.json").read_text()).items():
        assert arguments[name] == (tuple(value) if isinstance(value, list) else value), name


@pytest.mark.parametrize("architecture", PARAMETERS, ids=lambda a: str(a.image_size))
def test_a_published_network_has_its_size_and_is_recognised(architecture, original):
    with torch.device("meta"):
        unet = UNet2DModel(**architecture.arguments())
        model = original(unet, architecture)["model"]
    assert sum(parameter.numel() for parameter in unet.parameters()) == PARAMETERS[architecture]
    shapes = {name: tuple(tensor.shape) for name, tensor in model.items()}
    assert recognise(shapes) == architecture


@pytest.mark.heavy
@pytest.mark.parametrize("architecture", PARAMETERS, ids=lambda a: str(a.image_size))
def test_a_published_network_survives_the_round_trip(architecture, original, tmp_path):
    unet = UNet2DModel(**architecture.arguments())
    torch.save(original(unet, architecture), tmp_path / "original.pth")
    convert_checkpoint(tmp_path / "original.pth", tmp_path / "folder")
    loaded = load_score_model(tmp_path / "folder", CPU)
    (tmp_path / "original.pth").unlink()
    assert loaded.image_size == architecture.image_size
    _assert_same_bits(loaded.unet, unet)


def test_a_small_network_survives_the_round_trip(small_checkpoint, small_folder, small_unet):
    _assert_same_bits(load_score_model(small_checkpoint, CPU).unet, small_unet)
    _assert_same_bits(load_score_model(small_folder, CPU).unet, small_unet)


def test_whoever_may_read_the_configuration_may_read_the_weights(small_folder):
    modes = {path.stat().st_mode for path in small_folder.iterdir() if path.is_file()}
    assert len(modes) == 1


def _assert_same_bits(found: UNet2DModel, expected: UNet2DModel) -> None:
    state = found.state_dict()
    assert list(state) == list(expected.state_dict())
    for name, tensor in expected.state_dict().items():
        assert torch.equal(state[name].view(torch.int32), tensor.view(torch.int32)), name


@pytest.mark.parametrize("share", [0, 1e-5, 0.001, 0.5, 0.99, 0.9999])
def test_a_truncated_checkpoint_is_named(share, small_checkpoint, tmp_path):
    content = small_checkpoint.read_bytes()
    path = tmp_path / "half.pth"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=r"half\.pth"):
        load_score_model(path, CPU)


@pytest.mark.parametrize("wrong", [torch.nan, -torch.inf])
def test_weights_that_are_not_finite_are_named(wrong, small_checkpoint, tmp_path):
    content = torch.load(small_checkpoint, weights_only=True)
    names = [name for name in content["model"] if name.startswith(MODULE)]
    trained = [name for name in names if name != f"{MODULE}0.W"]
    content["ema"]["shadow_params"][7].view(-1)[-1] = wrong
    torch.save(content, tmp_path / "a.pth")
    with pytest.raises(
        InputError, match=rf"a\.pth: {trained[7]} holds numbers that are not finite"
    ):
        load_score_model(tmp_path / "a.pth", CPU)
    with pytest.raises(InputError, match="not finite"):
        convert_checkpoint(tmp_path / "a.pth", tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf, 0.0, -1.0])
def test_noise_levels_that_are_none_are_named(wrong, small_checkpoint, tmp_path):
    content = torch.load(small_checkpoint, weights_only=True)
    content["model"]["module.sigmas"][2] = wrong
    torch.save(content, tmp_path / "a.pth")
    with pytest.raises(InputError, match=r"a\.pth: module\.sigmas goes from .* no range of noise"):
        load_score_model(tmp_path / "a.pth", CPU)


def test_a_truncated_checkpoint_of_the_old_format_is_named(small_checkpoint, tmp_path):
    path = tmp_path / "old.pth"
    checkpoint = torch.load(small_checkpoint, weights_only=True)
    torch.save(checkpoint, path, _use_new_zipfile_serialization=False)
    load_score_model(path, CPU)
    content = path.read_bytes()
    for length in range(0, len(content), len(content) // 17):
        path.write_bytes(content[:length])
        with pytest.raises(InputError, match=r"old\.pth"):
            load_score_model(path, CPU)


@pytest.mark.parametrize(
    "content",
    [
        *(
            None,
            b"no checkpoint at all",
            [1, 2],
            {"model": {}},
            {"model": 1},
            {"model": 1, "ema": 1},
        ),
        {"model": {1: torch.zeros(1)}, "ema": {"shadow_params": []}},
        {"model": {"module.sigmas": torch.zeros(1)}, "ema": {"shadow_params": None}},
    ],
)
def test_what_is_no_checkpoint_is_named(content, tmp_path):
    path = tmp_path / "other.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        torch.save(content, path)
    with pytest.raises(InputError, match=r"other\.pth"):
        load_score_model(path, CPU)


class _Trap:
    """Unpickled, it would write a file."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("zipped", [False, True])
def test_a_pickle_that_runs_code_is_refused_and_not_run(zipped, tmp_path):
    path = tmp_path / "trap.pth"
    content = {"model": _Trap(tmp_path / "sprung")}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(
        InputError, match=r"trap\.pth: .*it wants to run posix\.mkdir\); nothing in it was run"
    ):
        load_score_model(path, CPU)
    assert not (tmp_path / "sprung").exists()


def _misshape(model, shadow):
    model[f"{MODULE}7.Conv_1.weight"] = torch.zeros(128, 64, 3, 3)


def _first_block_wider(model, shadow):
    model[f"{MODULE}4.Conv_0.weight"] = torch.zeros(48, 32, 3, 3)


def _first_convolution_misshapen(model, shadow):
    model[f"{MODULE}3.weight"] = torch.zeros(32, 4, 3, 3)


def _remove(model, shadow):
    del model[f"{MODULE}9.Dense_0.bias"]


def _remove_last(model, shadow):
    del model[f"{MODULE}21.weight"], model[f"{MODULE}21.bias"]


def _add(model, shadow):
    model[f"{MODULE}4.Conv_2.weight"] = torch.zeros(32, 32, 1, 1)


def _misshape_average(model, shadow):
    shadow[0] = torch.zeros(128, 32)


def _shorten_average(model, shadow):
    shadow.pop()


def _lengthen_average(model, shadow):
    shadow.append(torch.zeros(3))


def _remove_sigmas(model, shadow):
    del model["module.sigmas"]


def _remove_module(model, shadow):
    for name in [name for name in model if name.startswith(f"{MODULE}5.")]:
        del model[name]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_misshape, r"7\.Conv_1\.weight has shape \(128, 64, 3, 3\), expected \(128, 128, 3, 3\)"),
        (_first_block_wider, r"4\.Conv_0\.weight has shape \(48, .*expected \(32, 32, 3, 3\)"),
        (_first_convolution_misshapen, r"modules\.3\.weight has .*expected \(32, 3, 3, 3\)"),
        (_remove, r"9\.Dense_0\.bias is missing, expected with shape \(128,\)"),
        (_remove_last, r"21\.weight is missing, expected with shape \(3, 32, 3, 3\)"),
        (_add, r"4\.Conv_2\.weight with shape .* is not part"),
        (_misshape_average, r"1\.weight in ema\.shadow_params has .*expected \(128, 64\)"),
        (_shorten_average, r"21\.bias is missing in ema\.shadow_params"),
        (_lengthen_average, r"ema\.shadow_params has 161 tensors, the model 160"),
        (_remove_sigmas, r"module\.sigmas is missing"),
        (_remove_module, r"all_modules\.5 is missing"),
    ],
)
def test_the_first_wrong_tensor_is_named(spoil, message, small_checkpoint, tmp_path):
    checkpoint = torch.load(small_checkpoint, weights_only=True)
    spoil(checkpoint["model"], checkpoint["ema"]["shadow_params"])
    path = tmp_path / "wrong.pth"
    torch.save(checkpoint, path)
    with pytest.raises(InputError, match=rf"wrong\.pth: .*{message}"):
        convert_checkpoint(path, tmp_path / "out")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("architecture", "message"),
    [
        (Architecture(32, (32, 64), 1, (1,)), "attention on 64 channels"),
        (Architecture(32, (32, 128), 1, ()), "attention at 0 resolutions"),
        (Architecture(32, (128, 128), 2, (0, 1)), "attention at 2 resolutions"),
    ],
)
def test_a_network_that_diffusers_cannot_rebuild_is_refused(architecture, message, original):
    with torch.device("meta"):
        unet = UNet2DModel(**architecture.arguments())
        model = original(unet, architecture)["model"]
    with pytest.raises(UnknownNetworkError, match=message):
        recognise({name: tuple(tensor.shape) for name, tensor in model.items()})


def test_any_widths_are_recognised(original):
    architecture = Architecture(64, (64, 96, 160, 192), 3, (2,))
    with torch.device("meta"):
        unet = UNet2DModel(**architecture.arguments())
        model = original(unet, architecture)["model"]
    assert recognise({name: tuple(tensor.shape) for name, tensor in model.items()}) == architecture


def test_noise_levels_are_those_of_the_training(small_checkpoint):
    model = read_checkpoint(small_checkpoint)
    assert (model.sigma_min, model.sigma_max) == (0.01, 348.0)


def test_an_existing_folder_is_left_alone(small_checkpoint, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("kept")
    with pytest.raises(InputError, match="exists already"):
        convert_checkpoint(small_checkpoint, tmp_path / "mine")
    assert (tmp_path / "mine" / "file").read_text() == "kept"
