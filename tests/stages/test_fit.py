"""The fit: what it writes for a good photo, as a program too, and again the same."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from scoreface.base.files import sha256_of
from scoreface.cli import main

from .conftest import read_results


@pytest.mark.heavy
def test_a_photo_is_fitted(command, photo_path, tmp_path, capfd):
    main(command(photo_path))
    record, arrays, (overlay, photo) = read_results(tmp_path / "fit")
    assert record["status"] == "accepted"
    assert record["reason"] is None
    assert record["id"] == "00042"
    assert record["image"] == str(photo_path)
    assert record["image_sha256"] == sha256_of(photo_path)
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
    progress = capfd.readouterr().err
    assert "rigid stage: loss" in progress
    assert "full stage: loss" in progress


@pytest.mark.heavy
def test_as_a_program(command, repository, photo_path, tmp_path):
    program = [sys.executable, "-m", "scoreface", *command(photo_path, threads=1)]
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[-1] == "00042: accepted"
    assert len(lines) == 4, "progress, and none of TensorFlow's own messages"
    read_results(tmp_path / "fit")


@pytest.mark.heavy
def test_again_the_same(command, photo_path, tmp_path):
    for name in ("one", "two"):
        main(command(photo_path, out=tmp_path / name))
    for name in ("fit.npz", "overlay.png", "photo.png"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
