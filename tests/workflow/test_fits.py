"""Searches and fits in a run of the whole workflow: one that crashes stops nobody, what an environment lacks all.

And a face that dlib misses is found beside it.
"""

import csv
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scoreface.config.detector import FACE_MESH
from scoreface.demo.people import sample_head
from scoreface.demo.photos import make_photo
from scoreface.demo.skin.paint import paint_skin
from scoreface.parse.face_mesh_model import FaceMeshFiles

dlib = pytest.importorskip("dlib")

pytestmark = pytest.mark.heavy

# Over the settings of the other tests: as little as shows that a face is finished.
TINY = """
fit: {ftol: 1.0e-5}
texture: {large: 64, small: 32}
views: {azimuths: [0]}
inpaint: {noise_levels: 4, rounds: 1, views_per_job: all}
render: {size: 64, azimuths: [30], turntable_frames: 2}
"""
# A module sitecustomize runs when Python starts. In the process of a search, dlib's detector is replaced by one that
# some photo is too much for.
CRASH = """
import ctypes, sys

if "scoreface.fitting.child" in sys.orig_argv:
    import dlib

    detector = dlib.get_frontal_face_detector()

    def detect(photo, upsampled):
        return ctypes.string_at(0) if photo.shape[0] == {height} else detector(photo, upsampled)

    dlib.get_frontal_face_detector = lambda: detect
"""
HEIGHT = 402
# A head that dlib's frontal detector does not find at this yaw.
HEAD, YAW = 8, 68


@pytest.fixture
def at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Have every Python that is started run some text first."""

    def write(text: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)

    return write


@pytest.fixture
def configfiles(tmp_path: Path, small: str) -> list[str]:
    (tmp_path / "tiny.yaml").write_text(TINY)
    return ["--configfile", small, str(tmp_path / "tiny.yaml")]


def test_a_search_that_crashes_stops_no_other(
    snakemake, workplace: Path, tmp_path: Path, at_the_start, configfiles: list[str]
) -> None:
    photo = Image.open(workplace / "resources/demo/photos/synthetic_p25.png").convert("RGB")
    for name, size in (("one", 400), ("bad", HEIGHT), ("two", 404)):
        photo.resize((size, size)).save(tmp_path / f"{name}.png")
    (tmp_path / "ids.txt").write_text("bad\none\ntwo\n")
    at_the_start(CRASH.format(height=HEIGHT))
    ended = snakemake(
        workplace,
        *("-j2", *configfiles),
        config=[f"ids={tmp_path}/ids.txt", f"images={tmp_path}/{{id}}.png", "results=crashes"],
    )
    assert ended.status == 0, ended.text
    results = workplace / "crashes"
    with (results / "screen.tsv").open() as file:
        rows = {row["id"]: row for row in csv.DictReader(file, delimiter="\t")}
    reason = f"The search for a face in the photo {tmp_path}/bad.png crashed (signal 11, SIGSEGV)."
    assert rows["bad"]["status"] == "rejected"
    assert rows["bad"]["reason"] == reason
    assert "Segmentation fault" in (results / "bad/logs/detect.log").read_text()
    with (results / "summary.tsv").open() as file:
        status = {row["id"]: row["status"] for row in csv.DictReader(file, delimiter="\t")}
    assert status == {"bad": "rejected", "one": "complete", "two": "complete"}
    for name in ("one", "two"):
        assert (results / name / "texture.png").is_file()


def test_a_face_that_dlib_misses_is_found_and_fitted(
    snakemake, workplace: Path, tmp_path: Path, configfiles: list[str], face_mesh: FaceMeshFiles
) -> None:
    head = sample_head(np.random.default_rng(HEAD))
    photo = make_photo(head, paint_skin(head.skin, 256), YAW, 0, 0, 320, np.random.default_rng(1))
    Image.fromarray(photo.image).save(tmp_path / "aside.png")
    assert not dlib.get_frontal_face_detector()(photo.image, 1)
    (tmp_path / "ids.txt").write_text("aside\n")
    (workplace / FACE_MESH.mesh).parent.mkdir(exist_ok=True)
    for source, target in zip(face_mesh, FACE_MESH, strict=True):
        shutil.copy(source, workplace / target)
    config = [f"ids={tmp_path}/ids.txt", f"images={tmp_path}/{{id}}.png", "results=aside"]
    target = "aside/aside/fit/fit.json"
    ended = snakemake(
        workplace, target, "-j2", *configfiles, config=[*config, "fit={'detector': auto}"]
    )
    assert ended.status == 0, ended.text
    results = workplace / "aside" / "aside"
    fit = json.loads((results / "fit" / "fit.json").read_text())
    assert (fit["status"], fit["found_by"]) == ("accepted", "mediapipe")
    assert fit["yaw"] == pytest.approx(YAW, abs=10)
    assert "a face by the mesh, score" in (results / "logs" / "mesh_landmarks.log").read_text()


def test_an_environment_that_lacks_something_is_found_before_any_fit(
    snakemake, workplace: Path, at_the_start, configfiles: list[str]
) -> None:
    at_the_start("import sys; sys.modules['tensorflow'] = None")
    target = "lacking/synthetic_p25/fit/fit.json"
    ended = snakemake(workplace, target, "-j2", *configfiles, config=["results=lacking"])
    assert ended.status == 1, ended.text
    results = workplace / "lacking"
    log = (results / "logs" / "doctor_fit.log").read_text()
    assert "error: package tensorflow: cannot be imported (" in log
    assert (results / "doctor.txt").is_file()
    assert not (results / "doctor_fit.txt").exists()
    assert not (results / "synthetic_p25").exists()


def test_heads_of_another_fitter_wait_for_dlib_alone(
    snakemake, tmp_path: Path, configfiles: list[str]
) -> None:
    (tmp_path / "ids.txt").write_text("a\n")
    for suffix in ("jpg", "obj", "png", "npy"):
        (tmp_path / f"a.{suffix}").touch()
    names = {"mesh": "obj", "texture": "png", "axis_angle": "npy"}
    external = {name: f"{tmp_path}/{{id}}.{suffix}" for name, suffix in names.items()}
    fit = f"fit={{'engine': external, 'external': {external}}}"
    config = [f"ids={tmp_path}/ids.txt", f"images={tmp_path}/{{id}}.jpg", fit]
    target = "results/a/identity.json"
    ended = snakemake(tmp_path, target, "-n", "-q", "rules", *configfiles, config=config)
    assert ended.status == 0, ended.text
    assert {"adopt", "doctor", "doctor_fit", "identity"} <= set(ended.jobs)
    assert "fit" not in ended.jobs
