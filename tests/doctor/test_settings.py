"""What the doctor reads of the configuration, and what in it does not go together."""

import json
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants

from scoreface.config.files import read_config
from scoreface.doctor import machine

from .conftest import write_change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"assets": {"landmark_embedding": "demo"}},
            "assets.landmark_embedding: demo is that of the embedded head",
        ),
        (
            {"assets": {"texture_data": "demo"}},
            "assets.texture_data: demo is that of the embedded head",
        ),
        (
            {"assets": {"score_model": "gaussian"}},
            "assets.score_model: the Gaussian prior is made for faces of 64 pixels",
        ),
        (
            {"assets": {"score_model": "my.yaml"}},
            "assets.score_model: my.yaml: no known kind of score model",
        ),
        ({"camera": {"rasteriser": "pytorch3d"}}, "package pytorch3d: not installed; camera."),
        ({"assets": {"score_model": "owner/name"}}, "package diffusers: not installed; assets."),
        (
            {"inpaint": {"gpu": 0.5}},
            "gpu: inpaint.gpu claims 0.5 for each job, but torch sees none here",
        ),
    ],
)
def test_a_configuration_that_does_not_go_together(change, sentence, place, run, monkeypatch):
    there = machine.find_spec
    absent = ("pytorch3d", "diffusers")
    monkeypatch.setattr(machine, "find_spec", lambda name: None if name in absent else there(name))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(place / "hub"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    status, text = run("my.yaml", write_change(**change))
    assert status == 1
    assert text.count("\nerror: ") == 1
    assert f"\nerror: {sentence}" in text


@pytest.mark.parametrize("gpu", ["auto", 0])
def test_without_a_claim_none_is_needed(place, run, monkeypatch, gpu):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    status, text = run("my.yaml", write_change(inpaint={"gpu": gpu}))
    assert status == 0, text
    assert "torch sees none; the processor does its work" in text


def test_the_small_texture_is_no_larger_than_the_large_one(place, run):
    status, text = run("my.yaml", write_change(texture={"large": 128, "small": 512}))
    assert status == 1
    assert "error: texture.small: 512 is more than texture.large, 128; the texture that is" in text


def test_settings_in_json_take_the_place_of_files(place, run):
    config = read_config([Path("my.yaml")])
    settings = {
        "assets": {**config["assets"], "texture_data": "chart.obj"},
        "fit": {"engine": "flame", "detector": "dlib", "landmarks": ""},
        "parse": {"engine": "none"},
        "demo": {"prior_size": 64},
        "texture": {"large": 32, "small": 8},
        "inpaint": {"face_size": 8, "gpu": 0},
        "camera": {"rasteriser": "embree"},
        "augment": {"poses": "none"},
        "images": "photos/{id}.png",
        "results": "results",
    }
    status, text = run(settings=json.dumps(settings))
    assert status == 0, text
    assert "the table is made at 32" in text
