"""The dataset stage: which faces, under which identity, and how a command asks for it."""

import pickle
from dataclasses import replace

import pandas
import pytest

from scoreface.base.errors import InputError
from scoreface.results.augmented.settings import NoPoses
from scoreface.stages.dataset import Inputs, Outputs, Settings, run

from ..results.dataset.conftest import write_face
from .test_augment import PICTURES

SETTINGS = Settings(PICTURES, export="webdataset", shard=6, pairs="")


@pytest.fixture
def inputs(tmp_path) -> Inputs:
    """Four faces, of which one was rejected, and two show one person."""
    (tmp_path / "ids.tsv").write_text("id\tidentity\na\t\nb\tanna\nrejected\tanna\nc\tanna\n")
    rows = [("c", "accepted"), ("a", "accepted"), ("rejected", "rejected"), ("b", "accepted")]
    table = "".join(f"{id}\t{status}\n" for id, status in [("id", "status"), *rows])
    (tmp_path / "screen.tsv").write_text(table)
    for id in "abc":
        write_face(tmp_path / "results" / id / "augment", id, 3)
    results = tmp_path / "results"
    return Inputs(tmp_path / "ids.tsv", tmp_path / "screen.tsv", results, score_model="demo")


def test_accepted_faces_come_in_the_order_of_the_list(inputs, tmp_path):
    out = tmp_path / "dataset"
    run(inputs, Outputs(out), SETTINGS)
    table = pandas.read_parquet(out / "manifest.parquet")
    assert table.groupby("id", sort=False).first()["identity"].to_dict() == {
        "a": "a",
        "b": "anna",
        "c": "anna",
    }
    assert table["label"].tolist() == [0] * 3 + [1] * 6
    assert set(table["model"]) == {"demo"}
    # Six pictures a file are those of two faces.
    assert table["file"].tolist() == ["shards/000000.tar"] * 6 + ["shards/000001.tar"] * 3


def test_pairs_are_drawn_or_listed(inputs, tmp_path):
    out = tmp_path / "dataset"
    run(inputs, Outputs(out), replace(SETTINGS, export="pairs"))
    bins, same = pickle.loads((out / "pairs.bin").read_bytes())
    assert (len(bins), same) == (12, [True, False] * 3)
    rows = [line.split("\t") for line in (out / "pairs.tsv").read_text().splitlines()]
    for content, place in zip(bins, (cell for row in rows for cell in row[:2]), strict=True):
        id, number = place.split("/")
        picture = tmp_path / "results" / id / "augment" / f"{int(number):03d}.png"
        assert picture.read_bytes() == content
    table = pandas.read_parquet(out / "manifest.parquet")
    assert all((out / file).is_file() for file in (*table["file"], *table["confidence"]))
    (tmp_path / "own.tsv").write_text("a\tb\t0\nb\tc\t1\nb\trejected\t1\n")
    asked = replace(SETTINGS, export="pairs", pairs=str(tmp_path / "own.tsv"))
    run(inputs, Outputs(out), asked)
    assert pickle.loads((out / "pairs.bin").read_bytes())[1] == [False, True]
    # Of another layout they are not.
    run(inputs, Outputs(out), SETTINGS)
    assert not (out / "pairs.bin").exists()


def test_what_cannot_be_gathered_is_named(inputs, tmp_path):
    out = Outputs(tmp_path / "dataset")
    with pytest.raises(InputError, match=r"augment\.poses: none"):
        run(inputs, out, replace(SETTINGS, pictures=replace(PICTURES, poses=NoPoses())))
    with pytest.raises(InputError, match=r"augment\.export: none"):
        run(inputs, out, replace(SETTINGS, export="none"))
    for share in ("0/2", "3/2", "1", "a/b"):
        with pytest.raises(InputError, match="--share"):
            run(replace(inputs, share=share), out, SETTINGS)
    with pytest.raises(InputError, match="only tar files are made in shares"):
        run(replace(inputs, share="1/2"), out, replace(SETTINGS, export="folder"))
    inputs.screen.write_text("id\tstatus\na\trejected\n")
    with pytest.raises(InputError, match="none of the ids"):
        run(inputs, out, SETTINGS)
    inputs.screen.write_text("other\n1\n")
    with pytest.raises(InputError, match="no table of the screening"):
        run(inputs, out, SETTINGS)
