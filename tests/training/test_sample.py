"""``scoreface sample``: the files that it writes, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from scoreface.cli import main
from scoreface.score.gaussian import GaussianScore


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A Gaussian about a picture of one red, pixels of which hardly differ."""
    mean = torch.tensor([0.8, 0.2, 0.2]).repeat_interleave(64)
    path = tmp_path / "prior.npz"
    GaussianScore(mean, torch.eye(192)[:, :1], torch.zeros(1), 1e-6, 8).save(path)
    return path


def sample(out: Path, model: Path, *more: str) -> dict:
    main(["sample", "--score-model", str(model), "--out", str(out), "--noise-levels", "30", *more])
    return json.loads((out / "samples.json").read_text())


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


@pytest.mark.parametrize(("sampler", "evaluations"), [("ancestral", 30), ("pc", 60)])
def test_pictures_grid_and_record(
    tmp_path: Path, model: Path, sampler: str, evaluations: int
) -> None:
    record = sample(tmp_path / "a", model, "--number", "3", "--seed", "5", "--sampler", sampler)
    assert (record["seed"], record["sampler"], record["evaluations"]) == (5, sampler, evaluations)
    assert record["seconds"] >= 0
    names = ["picture_0000.png", "picture_0001.png", "picture_0002.png"]
    assert record["pictures"] == names
    for name in names:
        assert np.abs(pixels(tmp_path / "a" / name) - np.array([204.0, 51.0, 51.0])).max() < 5
    grid = pixels(tmp_path / "a" / "grid.png")
    assert grid.shape == (16, 16, 3)
    assert np.array_equal(grid[:8, :8], pixels(tmp_path / "a" / names[0]))
    sample(tmp_path / "b", model, "--number", "1", "--seed", "5", "--sampler", sampler)
    assert (tmp_path / "b" / names[0]).read_bytes() == (tmp_path / "a" / names[0]).read_bytes()


def test_a_picture_is_brought_to_a_size(tmp_path: Path, model: Path) -> None:
    record = sample(tmp_path / "a", model, "--number", "1", "--size", "40")
    assert (record["image_size"], record["size"]) == (8, 40)
    large = pixels(tmp_path / "a" / "picture_0000.png")
    assert large.shape == (40, 40, 3)
    # A filter that keeps the mean.
    assert np.abs(large.mean((0, 1)) - [204, 51, 51]).max() < 2


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--sampler", "euler", "sampler: 'euler' is none of pc, ancestral"),
        ("--seed", "-1", "--seed -1: give 0 or more"),
        ("--precision", "fp8", "'fp8' is none of"),
        ("--score-model", "nowhere.npz", "nowhere.npz"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    tmp_path: Path, model: Path, option: str, value: str, sentence: str
) -> None:
    with pytest.raises(SystemExit, match=sentence) as ended:
        sample(tmp_path / "a", model, option, value)
    assert str(ended.value).startswith("error: ")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("option", ["--number", "--noise-levels", "--size", "--batch"])
def test_nothing_is_no_number(tmp_path: Path, model: Path, option: str, capsys) -> None:
    with pytest.raises(SystemExit):
        sample(tmp_path / "a", model, option, "0")
    assert "0 is no whole number from 1 up" in capsys.readouterr().err
