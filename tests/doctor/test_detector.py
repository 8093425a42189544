"""The check of the networks that find faces."""

import shutil
from pathlib import Path

import pytest

from scoreface.config.detector import FACE_MESH
from scoreface.doctor import detector, machine
from scoreface.parse.face_mesh_model import FaceMeshFiles

from .conftest import write_change


@pytest.fixture
def check(place, run):
    """Run the doctor with a detector; exit status and all lines, and those about it."""

    def call(name: str, **keys) -> tuple[int, str]:
        status, text = run("my.yaml", write_change(fit={"detector": name, **keys}))
        return status, "\n".join(line for line in text.splitlines() if "fit.detector" in line)

    return call


def put(files: FaceMeshFiles) -> None:
    FACE_MESH.mesh.parent.mkdir(parents=True, exist_ok=True)
    for source, target in zip(files, FACE_MESH, strict=True):
        shutil.copy(source, target)


def test_dlib_alone_needs_none(check) -> None:
    status, text = check("dlib")
    assert status == 0
    assert "not used" in text
    assert text.endswith("  dlib: no network is needed")
    assert "of one's own: no network" in check("auto", landmarks="marks/{id}.pts")[1]


def test_the_workflow_fetches_them(check) -> None:
    status, text = check("auto")
    assert status == 0
    assert f"made by the workflow  {FACE_MESH.finder}" in text


def test_they_run(check, face_mesh: FaceMeshFiles) -> None:
    put(face_mesh)
    status, text = check("mediapipe")
    assert status == 0
    assert text.endswith("MediaPipe's networks, run on a picture")


@pytest.mark.parametrize("name", ["finder", "mesh"])
def test_a_damaged_one_is_named(check, face_mesh: FaceMeshFiles, name: str) -> None:
    put(face_mesh)
    path: Path = getattr(FACE_MESH, name)
    path.write_bytes(path.read_bytes()[:1000])
    status, text = check("auto")
    assert status == 1
    assert f"error: fit.detector: {path}: no readable network" in text


def test_without_a_package_it_is_named(check, monkeypatch) -> None:
    for module in (machine, detector):
        there = module.find_spec
        monkeypatch.setattr(
            module,
            "find_spec",
            lambda name, there=there: None if name == "ai_edge_litert" else there(name),
        )
    status, text = check("auto")
    assert status == 1
    assert "not looked at without ai_edge_litert" in text
    assert "package ai_edge_litert: not installed; fit.detector: auto asks for it" in text
