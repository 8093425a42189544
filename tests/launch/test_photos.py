"""From photos to a list of faces, which grows and keeps its ids."""

from pathlib import Path

import pytest

from scoreface.base.errors import InputError
from scoreface.config.ids import FaceId, read_ids
from scoreface.config.photos import WORK
from scoreface.launch.photos import merge, read_list, write_list


def touch(folder: Path, *names: str) -> list[Path]:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return [folder / name for name in names]


def test_a_list_grows_and_keeps_its_ids(tmp_path: Path) -> None:
    work = tmp_path / "out" / WORK
    old = touch(tmp_path / "photos", "Zoë.jpg", "b.jpg")
    faces, notes = merge([], old, work)
    assert [face.id for face in faces] == ["Zoe", "b"]
    assert notes == ["'Zoë.jpg' -> Zoe"]
    new = touch(tmp_path / "photos", "c.jpg")
    grown, notes = merge(faces, [*old, *new], work)
    assert grown == [*faces, FaceId("c", str(new[0]))]
    assert notes == []
    # Photos that are not given again stay.
    assert merge(grown, new, work)[0] == grown


def test_another_photo_of_an_id_is_refused(tmp_path: Path) -> None:
    (old, new) = touch(tmp_path, "one/a.jpg", "two/A.jpg")
    faces, _ = merge([], [old], tmp_path)
    with pytest.raises(
        InputError, match=r"two/A\.jpg: the id a belongs to .*one/a\.jpg here; rename"
    ):
        merge(faces, [new], tmp_path)


def test_what_is_made_of_a_name_gives_way(tmp_path: Path) -> None:
    (old, new) = touch(tmp_path, "写真.jpg", "絵.jpg")
    faces, _ = merge([], [old], tmp_path)
    assert [face.id for face in merge(faces, [new], tmp_path)[0]] == ["photo", "photo_2"]


def test_a_photo_that_has_moved_keeps_its_id_and_one_that_is_gone_is_left_out(
    tmp_path: Path,
) -> None:
    old = touch(tmp_path / "one", "a.jpg", "b.jpg")
    faces, _ = merge([], old, tmp_path)
    moved = tmp_path / "two" / "a.jpg"
    moved.parent.mkdir()
    old[0].rename(moved)
    old[1].unlink()
    faces, notes = merge(faces, [moved], tmp_path)
    assert faces == [FaceId("a", str(moved))]
    assert notes[0] == f"a: its photo was {old[0]}, and is {moved} now"
    assert notes[1].startswith("b is left out: its photo ")


@pytest.mark.parametrize("name", ["{id}.jpg", "<results>.jpg", "a\tb.jpg", "a\nb.jpg"])
def test_a_path_that_is_none_for_snakemake_is_linked(tmp_path: Path, name: str) -> None:
    work = tmp_path / "out" / WORK
    (photo,) = touch(tmp_path, name)
    faces, _ = merge([], [photo], work)
    (face,) = faces
    assert face.image == f"photos/{face.id}.jpg"
    assert (work / face.image).resolve() == photo
    # It is the same photo the next time.
    assert merge(faces, [photo], work)[0] == faces


def test_a_written_list_is_read_as_it_was(tmp_path: Path) -> None:
    faces = [FaceId("00042", "/my photos/ä #1.jpg"), FaceId("b", "photos/b.jpg")]
    write_list(tmp_path / "photos.tsv", faces)
    assert read_ids(tmp_path / "photos.tsv") == read_list(tmp_path / "photos.tsv") == faces
    assert read_list(tmp_path / "none.tsv") == []
