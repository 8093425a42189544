"""The command: what it writes for good photos, for unusable ones, and for broken assets."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from scoreface.fitting.__main__ import main
from scoreface.fitting.files import sha256_of, write_atomically

ROOT = Path(__file__).resolve().parents[2]
FILES = ("fit.json", "fit.npz", "overlay.png", "photo.png")


@pytest.fixture(scope="module")
def photo_path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "astronaut.png"
    Image.fromarray(skimage.data.astronaut()[:300, 60:360]).save(path)
    return path


@pytest.fixture
def command(face_model_path, embedding_path, tmp_path):
    """Arguments for an image, with those given as keywords replaced or added."""

    def build(image, **changes) -> list:
        options = {
            "image": image,
            "id": "00042",
            "flame-model": face_model_path,
            "landmark-embedding": embedding_path,
            "ftol": 1e-5,  # for speed
            "out": tmp_path / "fit",
        }
        options.update({name.replace("_", "-"): value for name, value in changes.items()})
        return [str(part) for name, value in options.items() for part in (f"--{name}", value)]

    return build


def _results(folder: Path):
    assert sorted(os.listdir(folder)) == sorted(FILES), "all files, and no temporary ones"
    record = json.loads((folder / "fit.json").read_text())
    with np.load(folder / "fit.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    pictures = [np.array(Image.open(folder / name)) for name in ("overlay.png", "photo.png")]
    return record, arrays, pictures


def _assert_rejected(folder: Path, reason: str):
    record, arrays, pictures = _results(folder)
    assert record["status"] == "rejected"
    assert reason in record["reason"]
    assert list(arrays) == ["status"]
    assert str(arrays["status"]) == "rejected"
    return record, pictures


@pytest.mark.heavy
def test_a_photo_is_fitted(command, photo_path, tmp_path, capsys):
    assert main(command(photo_path)) == 0
    record, arrays, (overlay, photo) = _results(tmp_path / "fit")
    assert record["status"] == "accepted"
    assert record["reason"] is None
    assert record["id"] == "00042"
    assert record["image"] == str(photo_path)
    assert record["image_sha256"] == sha256_of(str(photo_path))
    assert (record["image_width"], record["image_height"]) == (300, 300)
    assert record["n_faces"] >= 1
    assert record["reprojection_error"] < 0.05
    assert max(abs(record[name]) for name in ("yaw", "pitch", "roll")) < 20
    assert record["losses"]["total"] == pytest.approx(
        sum(value for name, value in record["losses"].items() if name != "total")
    )

    shapes = {name: array.shape for name, array in arrays.items()}
    assert shapes == {
        "status": (),
        "vertices": (75, 3),
        "faces": shapes["faces"],
        "axis_angle": (3,),
        "scale": (),
        "translation": (3,),
        "shape": (300,),
        "expression": (100,),
        "pose": (12,),
        "jaw": (3,),
        "landmarks": (51, 2),
        "projected": (51, 2),
        "image_size": (2,),
    }
    # The head lies on the face: its nose tip is near the detected one.
    nose = arrays["scale"] * arrays["vertices"][13, :2]
    assert np.hypot(*(nose - [arrays["landmarks"][13, 0], 300 - arrays["landmarks"][13, 1]])) < 10
    np.testing.assert_array_equal(photo, np.array(Image.open(photo_path)))
    assert overlay.shape[1] > 1000
    progress = capsys.readouterr().err
    assert "rigid stage: loss" in progress
    assert "full stage: loss" in progress


@pytest.mark.heavy
def test_as_a_program(command, photo_path, tmp_path):
    program = [sys.executable, "-m", "scoreface.fitting", *command(photo_path, threads=1)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[-1] == "00042: accepted"
    assert len(lines) == 4, "progress, and none of TensorFlow's own messages"
    _results(tmp_path / "fit")


@pytest.mark.heavy
def test_again_the_same(command, photo_path, tmp_path):
    for name in ("one", "two"):
        assert main(command(photo_path, out=tmp_path / name)) == 0
    for name in ("fit.npz", "overlay.png", "photo.png"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.heavy
def test_a_fit_over_the_limit_is_rejected(command, photo_path, tmp_path):
    assert main(command(photo_path, max_error=0.001)) == 0
    record, (overlay, _) = _assert_rejected(tmp_path / "fit", "more than the limit of 0.001")
    assert record["reprojection_error"] > 0.001
    assert record["yaw"] is not None
    assert overlay.shape[1] > 1000, "the fit is shown, under a banner"


@pytest.mark.heavy
def test_a_fit_that_diverges_is_rejected(command, photo_path, tmp_path):
    assert main(command(photo_path, weight_landmarks=1e308)) == 0
    record, _ = _assert_rejected(tmp_path / "fit", "did not converge")
    assert record["converged"] is False
    assert record["losses"] is None


def test_no_face(command, tmp_path):
    path = tmp_path / "grey.png"
    Image.new("RGB", (120, 80), (120, 120, 120)).save(path)
    assert main(command(path)) == 0
    record, (overlay, photo) = _assert_rejected(
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
    record, (overlay, photo) = _assert_rejected(tmp_path / "fit", str(path))
    assert record["n_faces"] is None
    assert overlay.shape == photo.shape, "a card in place of the photo"


def test_too_many_pixels(command, tmp_path):
    Image.new("RGB", (30, 40)).save(tmp_path / "a.png")
    assert main(command(tmp_path / "a.png", max_pixels="1e3")) == 0
    _assert_rejected(tmp_path / "fit", "30 x 40 pixels, more than the limit of 1000")


def _fails(arguments, capsys) -> str:
    assert main(arguments) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    return line


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
