"""The fit: what it writes for a good photo, as a program too, and again the same."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from scoreface.base.files import sha256_of
from scoreface.cli import main

from .conftest import assert_rejected, read_results, write_detection


@pytest.mark.heavy
def test_a_photo_is_fitted(command, found, photo_path, tmp_path, capfd):
    main(command(found))
    record, arrays, overlay = read_results(tmp_path / "fit")
    detection = json.loads((found / "detection.json").read_text())
    assert record["status"] == "accepted"
    assert record["reason"] is None
    assert record["id"] == "00042"
    assert record["image"] == str(photo_path)
    assert record["image_sha256"] == sha256_of(photo_path)
    assert (record["image_width"], record["image_height"]) == (300, 300)
    for name in ("id", "image", "image_sha256", "n_faces", "face_box", "found_by"):
        assert record[name] == detection[name]
    np.testing.assert_array_equal(arrays["landmarks"], detection["landmarks"][17:])
    assert record["reprojection_error"] < 0.05
    assert max(abs(record[name]) for name in ("yaw", "pitch", "roll")) < 20
    assert record["losses"]["total"] == pytest.approx(
        sum(value for name, value in record["losses"].items() if name != "total")
    )

    shapes = {name: array.shape for name, array in arrays.items()}
    assert shapes == {
        "status": (),
        "vertices": (75, 3),
        "open_vertices": (75, 3),
        "regions": (75,),
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
    assert overlay.shape[1] > 1000
    progress = capfd.readouterr().err
    assert "rigid stage: loss" in progress
    assert "full stage: loss" in progress


@pytest.mark.heavy
def test_as_a_program(command, repository, found, tmp_path):
    program = [sys.executable, "-m", "scoreface", *command(found, threads=1)]
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[-1] == "00042: accepted"
    assert len(lines) == 3, "progress, and none of TensorFlow's own messages"
    read_results(tmp_path / "fit")


@pytest.mark.heavy
def test_again_the_same(command, found, tmp_path):
    for name in ("one", "two"):
        main(command(found, out=tmp_path / name))
    for name in ("fit.npz", "overlay.png"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_face_that_was_rejected_stays_so(command, at_the_start, tmp_path, capfd):
    at_the_start("import sys; sys.modules['tensorflow'] = None")
    reason = "No face was found in the photo a.png."
    nothing = dict.fromkeys(("landmarks", "face_box", "found_by"))
    write_detection(
        tmp_path / "found", "a.png", status="rejected", reason=reason, n_faces=0, **nothing
    )
    main(command(tmp_path / "found"))
    record, overlay = assert_rejected(tmp_path / "fit", "")
    assert (record["reason"], record["image"], record["n_faces"]) == (reason, "a.png", 0)
    assert (record["image_width"], record["image_height"]) == (30, 40)
    assert overlay.shape[0] > 800, "the photo, over a banner"
    assert capfd.readouterr().err == f"00042: rejected: {reason}\n"


def test_a_photo_that_could_not_be_read_stays_so(command, tmp_path):
    reason = "The photo a.png cannot be read: it is empty."
    nothing = ("landmarks", "face_box", "found_by", "n_faces", "image_width", "image_height")
    changes = {"status": "rejected", "reason": reason, **dict.fromkeys(nothing)}
    write_detection(tmp_path / "found", "a.png", **changes)
    main(command(tmp_path / "found"))
    record, overlay = assert_rejected(tmp_path / "fit", reason)
    assert record["n_faces"] is record["image_width"] is None
    assert overlay.shape[1] == 640, "a card"
