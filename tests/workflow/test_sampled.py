"""Faces that the score model draws in place of photos: from the configuration to the list, and what runs again."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
import yaml
from PIL import Image

from scoreface.score.gaussian import GaussianScore

from .planning import Folder, rules

pytestmark = pytest.mark.heavy

SIZE, LARGE = 96, 288
LIST, PHOTO = "results/sampled/ids.tsv", "results/sample_0000/photo.png"


@pytest.fixture
def portrait() -> np.ndarray:
    """(S, S, 3) uint8: a small photo of a face."""
    photo = Image.fromarray(skimage.data.astronaut()).crop((90, 0, 350, 260))
    return np.asarray(photo.resize((SIZE, SIZE), Image.Resampling.LANCZOS))


@pytest.fixture
def own(tmp_path: Path, portrait: np.ndarray) -> Path:
    """A configuration with a score model that knows one photo, give or take a little."""
    mean = torch.from_numpy(portrait.transpose(2, 0, 1).ravel() / np.float32(255))
    path = tmp_path / "portrait.npz"
    GaussianScore(mean, torch.eye(len(mean), 1), torch.zeros(1), 1e-5, SIZE).save(path)
    config = {
        "images": "sampled",
        # Which is not read.
        "ids": "nowhere.txt",
        "sampled": {"number": 1, "spare": 1, "noise_levels": 10, "size": LARGE},
        "assets": {"score_model": str(path)},
        "inpaint": {"face_size": SIZE},
        "fit": {"detector": "dlib"},
    }
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(config))
    return tmp_path / "own.yaml"


def test_a_drawn_face_becomes_a_photo(
    repository: Path, snakemake, tmp_path: Path, small: str, own: Path, portrait: np.ndarray
) -> None:
    configfiles = ["--configfile", small, str(own)]
    # What they find is of others' tests.
    (tmp_path / "results").mkdir()
    for name in ("doctor", "doctor_fit"):
        (tmp_path / "results" / f"{name}.txt").touch()
    ended = snakemake(tmp_path, LIST, PHOTO, "-j1", *configfiles)
    assert ended.status == 0, ended.text
    with (tmp_path / LIST).open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    chosen = "results/sampled/photos/sample_0000.png"
    assert rows == [{"id": "sample_0000", "image": chosen}]
    record = json.loads((tmp_path / "results/sampled/sampled.json").read_text())
    assert (record["drawn"], record["looked_at"], record["with_a_face"]) == (2, 1, 1)
    assert record["evaluations"] == 10
    drawn = Image.open(tmp_path / chosen)
    assert drawn.size == (LARGE, LARGE)
    # Residual and rounding, in gray levels.
    small_again = np.asarray(drawn.resize((SIZE, SIZE), Image.Resampling.LANCZOS), float)
    assert np.abs(small_again - portrait).mean() < 3

    folder = Folder(repository, tmp_path, small, str(own))
    anew = [{"sampled": {"noise_levels": 11}}, {"sampled": {"size": 300}}, {"seed": 1}]
    searched = {"fit": {"max_pixels": 10**7}}
    changes = [{}, {"inpaint": {"batch": 3}}, searched, *anew]
    plans = folder.plans([folder.request(LIST, PHOTO, changes=changed) for changed in changes])
    unchanged, batch, search, *drawings = map(rules, plans)
    assert unchanged == batch == set()
    assert search == {"choose", "detect"}
    assert all(drawing >= {"draw", "choose"} for drawing in drawings)

    # Another face is drawn and chosen, and the first one is the same.
    two = tmp_path / "two.yaml"
    two.write_text("sampled: {number: 2, spare: 0}\n")
    ended = snakemake(tmp_path, LIST, PHOTO, "-j1", *configfiles, str(two))
    assert ended.status == 0, ended.text
    assert ended.text.count("rule detect:") == 0
    longer = Folder(repository, tmp_path, small, str(own), str(two))
    other = "results/sample_0001/photo.png"
    assert longer.plan(LIST, PHOTO, other) == {("detect", "sample_0001")}
