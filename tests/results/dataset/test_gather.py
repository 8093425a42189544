"""What is gathered of all faces: the manifest against the files, as pandas, WebDataset and the disk have it."""

import csv
import os
import tarfile
import tracemalloc
from pathlib import Path

import numpy as np
import pandas
import pytest
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.results.dataset import gather, manifest
from scoreface.results.dataset.gather import Gathering
from scoreface.results.dataset.rows import key_of, labelled

from .conftest import write_face

webdataset = pytest.importorskip("webdataset")


def gathered(faces, out: Path, way: str = "webdataset", a_part: int = 2, **share) -> Path:
    Gathering(faces, out, way, "a model", a_part).gather(**share)
    return out


def samples_in(out: Path) -> list[dict]:
    """All samples in the tar files, as WebDataset reads and decodes them."""
    urls = [str(path) for path in sorted((out / "shards").glob("*.tar"))]
    return list(webdataset.WebDataset(urls, shardshuffle=False).decode("rgb8"))


def test_the_shards_have_every_picture_with_its_row(make_faces, tmp_path):
    faces = make_faces("a.b", "b:anna", "c:anna")
    out = gathered(faces, tmp_path / "dataset")
    samples = samples_in(out)
    table = pandas.read_parquet(out / "manifest.parquet")
    assert [sample["__key__"] for sample in samples] == table["key"].tolist()
    assert table["key"].is_unique
    assert table["id"].tolist() == ["a.b"] * 3 + ["b"] * 3 + ["c"] * 3
    for sample, (_, row) in zip(samples, table.iterrows(), strict=True):
        face = next(face for face in faces if face.id == row["id"])
        assert sample["json"] == row.to_dict()
        assert sample["cls"] == row["label"] == {"a.b": 0, "b": 1, "c": 1}[face.id]
        number = int(row["key"][-3:])
        picture = np.asarray(Image.open(face.folder / f"{number:03d}.png"))
        assert (sample["png"] == picture).all()
        assert (sample["confidence.png"][..., 0] == 64 * (number % 4)).all()
        assert row["yaw"] == 10 * number
        assert row["texture"] == f"texture of {face.id}"
        assert (row["model"], row["seed"]) == ("a model", 3)
        assert (out / row["file"]).is_file()


def test_parquet_and_csv_say_the_same(make_faces, tmp_path):
    out = gathered(make_faces("00042", "b", "c"), tmp_path / "dataset")
    table = pandas.read_parquet(out / "manifest.parquet")
    text = pandas.read_csv(out / "manifest.csv", dtype={"id": str, "identity": str, "key": str})
    pandas.testing.assert_frame_equal(table, text, check_dtype=False)
    # One row group a part.
    assert manifest.parquet.ParquetFile(out / "manifest.parquet").num_row_groups == 2
    with (out / "manifest.csv").open() as handle:
        assert next(csv.DictReader(handle))["id"] == "00042"


def test_a_folder_has_a_folder_an_identity(make_faces, tmp_path):
    out = gathered(make_faces("a", "b:anna", "c:anna"), tmp_path / "dataset", "folder")
    table = pandas.read_parquet(out / "manifest.parquet")
    there = {str(p.relative_to(out)) for p in out.rglob("*.png")}
    assert there == set(table["file"]) | set(table["confidence"])
    assert len(there) == 18
    assert sorted(p.name for p in (out / "pictures").iterdir()) == ["a", "anna"]
    assert (out / "pictures/anna/c_002.png").samefile(tmp_path / "results/c/augment/002.png")


def test_a_changed_face_renews_its_part_alone(make_faces, tmp_path):
    faces = make_faces("a", "b", "c", "d", "e")
    out = gathered(faces, tmp_path / "dataset")
    before = {path.name: path.stat().st_mtime_ns for path in (out / "shards").iterdir()}
    assert sorted(before) == ["000000.tar", "000001.tar", "000002.tar"]
    write_face(faces[2].folder, "c", 3, seed=1)
    gathered(faces, out)
    after = {path.name: path.stat().st_mtime_ns for path in (out / "shards").iterdir()}
    assert [name for name in before if before[name] != after[name]] == ["000001.tar"]
    picture = np.asarray(Image.open(faces[2].folder / "000.png"))
    (sample,) = [s for s in samples_in(out) if s["__key__"] == "c_000"]
    assert (sample["png"] == picture).all()


