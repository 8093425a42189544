"""Faces that the score model draws in place of photos: from the configuration to the list, and what runs again."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from .planning import Folder, rules

pytestmark = pytest.mark.heavy

# The embedded network, whose faces dlib finds; few levels, as they need not be fine.
DRAWN = """
images: sampled
sampled: {number: 1, spare: 2, noise_levels: 20, size: 300}
assets: {score_model: demo}
"""
LIST = "results/sampled/ids.tsv"


def test_a_drawn_face_becomes_a_photo(
    repository: Path, snakemake, tmp_path: Path, small: str
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(DRAWN)
    ended = snakemake(tmp_path, LIST, "-j1", "--configfile", small, str(own))
    assert ended.status == 0, ended.text
    with (tmp_path / LIST).open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    photo = "results/sampled/photos/sample_0000.png"
    assert rows == [{"id": "sample_0000", "image": photo}]
    record = json.loads((tmp_path / "results/sampled/sampled.json").read_text())
    assert (record["drawn"], record["with_a_face"], record["evaluations"]) == (3, 1, 20)
    chosen = next(one for one in record["pictures"] if "id" in one)
    pixels = np.asarray(Image.open(tmp_path / photo))
    drawn = tmp_path / "results/sampled/drawn" / chosen["picture"]
    assert np.array_equal(pixels, np.asarray(Image.open(drawn)))
    assert pixels.shape == (300, 300, 3)

    def runs(**changes: object) -> set[str]:
        changed = {"sampled": changes} if changes else {}
        return rules(folder.plan(LIST, "results/sample_0000/photo.png", changes=changed))

    folder = Folder(repository, tmp_path, small, str(own))
    assert runs() == {"detect"}
    for changes in ({"noise_levels": 21}, {"size": 301}, {"spare": 3}, {"number": 2}):
        assert runs(**changes) == {"draw", "choose", "detect"}, changes
    assert rules(folder.plan(LIST, changes={"fit": {"second_tries": False}})) == {"choose"}
    assert rules(folder.plan(LIST, changes={"seed": 1})) == {"draw", "choose"}
    assert rules(folder.plan(LIST, changes={"inpaint": {"batch": 3}})) == set()


def test_the_list_of_the_configuration_is_not_read(snakemake, tmp_path: Path) -> None:
    config = ["images=sampled", "ids=nowhere.txt", "sampled={number: 2}"]
    ended = snakemake(tmp_path, "-n", "-q", "rules", config=config)
    assert ended.status == 0, ended.text
    assert (ended.jobs["draw"], ended.jobs["choose"], ended.jobs["fit"]) == (1, 1, 2)


def test_heads_of_another_fitter_have_no_drawn_photos(snakemake, tmp_path: Path) -> None:
    ended = snakemake(tmp_path, "-n", config=["images=sampled", "fit={engine: external}"])
    assert ended.status == 1
    assert "images: sampled draws photos of which fit.engine: external has no heads" in ended.text
