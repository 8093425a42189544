"""The record of a search for a face: read as written, and refused where it is damaged."""

import json
import sys

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.fitting.detection import Detection, load_detection

from .test_environment import output

LANDMARKS = np.random.default_rng(0).normal(300, 100, (68, 2))
ACCEPTED = Detection(
    id="00042",
    status="accepted",
    reason=None,
    image="photos/00042.jpg",
    image_sha256="ab" * 32,
    image_width=640,
    image_height=480,
    n_faces=2,
    face_box=np.array([-3.5, 10.0, 200.25, 210.0]),
    found_by="hog",
    landmarks=LANDMARKS,
    seconds=0.25,
    version="1",
    settings={"second_tries": True},
)
NOTHING = dict.fromkeys(("face_box", "found_by", "landmarks"))
REJECTED = {**vars(ACCEPTED), **NOTHING, "status": "rejected", "reason": "None.", "n_faces": 0}


@pytest.fixture
def write(tmp_path):
    def write(text: str):
        (tmp_path / "detection.json").write_text(text)
        return tmp_path / "detection.json"

    return write


def test_a_record_is_read_as_it_was_written(write):
    found = load_detection(write(ACCEPTED.as_json()))
    for name, value in vars(ACCEPTED).items():
        np.testing.assert_array_equal(getattr(found, name), value, err_msg=name)
    assert found.landmarks.dtype == found.face_box.dtype == np.float64


@pytest.mark.parametrize("unread", [False, True])
def test_a_rejected_photos_record_is_read(write, unread):
    unknown = ("image_sha256", "image_width", "image_height", "n_faces") if unread else ()
    wanted = Detection(**{**REJECTED, **dict.fromkeys(unknown)})
    assert load_detection(write(wanted.as_json())) == wanted


BAD = {
    "id": 42,
    "status": "perhaps",
    "reason": "although it is accepted",
    "image": None,
    "image_sha256": 3,
    "image_width": -1,
    "image_height": 1.5,
    "n_faces": 0,
    "face_box": [1, 2, 3],
    "found_by": None,
    "landmarks": LANDMARKS[17:].tolist(),
    "seconds": "long",
    "version": 1,
    "settings": [],
}


def test_every_value_is_looked_at():
    assert set(BAD) == set(vars(ACCEPTED))


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_or_missing_value_is_refused(write, name):
    record = json.loads(ACCEPTED.as_json())
    for changed in (
        {**record, name: BAD[name]},
        {key: value for key, value in record.items() if key != name},
    ):
        with pytest.raises(InputError, match=r"detection\.json: no record of a detection \("):
            load_detection(write(json.dumps(changed)))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, True, "1", None])
def test_landmarks_are_finite_numbers(write, value):
    record = json.loads(ACCEPTED.as_json())
    record["landmarks"][40][1] = value
    with pytest.raises(InputError, match="landmarks is of another kind"):
        load_detection(write(json.dumps(record)))


def test_a_rejected_face_has_no_landmarks(write):
    with pytest.raises(InputError, match="contradict"):
        load_detection(write(Detection(**{**REJECTED, "landmarks": LANDMARKS}).as_json()))


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "[" * 100_000, "\x00"])
def test_what_is_no_record_is_refused(write, text):
    with pytest.raises(InputError, match=r"detection\.json: no.*; delete it and run again"):
        load_detection(write(text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.json: cannot be read \(No such file"):
        load_detection(tmp_path / "none.json")


def test_it_is_read_without_dlib():
    script = "import sys; sys.modules['dlib'] = None; import scoreface.fitting.detection"
    output(sys.executable, "-c", script)
