"""The fit where it fails: one that misses is rejected, damaged files and a full disk are errors."""

import os
import resource
from pathlib import Path

import pytest
from PIL import Image

from scoreface.cli import main

from .conftest import assert_rejected, write_detection


@pytest.mark.heavy
def test_a_fit_over_the_limit_is_rejected(command, found, tmp_path):
    main(command(found, keys={"max_error": 0.001}))
    record, overlay = assert_rejected(tmp_path / "fit", "more than the limit of 0.001")
    assert record["reprojection_error"] > 0.001
    assert record["yaw"] is not None
    assert overlay.shape[1] > 1000, "the fit is shown, under a banner"


@pytest.mark.heavy
def test_a_fit_that_diverges_is_rejected(command, found, tmp_path):
    main(command(found, keys={"weights.landmarks": 1e308}))
    record, _ = assert_rejected(tmp_path / "fit", "did not converge")
    assert record["converged"] is False
    assert record["losses"] is None


def _fails(arguments, capsys) -> str:
    """The one sentence with which the command ends."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    line = caught.value.code
    assert line.startswith("error: ")
    assert "\n" not in line
    assert capsys.readouterr().err == ""
    return line


@pytest.fixture
def rejected(tmp_path) -> Path:
    """What the search leaves of a photo without a face."""
    nothing = dict.fromkeys(("landmarks", "face_box", "found_by"))
    write_detection(tmp_path / "found", "a.png", status="rejected", reason="None.", **nothing)
    return tmp_path / "found"


def test_a_full_disk_is_named(command, rejected, tmp_path, capsys):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Beyond this size the system refuses to write, as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        line = _fails(command(rejected), capsys)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.listdir(tmp_path / "fit") == []
    place = tmp_path / "fit" / "overlay.png"
    assert line.startswith(f"error: {place}: cannot be written (File too large); see that its disk")


def test_missing_files(command, found, tmp_path, capsys):
    none = tmp_path / "none"
    for option in ("photo", "detection", "flame_model", "landmark_embedding"):
        assert str(none) in _fails(command(found, **{option: none}), capsys)
    assert not (tmp_path / "fit").exists()


def test_corrupted_files(command, found, tmp_path, capsys):
    bad = tmp_path / "bad"
    bad.write_bytes(b"nothing useful")
    for option in ("photo", "detection", "flame_model", "landmark_embedding"):
        assert str(bad) in _fails(command(found, **{option: bad}), capsys)


def test_a_photo_of_another_size_than_the_detections_is_an_error(command, rejected, capsys):
    Image.new("RGB", (31, 40)).save(rejected / "photo.png")
    line = _fails(command(rejected), capsys)
    assert line.startswith(f"error: {rejected}/photo.png: 31 x 40 pixels, but {rejected}/detection")
    assert "30 x 40" in line


def test_results_that_cannot_be_written(command, rejected, tmp_path, capsys):
    (tmp_path / "fit").write_text("a file in the way")
    assert str(tmp_path / "fit") in _fails(command(rejected), capsys)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"ftol": float("nan")}, "fit.ftol: nan is no number"),
        ({"max_error": float("inf")}, "fit.max_error: inf is no number"),
        ({"max_error": "0.1"}, "fit.max_error: '0.1' is no number"),
        ({"weights.jaw": None}, "fit.weights.jaw: None is no number"),
        ({"weights": {}}, "fit.weights.landmarks: missing"),
    ],
)
def test_wrong_settings(command, found, keys, sentence, tmp_path, capsys):
    assert _fails(command(found, keys=keys), capsys) == f"error: {sentence}"
    assert not (tmp_path / "fit").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("max_error: -1", "fit.max_error: -1 is not allowed"),
        ("ftol: 0", "fit.ftol: 0 is not allowed"),
        ("ftol: .nan", "fit.ftol: nan is no"),
        ("weights: {shape: -1}", "fit.weights.shape: -1 is not allowed"),
    ],
)
def test_wrong_values_of_a_configuration(command, found, text, sentence, tmp_path, capsys):
    (tmp_path / "my.yaml").write_text(f"fit: {{{text}}}\n")
    arguments = command(found)
    place = arguments.index("--settings")
    arguments[place : place + 2] = ["--configfile", str(tmp_path / "my.yaml")]
    assert _fails(arguments, capsys).startswith(f"error: {sentence}")
    assert not (tmp_path / "fit").exists()


@pytest.mark.parametrize("threads", ["0", "-1", "1.5", "nan"])
def test_wrong_threads(command, found, threads, tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        main(command(found, threads=threads))
    assert caught.value.code == 2
    assert "argument --threads: " in capsys.readouterr().err
    assert not (tmp_path / "fit").exists()
