"""The stage that parses a photo, from files to files."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scoreface.base import command
from scoreface.base.arrays import (
    NUMBERS,
    TRUTHS,
    Array,
    read_image,
    read_labels,
    read_npz,
    write_image,
)
from scoreface.base.errors import InputError
from scoreface.base.files import write_json
from scoreface.base.settings import read
from scoreface.parse.labels import BACKGROUND, HAIR, LEGEND, NAMES, SKIN, UNKNOWN
from scoreface.stages import parse, person_model

from ..parse.test_outline import disc

FILES = {"labels": "labels.png", "overlay": "overlay.png", "record": "parse.json"}
FILES |= {"outline": "outline.npz"}


def write_detection(path: Path, landmarks: np.ndarray | None, reason: str | None = None) -> None:
    """What the stage ``detect`` leaves of a photo of 300 x 300 pixels; without landmarks it was rejected."""
    face = {"face_box": [50, 50, 250, 250], "n_faces": 1, "found_by": "hog"}
    if landmarks is None:
        face = {"face_box": None, "n_faces": 0, "found_by": None}
    record = {"id": "00042", "status": "rejected" if landmarks is None else "accepted"}
    record |= {"reason": reason, "image": "photo.png", "image_sha256": None}
    record |= {"image_width": 300, "image_height": 300, "seconds": 0.1, "version": "1"}
    record |= {"landmarks": None if landmarks is None else landmarks.tolist(), "settings": {}}
    write_json(path, record | face)


@pytest.fixture
def run(tmp_path: Path):
    """Parse a grey photo of 300 x 300 pixels by an engine; what it wrote."""
    write_image(tmp_path / "photo.png", np.full((300, 300, 3), 128, np.uint8))
    write_detection(tmp_path / "detection.json", disc()[1])

    def with_engine(engine: str = "labels", **keys):
        config = {
            "engine": engine,
            "person_model": "auto",
            "labels": {"pictures": str(tmp_path / "own" / "{id}.png"), "palette": ""},
            **keys,
        }
        outputs = parse.Outputs(**{name: tmp_path / file for name, file in FILES.items()})
        inputs = parse.Inputs("00042", tmp_path / "photo.png", tmp_path / "detection.json")
        parse.run(inputs, outputs, read(parse.Settings, {"parse": config}))
        assert not list(tmp_path.glob(".*")), "no temporary files"
        outline = {name: Array(NUMBERS, ("N", 2)) for name in ("points", "normals")}
        outline["bare"] = Array(TRUTHS, ("N",))
        return (
            read_labels(outputs.labels),
            json.loads(outputs.record.read_text()),
            read_npz(outputs.outline, outline, "outline"),
        )

    return with_engine


@pytest.fixture
def own_picture(tmp_path: Path) -> Path:
    labels = disc()[0].labels
    labels[:80][labels[:80] == SKIN] = HAIR
    path = tmp_path / "own" / "00042.png"
    write_image(path, labels)
    return path


def test_labels_record_outline_and_overlay(run, own_picture: Path, tmp_path: Path) -> None:
    labels, record, outline = run()
    np.testing.assert_array_equal(labels, read_labels(own_picture))
    assert record["id"] == "00042"
    assert record["engine"] == "labels"
    assert record["model"] == str(own_picture)
    assert len(record["sha256"]) == 64
    assert record["notes"] == []
    assert set(record["shares"]) == set(NAMES.values())
    assert record["shares"]["hair"] == pytest.approx((labels == HAIR).mean(), abs=1e-5)
    assert sum(record["shares"].values()) == pytest.approx(1.0, abs=1e-4)
    assert 0.0 < record["seconds"] < 60.0
    assert record["outline_points"] == outline["bare"].sum() > 20
    assert outline["points"][outline["bare"], 1].min() > 77
    overlay = read_image(tmp_path / "overlay.png")
    assert overlay.shape == (300, 300, 3)
    assert (overlay == (0, 255, 0)).all(-1).any(), "the outline's points"
    assert (overlay[5, 5] < 80).all(), "background is dimmed"


def test_the_legend_stands_in_the_picture(run, own_picture: Path, tmp_path: Path) -> None:
    run()
    with Image.open(tmp_path / "labels.png") as picture:
        assert picture.mode == "P"
        for label, meaning in LEGEND.items():
            assert picture.text[f"label {label}"] == meaning


def test_without_a_parser_nothing_is_known(run) -> None:
    labels, record, outline = run("none")
    assert (labels == UNKNOWN).all()
    assert record["engine"] == "none"
    assert record["model"] is record["sha256"] is None
    assert record["shares"]["unknown"] == 1.0
    assert len(outline["points"]) == 0


def test_a_rejected_photo_is_not_parsed(run, tmp_path: Path, capsys) -> None:
    write_detection(tmp_path / "detection.json", None, "no face was found")
    labels, record, outline = run()  # for which there is no label picture
    assert (labels == UNKNOWN).all()
    assert record["notes"] == ["not parsed: no face was found"]
    assert len(outline["points"]) == 0
    assert "00042: not parsed: no face was found" in capsys.readouterr().err


def test_landmarks_that_are_no_face_do_not_stop_the_others(run, tmp_path: Path) -> None:
    write_detection(tmp_path / "detection.json", np.full((68, 2), 30.0))
    labels, record, outline = run()
    assert (labels == UNKNOWN).all()
    (note,) = record["notes"]
    assert note.startswith("not parsed: the landmarks are no face's")
    assert len(outline["points"]) == 0


def test_a_long_photo_has_a_small_overlay(run, tmp_path: Path) -> None:
    write_image(tmp_path / "photo.png", np.zeros((500, 2048, 3), np.uint8))
    labels, _, _ = run("none")
    assert labels.shape == (500, 2048)
    assert read_image(tmp_path / "overlay.png").shape == (250, 1024, 3)


@pytest.mark.parametrize("name", ["photo.png", "detection.json", "own/00042.png"])
def test_a_file_cut_short_empty_or_missing_is_named(
    run, own_picture: Path, tmp_path: Path, name: str
) -> None:
    content = (tmp_path / name).read_bytes()
    for damaged in (content[: len(content) // 2], b""):
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(InputError, match=name):
            run()
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match=name):
        run()


def test_landmarks_of_another_kind_are_refused(run, tmp_path: Path) -> None:
    write_detection(tmp_path / "detection.json", np.zeros((51, 2)))
    with pytest.raises(InputError, match=r"detection\.json: no record of a detection"):
        run()


def test_the_embedded_engine_needs_its_network(run) -> None:
    with pytest.raises(InputError, match="scoreface person-model"):
        run("embedded")


def test_only_the_chosen_engines_keys_are_read() -> None:
    settings = read(parse.Settings, {"parse": {"engine": "onnx", "onnx": {"model": "net.onnx"}}})
    assert settings.parser.model == "net.onnx"
    with pytest.raises(InputError, match=r"parse\.onnx\.model: empty, but parse\.engine is onnx"):
        read(parse.Settings, {"parse": {"engine": "onnx", "onnx": {"model": ""}}})
    with pytest.raises(InputError, match=r"parse\.engine: 'eyes' is none of none, embedded, segf"):
        read(parse.Settings, {"parse": {"engine": "eyes"}})


def test_the_network_is_fetched_to_where_it_is_wanted(tmp_path: Path, monkeypatch) -> None:
    from scoreface.parse import person_model as fetching

    monkeypatch.setattr(fetching, "fetch_person_model", lambda path: path.write_bytes(b"it"))
    person_model.run(
        person_model.Inputs(), person_model.Outputs(tmp_path / "it.tflite"), person_model.Settings()
    )
    assert (tmp_path / "it.tflite").read_bytes() == b"it"


def test_the_commands_options(run, own_picture: Path, tmp_path: Path) -> None:
    files = {"photo": "photo.png", "detection": "detection.json", **FILES}
    options = [part for name, file in files.items() for part in (f"--{name}", str(tmp_path / file))]
    keys = {"engine": "labels", "labels": {"pictures": str(own_picture), "palette": ""}}
    settings = json.dumps({"parse": keys})
    command.run(parse, "parse", ["--id", "7", "--settings", settings, *options], lambda _: {})
    np.testing.assert_array_equal(read_labels(tmp_path / "labels.png"), read_labels(own_picture))


def test_background_has_its_label(run, own_picture: Path) -> None:
    labels, record, _ = run()
    assert labels[0, 0] == BACKGROUND
    assert record["shares"]["background"] > 0.5
