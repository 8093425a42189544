"""What the files of a model say without its network: the loader says the same, of whole ones and of bad ones."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DModel
from safetensors.torch import load_file, save_file

from scoreface.base.errors import InputError
from scoreface.score.gaussian import GaussianScore
from scoreface.score.identify import Kind, model_files
from scoreface.score.model import load_score_model
from scoreface.score.probe import probe

CPU = torch.device("cpu")
WEIGHTS = "diffusion_pytorch_model.safetensors"
OTHER = {"module.sigmas": torch.ones(1), "weight": torch.ones(1)}


@pytest.fixture
def place(tmp_path, monkeypatch, small_folder, small_checkpoint, demo_folder, as_pipeline, on_hub):
    """A working directory with a model of each kind: ``small`` and ``demo`` are folders."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree("small", "pipeline")
    as_pipeline(Path("pipeline"))
    on_hub("owner/name", Path("pipeline"))
    shutil.copyfile(small_checkpoint, "small.pth")
    noise = torch.rand(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    GaussianScore.fit(noise.numpy(), 2).save(Path("prior.npz"))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("prior.npz", Kind.GAUSSIAN),
        ("small.pth", Kind.CHECKPOINT),
        ("small", Kind.FOLDER),
        ("demo", Kind.FOLDER),
        ("pipeline", Kind.FOLDER),
        ("owner/name", Kind.HUB),
        (f"owner/name@{'0' * 40}", Kind.HUB),
    ],
)
def test_a_whole_model_is_said_to_be_what_the_loader_makes_of_it(name, kind, place, monkeypatch):
    model, files = load_score_model(name, CPU), model_files(name)

    def refuse(*arguments, **options):
        raise AssertionError("a network was built")

    monkeypatch.setattr(UNet2DModel, "__init__", refuse)
    facts = probe(name)
    assert facts.kind is kind
    assert facts.image_size == model.image_size
    assert (facts.sigma_min, facts.sigma_max) == (model.sigma_min, model.sigma_max)
    assert [file.resolve() for file in facts.files] == [file.resolve() for file in files]
    assert facts.commit == ("0" * 40 if kind is Kind.HUB else "")


def test_of_a_hub_name_that_is_not_here_nothing_is_known(on_hub):
    assert probe("owner/other") is None


def _config(path, **changes):
    path = Path(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def _cut(path, missing):
    content = Path(path).read_bytes()
    Path(path).write_bytes(content[: len(content) - missing])


def _pickle(content):
    Path("small", WEIGHTS).unlink()
    torch.save(content, "small/diffusion_pytorch_model.bin")


def _checkpoint(change):
    content = torch.load("small.pth", weights_only=True)
    change(content["model"], content["ema"]["shadow_params"])
    torch.save(content, "small.pth")


def _spoil_number(weights):
    tensors = load_file(weights)
    tensors["conv_in.bias"][1] = torch.inf
    save_file(tensors, weights)


class _Trap:
    def __reduce__(self):
        return Path.mkdir, (Path("sprung"),)


# What is spoilt, the model's name, and the sentence of both the probe and the loader.
FAULTS = {
    "mistyped": (lambda: None, "small/unte", "small/unte: no such file or folder; a score"),
    "no prior": (lambda: Path("prior.npz").unlink(), "prior.npz", "prior.npz: no such file or"),
    "cut prior": (lambda: _cut("prior.npz", 99), "prior.npz", "prior.npz: no readable Gaussian"),
    "plain without scheduler": (
        lambda: shutil.rmtree("demo/scheduler"),
        "demo",
        "demo: a network of plain blocks is preconditioned, but scheduler/scheduler_config.json is",
    ),
    "no config": (lambda: Path("small/config.json").unlink(), "small", "small: no config.json"),
    "no weights": (lambda: Path("small", WEIGHTS).unlink(), "small", "small: no weights there"),
    "cut weights": (
        lambda: _cut(f"small/{WEIGHTS}", 5),
        "small",
        f"small/{WEIGHTS}: ",
    ),
    "cut header": (
        lambda: Path("small", WEIGHTS).write_bytes(b"<html>"),
        "small",
        f"small/{WEIGHTS}: no safetensors file, or cut short",
    ),
    "pickled code": (
        lambda: _pickle({"conv_in.bias": _Trap()}),
        "small",
        "small/diffusion_pytorch_model.bin: no file of plain tensors (it wants to run",
    ),
    "pickled list": (
        lambda: _pickle([1, 2]),
        "small",
        "small/diffusion_pytorch_model.bin: no weights by name",
    ),
    "cut checkpoint": (
        lambda: _cut("small.pth", 1000),
        "small.pth",
        "small.pth: cut short, or no file that torch wrote",
    ),
    "code in a checkpoint": (
        lambda: torch.save({"model": _Trap()}, "small.pth"),
        "small.pth",
        "small.pth: no file of plain tensors (it wants to run",
    ),
    "no number in a checkpoint": (
        lambda: _checkpoint(lambda model, shadow: shadow[1].fill_(torch.nan)),
        "small.pth",
        "small.pth: module.all_modules.1.bias holds numbers that are not finite",
    ),
    "a damaged number in a checkpoint": (
        lambda: _checkpoint(lambda model, shadow: shadow[1].fill_(-1e26)),
        "small.pth",
        "small.pth: module.all_modules.1.bias holds a number of 1e+26",
    ),
    "no number in a folder": (
        lambda: _spoil_number(f"demo/{WEIGHTS}"),
        "demo",
        f"demo/{WEIGHTS}: conv_in.bias holds numbers that are not finite",
    ),
    "no number in a pickle": (
        lambda: _pickle(
            {**load_file(f"small/{WEIGHTS}"), "conv_in.bias": torch.full([32], torch.nan)}
        ),
        "small",
        "small/diffusion_pytorch_model.bin: conv_in.bias holds numbers that are not finite",
    ),
    "no checkpoint": (
        lambda: torch.save({"model": {}}, "small.pth"),
        "small.pth",
        "small.pth: not a checkpoint of score_sde_pytorch",
    ),
    "another network": (
        lambda: _checkpoint(lambda model, shadow: model.clear() or model.update(OTHER)),
        "small.pth",
        "small.pth: not a network that can be converted: it has no tensors called module.",
    ),
    "no noise levels": (
        lambda: _checkpoint(lambda model, shadow: model.pop("module.sigmas")),
        "small.pth",
        "small.pth: module.sigmas is missing",
    ),
    "one average less": (
        lambda: _checkpoint(lambda model, shadow: shadow.pop()),
        "small.pth",
        "small.pth: module.all_modules.21.bias is missing in ema.shadow_params",
    ),
    **{
        f"sample_size {size!r}": (
            lambda size=size: _config("demo/config.json", sample_size=size),
            "demo",
            f"demo/config.json: sample_size: {size!r} is no whole number above 0",
        )
        for size in (-64, 0, True, False, 64.0, 63.5, "64", None, [64, 64])
    },
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_in_the_same_sentence_by_probe_and_loader(fault, place):
    spoil, name, sentence = FAULTS[fault]
    spoil()
    with pytest.raises(InputError) as probed:
        probe(name)
    with pytest.raises(InputError) as loaded:
        load_score_model(name, CPU)
    assert str(probed.value) == str(loaded.value)
    assert str(probed.value).startswith(sentence)
    assert not Path("sprung").exists()
