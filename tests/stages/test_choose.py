"""The choose stage: which of the drawn pictures become photos, by a search whose answers are given."""

import csv
import json
from pathlib import Path

import pytest

from scoreface.base.errors import InputError
from scoreface.fitting import apart, detect_job
from scoreface.stages import choose

SEARCH = detect_job.Settings("auto", 10**6, True, 10.0)


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Choose so many of the pictures a, b, c, d, of which some have a face; the list and the record."""

    def run(number: int, faces: str) -> tuple[dict[str, str], dict]:
        def search(task, inputs, outputs, settings, version, photo) -> str:
            reason = None if inputs.id in faces else "No face was found."
            outputs.record.write_text(json.dumps({"reason": reason}))
            return ""

        monkeypatch.setattr(apart, "run_apart", search)
        drawn = tmp_path / "drawn"
        drawn.mkdir()
        for name in "abcd":
            (drawn / name).write_text(name)
        (drawn / "samples.json").write_text(json.dumps({"seed": 7, "pictures": [*"abcd"]}))
        outputs = choose.Outputs(
            tmp_path / "photos", tmp_path / "ids.tsv", tmp_path / "sampled.json"
        )
        choose.run(choose.Inputs(drawn), outputs, choose.Settings(SEARCH, number))
        with outputs.ids.open() as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        photos = {row["id"]: Path(row["image"]).read_text() for row in rows}
        return photos, json.loads(outputs.record.read_text())

    return run


def test_pictures_without_a_face_are_passed_over(chosen) -> None:
    photos, record = chosen(2, "bc")
    assert photos == {"sample_0000": "b", "sample_0001": "c"}
    # The last one is not looked at any more.
    assert (record["drawn"], record["looked_at"], record["with_a_face"]) == (4, 3, 2)
    assert record["pictures"] == [
        {"picture": "a", "reason": "No face was found."},
        {"picture": "b", "reason": None, "id": "sample_0000"},
        {"picture": "c", "reason": None, "id": "sample_0001"},
    ]
    assert record["seed"] == 7


def test_too_few_faces_are_followed_by_others_for_the_fit_to_reject(chosen) -> None:
    photos, record = chosen(3, "d")
    assert photos == {"sample_0000": "d", "sample_0001": "a", "sample_0002": "b"}
    assert (record["looked_at"], record["with_a_face"]) == (4, 1)


def test_fewer_pictures_than_faces_are_an_error(chosen) -> None:
    with pytest.raises(InputError, match="4 pictures for 5 faces"):
        chosen(5, "a")
