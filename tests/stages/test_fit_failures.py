"""The fit where it fails: unusable photos are rejected, broken assets and a full disk are errors."""

import os
import resource

import pytest
from PIL import Image

from scoreface.cli import main

from .conftest import assert_rejected


@pytest.mark.heavy
def test_a_fit_over_the_limit_is_rejected(command, photo_path, tmp_path):
    main(command(photo_path, keys={"max_error": 0.001}))
    record, (overlay, _) = assert_rejected(tmp_path / "fit", "more than the limit of 0.001")
    assert record["reprojection_error"] > 0.001
    assert record["yaw"] is not None
    assert overlay.shape[1] > 1000, "the fit is shown, under a banner"


@pytest.mark.heavy
def test_a_fit_that_diverges_is_rejected(command, photo_path, tmp_path):
    main(command(photo_path, keys={"weights.landmarks": 1e308}))
    record, _ = assert_rejected(tmp_path / "fit", "did not converge")
    assert record["converged"] is False
    assert record["losses"] is None


def test_no_face(command, tmp_path):
    path = tmp_path / "grey.png"
    Image.new("RGB", (120, 80), (120, 120, 120)).save(path)
    main(command(path))
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
    main(command(path))
    record, (overlay, photo) = assert_rejected(tmp_path / "fit", str(path))
    assert record["n_faces"] is None
    assert overlay.shape == photo.shape, "a card in place of the photo"


def test_a_photo_that_cannot_be_opened(command, tmp_path):
    (tmp_path / "folder.png").mkdir()
    main(command(tmp_path / "folder.png"))
    record, _ = assert_rejected(tmp_path / "fit", "folder.png cannot be opened: Is a directory")
    assert record["image_sha256"] is None


def test_too_many_pixels(command, tmp_path):
    Image.new("RGB", (30, 40)).save(tmp_path / "a.png")
    main(command(tmp_path / "a.png", keys={"max_pixels": 1e3}))
    assert_rejected(tmp_path / "fit", "30 x 40 pixels, more than the limit of 1000")


def _fails(arguments, capsys) -> str:
    """The one sentence with which the command ends."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    line = caught.value.code
    assert line.startswith("error: ")
    assert "\n" not in line
    assert capsys.readouterr().err == ""
    return line


def test_a_full_disk_is_named(command, tmp_path, capsys):
    Image.new("RGB", (30, 40)).save(tmp_path / "a.png")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Beyond this size the system refuses to write, as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        line = _fails(command(tmp_path / "a.png"), capsys)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.listdir(tmp_path / "fit") == []
    place = tmp_path / "fit" / "overlay.png"
    assert line.startswith(f"error: {place}: cannot be written (File too large); see that its disk")


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
    ("keys", "sentence"),
    [
        ({"ftol": float("nan")}, "fit.ftol: nan is no number"),
        ({"max_error": float("inf")}, "fit.max_error: inf is no number"),
        ({"max_error": "0.1"}, "fit.max_error: '0.1' is no number"),
        ({"weights.jaw": None}, "fit.weights.jaw: None is no number"),
        ({"max_pixels": 1.5}, "fit.max_pixels: 1.5 is no whole number"),
        ({"weights": {}}, "fit.weights.landmarks: missing"),
    ],
)
def test_wrong_settings(command, photo_path, keys, sentence, tmp_path, capsys):
    assert _fails(command(photo_path, keys=keys), capsys) == f"error: {sentence}"
    assert not (tmp_path / "fit").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("max_error: -1", "fit.max_error: -1 is not allowed"),
        ("max_pixels: 0", "fit.max_pixels: 0 is not allowed"),
        ("ftol: 0", "fit.ftol: 0 is not allowed"),
        ("ftol: .nan", "fit.ftol: nan is no"),
        ("weights: {shape: -1}", "fit.weights.shape: -1 is not allowed"),
    ],
)
def test_wrong_values_of_a_configuration(command, photo_path, text, sentence, tmp_path, capsys):
    (tmp_path / "my.yaml").write_text(f"fit: {{{text}}}\n")
    arguments = command(photo_path)
    place = arguments.index("--settings")
    arguments[place : place + 2] = ["--configfile", str(tmp_path / "my.yaml")]
    assert _fails(arguments, capsys).startswith(f"error: {sentence}")
    assert not (tmp_path / "fit").exists()


@pytest.mark.parametrize("threads", ["0", "-1", "1.5", "nan"])
def test_wrong_threads(command, photo_path, threads, tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        main(command(photo_path, threads=threads))
    assert caught.value.code == 2
    assert "argument --threads: " in capsys.readouterr().err
    assert not (tmp_path / "fit").exists()