@pytest.mark.parametrize("way", ["webdataset", "folder"])
def test_a_run_that_is_cut_goes_on(make_faces, tmp_path, monkeypatch, way):
    faces = make_faces("a", "b", "c", "d", "e")
    whole = gathered(faces, tmp_path / "whole", way)
    layout = gather.WAYS[way]

    class Cut(type(layout)):
        def write(self, out, part, samples):
            super().write(out, part, samples[:1] if part == 1 else samples)
            if part == 1:
                raise KeyboardInterrupt

    out = tmp_path / "dataset"
    with monkeypatch.context() as patch:
        patch.setitem(gather.WAYS, way, Cut())
        with pytest.raises(KeyboardInterrupt):
            gathered(faces, out, way)
    assert not (out / "manifest.parquet").exists()
    first = out / "parts" / "000000.json"
    made = first.stat().st_mtime_ns
    gathered(faces, out, way)
    assert first.stat().st_mtime_ns == made

    def files(folder: Path) -> dict[str, bytes]:
        kinds = (".tar", ".png", ".csv", ".json")
        found = (path for path in folder.rglob("*") if path.suffix in kinds)
        return {str(path.relative_to(folder)): path.read_bytes() for path in found}

    assert files(out) == files(whole)


@pytest.mark.parametrize("way", ["webdataset", "folder"])
def test_what_the_list_has_no_longer_goes(make_faces, tmp_path, way):
    faces = make_faces("a", "b", "c", "d", "e")
    out = gathered(faces, tmp_path / "dataset", way)
    # All parts have other faces now, and there is one less.
    fewer = list(labelled([(f.id, f.identity) for f in faces[1:]], tmp_path / "results"))
    gathered(fewer, out, way)
    table = pandas.read_parquet(out / "manifest.parquet")
    assert sorted(set(table["id"])) == ["b", "c", "d", "e"]
    if way == "folder":
        there = {str(p.relative_to(out)) for p in out.rglob("*.png")}
        assert there == set(table["file"]) | set(table["confidence"])
    else:
        assert [s["__key__"] for s in samples_in(out)] == table["key"].tolist()
    # What stage augment has made is nobody's to take away.
    assert all(len(list(face.folder.glob("*.png"))) == 6 for face in faces)


def test_shares_make_every_part_once(make_faces, tmp_path):
    faces = make_faces(*"abcdefg")
    out = tmp_path / "dataset"
    shards = []
    for which in (1, 2, 3):
        assert not (out / "manifest.parquet").exists()
        gathered(faces, out, a_part=1, share=(which, 3))
        there = {path.name for path in (out / "shards").iterdir()}
        shards.append(there.difference(*shards))
    assert [len(part) for part in shards] == [3, 2, 2]
    whole = gathered(faces, tmp_path / "whole", a_part=1)
    for path in (whole / "shards").iterdir():
        assert (out / "shards" / path.name).read_bytes() == path.read_bytes()
    assert (out / "manifest.csv").read_text() == (whole / "manifest.csv").read_text()


def test_keys_are_unique_and_without_a_full_stop():
    ids = ["a", "a.b", "a-b", "a_001", "a%b"]
    keys = [key_of(id, number) for id in ids for number in (0, 1, 999)]
    assert len(set(keys)) == len(keys)
    assert not any("." in key for key in keys)


def test_a_picture_that_is_gone_is_named(make_faces, tmp_path):
    faces = make_faces("a", "b")
    (faces[1].folder / "001.png").unlink()
    for way in ("webdataset", "folder"):
        with pytest.raises(InputError, match=r"b/augment/001\.png: cannot be read"):
            gathered(faces, tmp_path / way, way)
    (faces[1].folder / "views.json").unlink()
    with pytest.raises(InputError, match=r"b/augment/views\.json"):
        gathered(faces, tmp_path / "dataset")


def test_the_same_pictures_give_the_same_bytes(make_faces, tmp_path):
    faces = make_faces("a", "b")
    tars = [gathered(faces, tmp_path / n) / "shards/000000.tar" for n in ("one", "two")]
    assert tars[0].read_bytes() == tars[1].read_bytes()
    with tarfile.open(tars[0]) as tar:
        assert {(m.mtime, m.uid, m.uname) for m in tar.getmembers()} == {(0, 0, "")}


def test_memory_does_not_grow_with_the_list(tmp_path):
    """Ten times the faces, all with the pictures of one: the peak grows by what the list itself takes."""
    one = tmp_path / "one"
    write_face(one, "one", 10)

    def peak(count: int) -> int:
        results = tmp_path / f"results{count}"
        faces = list(labelled([(f"{n:05d}", f"{n:05d}") for n in range(count)], results))
        for face in faces:
            face.folder.parent.mkdir(parents=True)
            os.symlink(one, face.folder)
        tracemalloc.start()
        gathered(faces, tmp_path / f"out{count}", a_part=10)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(10)  # what is loaded once
    few, many = peak(20), peak(200)
    # 1800 more pictures; their rows alone would take some 2 MB.
    assert many - few < 500_000
