"""From photos to ids: which files are photos, and what their ids are."""

import os
from pathlib import Path

import pytest

from scoreface.base.errors import InputError
from scoreface.config.ids import fit_id, is_fit_id
from scoreface.config.photos import WORK, find_photos, name_photos


def touch(folder: Path, *names: str) -> list[Path]:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return [folder / name for name in names]


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("00042", "00042"),
        ("a-b_c.d", "a-b_c.d"),
        ("Zoë & me (1)", "Zoe_me_1"),
        ("Straße Nr. 5", "Strasse_Nr._5"),
        ("Łódź, ørsted", "Lodz_orsted"),
        (" a  b ", "a_b"),
        ("-rf", "rf"),
        ("..", "photo"),
        ("...a", "a"),
        ("{id}", "id"),
        ("<results>", "results"),
        ("a/b", "a_b"),
        ("a\nb\tc", "a_b_c"),
        ("写真", "photo"),
        ("\uff21\uff11", "A1"),
        ("e\u0301te\u0301", "ete"),
        ("x" * 300, "x" * 100),
        ("logs", "logs_"),
        ("Benchmarks", "Benchmarks_"),
        ("summary.tsv", "summary.tsv_"),
        ("\udcff", "photo"),
    ],
)
def test_a_name_becomes_an_id(name: str, id: str) -> None:
    assert fit_id(name) == id
    assert is_fit_id(id)
    assert fit_id(id) == id


def test_folders_are_searched_with_all_below_them(tmp_path: Path) -> None:
    wanted = touch(
        tmp_path, "B.JPG", "a.jpeg", "sub/c.Png", "sub/deeper/d.webp", "sub/e.TIF", "f.bmp"
    )
    touch(tmp_path, "notes.txt", ".hidden.jpg", "._a.jpg", ".trash/x.jpg", "movie.mp4")
    # Results of an earlier run.
    touch(tmp_path, f"scoreface-a/{WORK}/x", "scoreface-a/a/frontal.png")
    photos, notes = find_photos([tmp_path])
    assert set(photos) == set(wanted)
    assert notes == []


def test_a_photo_counts_once(tmp_path: Path) -> None:
    (photo,) = touch(tmp_path, "sub/a.jpg")
    (tmp_path / "link.jpg").symlink_to(photo)
    photos, _ = find_photos([photo, tmp_path, tmp_path / "sub"])
    assert photos == [photo]


def test_what_pillow_here_does_not_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scoreface.config.photos.readable_suffixes", lambda: {".png", ".avif"})
    touch(tmp_path, "a.png", "b.avif", "c.HEIC")
    photos, (note,) = find_photos([tmp_path])
    assert [path.name for path in photos] == ["a.png", "b.avif"]
    assert note.endswith("c.HEIC; Pillow here reads no .heic")


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("nowhere", "nowhere: no such file or folder"),
        ("empty", "empty: no photo in it; looked for "),
        ("notes.txt", "notes.txt: not read as a photo; "),
    ],
)
def test_what_has_no_photo_is_named(tmp_path: Path, place: str, sentence: str) -> None:
    (tmp_path / "empty").mkdir()
    touch(tmp_path, "notes.txt")
    with pytest.raises(InputError, match=sentence):
        find_photos([tmp_path / place])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "closed/b.jpg")
    (tmp_path / "closed").chmod(0)
    with pytest.raises(InputError, match=r"closed: cannot be read \(Permission denied\)"):
        find_photos([tmp_path])


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["a.jpg", "b.jpg"], ["a", "b"]),
        (["one/a.jpg", "two/a.jpg", "b.jpg"], ["one_a", "two_a", "b"]),
        (["a.jpg", "a.png"], ["a_jpg", "a_png"]),
        (["one/a.jpg", "one/a.png", "two/a.jpg"], ["one_a_jpg", "one_a_png", "two_a"]),
        (["x/one/a.jpg", "y/one/a.jpg"], ["a", "a_2"]),
        (["é.jpg", "e.jpg"], ["e", "e_2"]),
        # File systems that take small letters for large ones.
        (["one/A.jpg", "two/a.jpg"], ["one_A", "two_a"]),
        # One whose own name is what another would get.
        (["one/a.jpg", "two/a.jpg", "one_a.jpg"], ["one_a_jpg", "two_a", "one_a"]),
        (["写真.jpg", "絵.jpg", "顔.jpg"], ["photo", "photo_2", "photo_3"]),
    ],
)
def test_photos_of_one_name_are_told_apart(names: list[str], ids: list[str]) -> None:
    named = name_photos([Path("/photos", name) for name in names])
    assert list(named.values()) == [Path("/photos", name) for name in names]
    assert list(named) == ids


def test_long_names_stay_ids() -> None:
    named = name_photos([Path(f"/{folder}/{'x' * 120}.jpg") for folder in ("a", "b", "c")])
    assert len(named) == 3
    assert all(map(is_fit_id, named))
