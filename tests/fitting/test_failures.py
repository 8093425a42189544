"""The command where it fails: unusable photos are rejected, broken assets and machines at their limits are errors."""

import os
import resource
from pathlib import Path

import pytest
from PIL import Image

from scoreface.fitting.__main__ import main
from scoreface.fitting.files import write_atomically

from .conftest import assert_rejected


@pytest.mark.heavy
def test_a_fit_over_the_limit_is_rejected(command, photo_path, tmp_path):
    assert main(command(photo_path, max_error=0.001)) == 0
    record, (overlay, _) = assert_rejected(tmp_path / "fit", "more than the limit of 0.001")
    assert record["reprojection_error"] > 0.001
    assert record["yaw"] is not None
    assert overlay.shape[1] > 1000, "the fit is shown, under a banner"


@pytest.mark.heavy
def test_a_fit_that_diverges_is_rejected(command, photo_path, tmp_path):
    assert main(command(photo_path, weight_landmarks=1e308)) == 0
    record, _ = assert_rejected(tmp_path / "fit", "did not converge")
    assert record["converged"] is False
    assert record["losses"] is None


def test_no_face(command, tmp_path):
    path = tmp_path / "grey.png"
    Image.new("RGB", (120, 80), (120, 120, 120)).save(path)
    assert main(command(path)) == 0
    record, (overlay, photo) = assert_rejected(
        tmp_path / "fit", f"No face was found in the photo {path}."
    )
    assert record["n_faces"] == 0
    assert photo.shape == (80, 120, 3)
    assert overlay.shape[0] > photo.shape[0]


@pytest.mark.parametrize("content", [b"", b"A letter, not a picture."])
def test_unreadable_photo(command, tmp_path, content):
    path = tmp_path / "text.png"
    path.write_bytes(content)
    assert main(command(path)) == 0
    record, (overlay, photo) = assert_rejected(tmp_path / "fit", str(path))
    assert record["n_faces"] is None
    assert overlay.shape == photo.shape, "a card in place of the photo"


def test_a_photo_that_cannot_be_opened(command, tmp_path):
    (tmp_path / "folder.png").mkdir()
    assert main(command(tmp_path / "folder.png")) == 0
    record, _ = assert_rejected(tmp_path / "fit", "folder.png cannot be opened: Is a directory")
    assert record["image_sha256"] is None


def test_too_many_pixels(command, tmp_path):
    Image.new("RGB", (30, 40)).save(tmp_path / "a.png")
    assert main(command(tmp_path / "a.png", max_pixels="1e3")) == 0
    assert_rejected(tmp_path / "fit", "30 x 40 pixels, more than the limit of 1000")


def _fails(arguments, capsys) -> str:
    assert main(arguments) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    return line


def test_too_little_memory_is_an_error(command, photo_path, tmp_path, monkeypatch, capsys):
    def exhausted(path, max_pixels):
        raise MemoryError

    monkeypatch.setattr("scoreface.fitting.stage.load_photo", exhausted)
    line = _fails(command(photo_path), capsys)
    assert f"{photo_path}: out of memory; lower fit.max_pixels" in line
    assert not (tmp_path / "fit").exists()


def test_a_full_disk_is_named(command, tmp_path, capsys):
    Image.new("RGB", (30, 40)).save(tmp_path / "a.png")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Beyond this size the system refuses to write, as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        assert main(command(tmp_path / "a.png")) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.listdir(tmp_path / "fit") == []
    place = tmp_path / "fit" / "overlay.png"
    expected = f"error: {place}: File too large; make room there, then run again"
    assert expected in capsys.readouterr().err


def test_missing_photo_and_assets(command, photo_path, tmp_path, capsys):
    none = tmp_path / "none"
    assert str(none) in _fails(command(none), capsys)
    for option in ("flame_model", "landmark_embedding", "landmark_predictor"):
        assert str(none) in _fails(command(photo_path, **{option: none}), capsys)
    assert not (tmp_path / "fit").exists()


def test_corrupted_assets(command, photo_path, tmp_path, capsys):
    bad = tmp_path / "bad"
    bad.write_bytes(b"nothing useful")
    for option in ("flame_model", "landmark_embedding", "landmark_predictor"):
        assert str(bad) in _fails(command(photo_path, **{option: bad}), capsys)


def test_results_that_cannot_be_written(command, tmp_path, capsys):
    Image.new("RGB", (30, 40)).save(tmp_path / "a.png")
    (tmp_path / "fit").write_text("a file in the way")
    assert str(tmp_path / "fit") in _fails(command(tmp_path / "a.png"), capsys)


@pytest.mark.parametrize(
    ("option", "value"),
    [("max_error", "-1"), ("ftol", "nan"), ("threads", "0"), ("max_pixels", "1.5")],
)
def test_wrong_options(command, photo_path, option, value, capsys):
    with pytest.raises(SystemExit) as caught:
        main(command(photo_path, **{option: value}))
    assert caught.value.code == 2
    assert "--" + option.replace("_", "-") in capsys.readouterr().err


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def interrupted():
        with write_atomically(str(path)) as temporary:
            Path(temporary).write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]
