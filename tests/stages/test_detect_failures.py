"""The search for a face where it fails: unusable photos are rejected, broken models and a full disk are errors."""

import os
import resource
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scoreface.base.files import sha256_of
from scoreface.cli import main

from .conftest import read_detection


def assert_rejected(folder: Path, reason: str):
    """Check that the photo was rejected for the reason; the record and the photo."""
    record, photo = read_detection(folder)
    assert record["status"] == "rejected"
    assert reason in record["reason"]
    assert record["landmarks"] is record["face_box"] is record["found_by"] is None
    return record, photo


@pytest.fixture
def grey(tmp_path) -> Path:
    Image.new("RGB", (120, 80), (120, 120, 120)).save(tmp_path / "grey.png")
    return tmp_path / "grey.png"


@pytest.mark.parametrize("second_tries", [False, True])
def test_no_face(detect_command, grey, tmp_path, capfd, second_tries):
    main(detect_command(grey, keys={"second_tries": second_tries}))
    sentence = f"No face was found in the photo {grey}."
    record, photo = assert_rejected(tmp_path / "detect", sentence)
    assert record["n_faces"] == 0
    assert record["image_sha256"] == sha256_of(grey)
    assert (record["image_width"], record["image_height"]) == (120, 80)
    assert photo.shape == (80, 120, 3)
    assert capfd.readouterr().err == f"00042: rejected: {sentence}\n"


@pytest.mark.parametrize("content", [b"", b"A letter, not a picture."])
def test_unreadable_photo(detect_command, tmp_path, content):
    path = tmp_path / "text.png"
    path.write_bytes(content)
    main(detect_command(path))
    record, photo = assert_rejected(tmp_path / "detect", str(path))
    assert record["n_faces"] is record["image_width"] is None
    assert record["image_sha256"] == sha256_of(path)
    assert photo.shape[1] == 640, "a card in place of the photo"


def test_a_photo_that_cannot_be_opened(detect_command, tmp_path):
    (tmp_path / "folder.png").mkdir()
    main(detect_command(tmp_path / "folder.png"))
    record, _ = assert_rejected(tmp_path / "detect", "folder.png cannot be opened: Is a directory")
    assert record["image_sha256"] is None


def test_too_many_pixels(detect_command, tmp_path):
    Image.new("RGB", (30, 40)).save(tmp_path / "a.png")
    main(detect_command(tmp_path / "a.png", keys={"max_pixels": 1e3}))
    assert_rejected(tmp_path / "detect", "30 x 40 pixels, more than the limit of 1000")


def fails(arguments, capsys) -> str:
    """The one sentence with which the command ends."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    line = caught.value.code
    assert line.startswith("error: ")
    assert "\n" not in line
    assert capsys.readouterr().err == ""
    return line


def test_a_full_disk_is_named(detect_command, tmp_path, capsys):
    noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Beyond this size the system refuses to write, as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        line = fails(detect_command(tmp_path / "a.png", keys={"second_tries": False}), capsys)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.listdir(tmp_path / "detect") == []
    place = tmp_path / "detect" / "photo.png"
    assert line.startswith(f"error: {place}: cannot be written (File too large); see that its disk")


def test_missing_and_damaged_files(detect_command, grey, tmp_path, capsys):
    none, bad = tmp_path / "none", tmp_path / "bad"
    bad.write_bytes(b"nothing useful")
    assert str(none) in fails(detect_command(none), capsys)
    for path in (none, bad):
        assert str(path) in fails(detect_command(grey, landmark_predictor=path), capsys)
        line = fails(detect_command(grey, landmarks=path), capsys)
        assert line.startswith(f"error: {path}: ")
        assert "fit.landmarks" in line
    assert not (tmp_path / "detect").exists()


def test_results_that_cannot_be_written(detect_command, tmp_path, capsys):
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "detect").write_text("a file in the way")
    assert str(tmp_path / "detect") in fails(detect_command(tmp_path / "a.png"), capsys)


_POINTS = np.random.default_rng(0).uniform(20, 60, (68, 2))


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (_POINTS[:50], "50 landmarks"),
        (_POINTS / 1000, "are not those of a face"),
        (_POINTS + 100, "lie outside the photo of 120 x 80 pixels"),
        (_POINTS - 100, "lie outside the photo of 120 x 80 pixels"),
        (np.full((68, 2), 30.0), "are not those of a face"),
        (np.where(_POINTS > 50, np.nan, _POINTS), "not finite"),
        (_POINTS[:, :1], "of shape"),
        (_POINTS.astype("U5"), "not numbers"),
    ],
)
def test_landmarks_that_are_none_are_an_error(
    detect_command, grey, tmp_path, capsys, points, sentence
):
    np.save(tmp_path / "own.npy", points)
    line = fails(detect_command(grey, landmarks=tmp_path / "own.npy"), capsys)
    assert line.startswith(f"error: {tmp_path}/own.npy: ")
    assert sentence in line
    assert "fit.landmarks" in line
    assert not (tmp_path / "detect").exists()


def test_own_landmarks_change_nothing_of_a_photo_that_cannot_be_read(detect_command, tmp_path):
    np.save(tmp_path / "own.npy", _POINTS)
    (tmp_path / "a.png").write_bytes(b"")
    main(detect_command(tmp_path / "a.png", landmarks=tmp_path / "own.npy"))
    assert_rejected(tmp_path / "detect", "it is empty")


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"max_pixels": 1.5}, "fit.max_pixels: 1.5 is no whole number"),
        ({"second_tries": 1}, "fit.second_tries: 1 is no boolean"),
        ({"time_limit": "60"}, "fit.time_limit: '60' is no number"),
    ],
)
def test_wrong_settings(detect_command, grey, keys, sentence, tmp_path, capsys):
    assert fails(detect_command(grey, keys=keys), capsys) == f"error: {sentence}"
    assert not (tmp_path / "detect").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("max_pixels: 0", "fit.max_pixels: 0 is not allowed"),
        ("second_tries: perhaps", "fit.second_tries: 'perhaps' is no boolean"),
        ("landmarks: own.npy", "fit.landmarks: 'own.npy' is not allowed"),
    ],
)
def test_wrong_values_of_a_configuration(detect_command, grey, text, sentence, tmp_path, capsys):
    (tmp_path / "my.yaml").write_text(f"fit: {{{text}}}\n")
    arguments = detect_command(grey)
    place = arguments.index("--settings")
    arguments[place : place + 2] = ["--configfile", str(tmp_path / "my.yaml")]
    assert fails(arguments, capsys).startswith(f"error: {sentence}")
    assert not (tmp_path / "detect").exists()
