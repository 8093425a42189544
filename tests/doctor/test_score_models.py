"""The files of neural score models: folders, hub names and checkpoints, whole, cut short and of other kinds."""

import json
from pathlib import Path

import pytest
import torch

from scoreface.score.architectures import FFHQ_256

from .conftest import Evil, write_change


def _safetensors(path: Path, missing: int = 0) -> None:
    entry = {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "conv_in.bias": entry}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(16 - missing))


def _network_folder(folder: Path, missing: int = 0) -> None:
    folder.mkdir()
    config = {"_class_name": "UNet2DModel", **FFHQ_256.arguments()}
    (folder / "config.json").write_text(json.dumps(config))
    _safetensors(folder / "diffusion_pytorch_model.safetensors", missing)


def test_a_folder_of_diffusers_is_looked_into_without_loading_it(place, run):
    change = write_change(assets={"score_model": "network"}, inpaint={"face_size": 256})
    _network_folder(Path("network"))
    status, text = run("my.yaml", change)
    assert status == 0, text
    assert "network: diffusers folder, 256 pixels" in text
    assert "  network/diffusion_pytorch_model.safetensors\n" in text
    status, text = run("my.yaml", write_change(assets={"score_model": "network"}))
    assert status == 1
    assert "made for faces of 256 pixels, but inpaint.face_size is 8; set it to 256" in text


def test_a_folder_cut_short_is_refused(place, run):
    _network_folder(Path("network"), missing=5)
    status, text = run("my.yaml", write_change(assets={"score_model": "network"}))
    assert status == 1
    assert "diffusion_pytorch_model.safetensors: " in text
    assert "cut short" in text
    Path("network/diffusion_pytorch_model.safetensors").unlink()
    assert "network: no weights there" in run("my.yaml", "change.yaml")[1]
    Path("network/config.json").unlink()
    assert "network: no diffusers folder" in run("my.yaml", "change.yaml")[1]


def test_a_hub_name_that_is_not_fetched_yet(place, run, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(place / "hub"))
    status, text = run("my.yaml", write_change(assets={"score_model": "nobody/no-such-network"}))
    assert status == 0, text
    assert "not checked" in text
    assert "hub name, fetched when it is first used" in text


def test_a_published_checkpoint(place, run, reference):
    whole = reference / "ncsnpp_tiny.pth"
    change = write_change(assets={"score_model": str(whole)}, inpaint={"face_size": 32})
    status, text = run("my.yaml", change)
    assert status == 0, text
    assert "score_sde_pytorch checkpoint" in text
    assert "32 pixels" in text
    Path("cut.pth").write_bytes(whole.read_bytes()[:-1000])
    status, text = run("my.yaml", write_change(assets={"score_model": "cut.pth"}))
    assert status == 1
    assert "error: assets.score_model: cut.pth: no readable checkpoint (it is cut short" in text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            {"model": Evil()},
            "no readable checkpoint (it wants to run posix.mkdir; nothing was run)",
        ),
        ({"model": {}}, "no checkpoint of score_sde_pytorch"),
        ({"model": {"a": torch.zeros(1)}, "ema": {"shadow_params": []}}, "no network that"),
    ],
)
def test_another_checkpoint_is_refused(content, says, place, run):
    torch.save(content, "other.pth")
    status, text = run("my.yaml", write_change(assets={"score_model": "other.pth"}))
    assert status == 1
    assert f"error: assets.score_model: other.pth: {says}" in text
    assert not Path("executed").exists()
