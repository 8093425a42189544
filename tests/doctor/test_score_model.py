"""The check of the score model: what it says of whole ones, and that it refuses what the loader refuses."""

import json
import os
import shutil
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants

import scoreface
from scoreface.base.errors import InputError
from scoreface.doctor import machine
from scoreface.score.model import load_score_model

from .conftest import write_change, write_prior

CPU = torch.device("cpu")
DEMO = Path(scoreface.__file__).parent / "demo" / "score_model"


@pytest.fixture
def network(place) -> Path:
    """A copy of the embedded network in the working directory, and the configuration ``change.yaml`` that names it."""
    write_change(assets={"score_model": "network"}, inpaint={"face_size": 64})
    return Path(shutil.copytree(DEMO, "network"))


def test_a_folder_of_diffusers_is_looked_into(network, run):
    status, text = run("my.yaml", "change.yaml")
    assert status == 0, text
    assert "  network: diffusers folder, 64 pixels, noise levels 0.01 to 55\n" in text
    files = ("config.json", "diffusion_pytorch_model.safetensors", "scheduler/*.json")
    sums = os.popen(" ".join(["sha256sum", *(f"network/{name}" for name in files)])).read()
    assert sums.count("\n") == 3
    assert f"\n{sums}" in text
    assert "README.md" not in text


def test_a_network_of_another_size_than_the_faces_is_refused(network, run):
    status, text = run("my.yaml", write_change(assets={"score_model": "network"}))
    assert status == 1
    assert "made for faces of 64 pixels, but inpaint.face_size is 8; set it to 64" in text


def test_a_published_checkpoint(place, run, reference):
    whole = reference / "ncsnpp_tiny.pth"
    change = write_change(assets={"score_model": str(whole)}, inpaint={"face_size": 32})
    status, text = run("my.yaml", change)
    assert status == 0, text
    assert "score_sde_pytorch checkpoint, 32 pixels, noise levels 0.01 to 348" in text


def test_a_hub_name_before_and_after_it_is_fetched(network, run, monkeypatch, tmp_path):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    change = write_change(assets={"score_model": "owner/name"}, inpaint={"face_size": 64})
    status, text = run("my.yaml", change)
    assert status == 0, text
    assert "not checked  owner/name: name on the Hugging Face hub, fetched when it is" in text
    repository = tmp_path / "hub" / "models--owner--name"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("0" * 40)
    shutil.copytree(network, repository / "snapshots" / ("0" * 40))
    status, text = run("my.yaml", change)
    assert status == 0, text
    assert "ok           owner/name: name on the Hugging Face hub, 64 pixels" in text
    assert f", noise levels 0.01 to 55, commit {'0' * 40}\n" in text
    # A revision that is not here has yet to be fetched.
    for revision, state in (("0" * 40, "ok           "), ("v2", "not checked  ")):
        name = f"owner/name@{revision}"
        text = run("my.yaml", write_change(assets={"score_model": name}, inpaint={"face_size": 64}))
        assert f"{state}{name}: name on the Hugging Face hub" in text[1]


def _sample_size(size: object) -> None:
    path = Path("network/config.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "sample_size": size}))


@pytest.mark.parametrize(
    ("spoil", "name", "sentence"),
    [
        (
            lambda: shutil.rmtree("network/scheduler"),
            "network",
            "network: a network of plain blocks is preconditioned, but scheduler/scheduler_config.json is",
        ),
        (lambda: None, "network/unet", "network/unet: no such file or folder"),
        (lambda: _sample_size(-64), "network", "network/config.json: sample_size: -64 is no whole"),
        (lambda: _sample_size(0), "network", "network/config.json: sample_size: 0 is no whole"),
        (lambda: _sample_size(True), "network", "network/config.json: sample_size: True is no"),
        (lambda: _sample_size(64.5), "network", "network/config.json: sample_size: 64.5 is no"),
        (
            lambda: Path("network/config.json").unlink(),
            "network",
            "network: no config.json here or in unet/",
        ),
        (lambda: Path("my.pth").write_bytes(b"<html>"), "my.pth", "my.pth: no file of plain"),
        (lambda: Path("prior.npz").write_bytes(b"PK"), "prior.npz", "prior.npz: no readable"),
    ],
)
def test_what_the_loader_refuses_is_refused_in_the_same_sentence(
    spoil, name, sentence, network, run
):
    spoil()
    with pytest.raises(InputError) as caught:
        load_score_model(name, CPU)
    assert str(caught.value).startswith(sentence)
    status, text = run("my.yaml", write_change(assets={"score_model": name}))
    assert status == 1
    errors = [line for line in text.splitlines() if line.startswith("error: ")]
    assert errors == [f"error: assets.score_model: {caught.value}"]


@pytest.mark.parametrize(
    ("name", "asked_for"),
    [("network", True), ("owner/name", True), ("prior.npz", False), ("gaussian", False)],
)
def test_diffusers_is_asked_for_where_a_network_is_the_score_model(
    name, asked_for, network, run, monkeypatch, tmp_path
):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    there = machine.find_spec
    monkeypatch.setattr(
        machine, "find_spec", lambda name: None if name == "diffusers" else there(name)
    )
    size = 8 if name == "prior.npz" else 64
    write_prior(Path("prior.npz"), 8)
    text = run("my.yaml", write_change(assets={"score_model": name}, inpaint={"face_size": size}))[
        1
    ]
    assert ("error: package diffusers: not installed; assets.score_model" in text) is asked_for
