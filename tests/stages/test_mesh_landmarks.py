"""The search by MediaPipe's networks: what it leaves of any photo, and whose landmarks count in the end."""

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from scoreface.base.arrays import write_npz
from scoreface.cli import main
from scoreface.fitting.detection import load_detection
from scoreface.fitting.mesh_points import load_mesh
from scoreface.parse.face_mesh_model import FaceMeshFiles
from scoreface.parse.mesh_record import NONE


@pytest.fixture
def search(face_mesh: FaceMeshFiles, tmp_path: Path):
    """Search a photo; what was found."""

    def search(image: Path):
        options = {"id": "a", "image": image, **face_mesh._asdict(), "out": tmp_path / "a/mesh.npz"}
        main(["mesh-landmarks", *(f"--{name}={value}" for name, value in options.items())])
        return load_mesh(tmp_path / "a/mesh.npz")

    return search


@pytest.fixture
def look(detect_command, tmp_path: Path):
    """The record of the detection in a photo, with a file of the mesh."""

    def look(image: Path, detector: str, second_tries: bool = False, **mesh):
        write_npz(tmp_path / "mesh.npz", **mesh)
        keys = {"detector": detector, "second_tries": second_tries}
        main(detect_command(image, keys=keys, mesh=tmp_path / "mesh.npz"))
        return load_detection(tmp_path / "detect" / "detection.json")

    return look


def test_both_find_the_same_face(search, found: Path, photo_path: Path) -> None:
    mesh, dlib = search(photo_path), load_detection(found / "detection.json").landmarks
    apart = np.linalg.norm(mesh.landmarks - dlib, axis=1)
    assert apart[17:].mean() < 0.05 * mesh.eyes
    assert apart[:17].mean() < 0.08 * mesh.eyes


def test_a_photo_that_cannot_be_read_shows_no_face(search, tmp_path: Path, capfd) -> None:
    (tmp_path / "a.png").write_text("no picture")
    assert search(tmp_path / "a.png") is None
    assert "a: no face by the mesh: The photo" in capfd.readouterr().err


def test_a_search_that_crashes_finds_no_face(search, photo_path, at_the_start, capfd) -> None:
    at_the_start(
        "import ctypes, sys\n"
        "if 'scoreface.fitting.child' in sys.orig_argv:\n"
        "    import scoreface.parse.mesh_landmarks as module\n"
        "    module.load_photo = lambda path, most: ctypes.string_at(0)\n"
    )
    assert search(photo_path) is None
    assert "no face by the mesh: the search crashed (signal 11, SIGSEGV)" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("detector", "yaw", "counts"),
    [
        ("auto", 10.0, "hog"),
        ("auto", 50.0, "mediapipe"),
        ("mediapipe", 10.0, "mediapipe"),
        ("dlib", 50.0, "hog"),
    ],
)
def test_whose_landmarks_count(look, found, photo_path, detector, yaw, counts) -> None:
    dlib = load_detection(found / "detection.json").landmarks
    shifted = dlib + 0.25
    record = look(photo_path, detector, landmarks=shifted, score=1.0, yaw=yaw, eyes=60.0, n_faces=1)
    assert record.found_by == counts
    np.testing.assert_array_equal(record.landmarks, dlib if counts == "hog" else shifted)


@pytest.mark.parametrize(("detector", "counts"), [("auto", "mediapipe"), ("dlib", None)])
def test_a_face_that_dlib_misses(look, tmp_path: Path, detector: str, counts: str | None) -> None:
    Image.new("RGB", (200, 200)).save(tmp_path / "blank.png")
    points = np.random.default_rng(0).uniform(60, 140, (68, 2))
    mesh = {"landmarks": points, "score": 1.0, "yaw": 70.0, "eyes": 60.0, "n_faces": 1}
    record = look(tmp_path / "blank.png", detector, **mesh)
    assert record.found_by == counts
    assert record.settings["detector"] == detector


@pytest.mark.parametrize(("yaw", "counts"), [(0.0, "turned by "), (50.0, "mediapipe")])
def test_a_face_on_its_side_is_the_second_tries(look, tmp_path, yaw: float, counts: str) -> None:
    Image.fromarray(np.rot90(skimage.data.astronaut())).save(tmp_path / "side.png")
    mesh = {"landmarks": np.random.default_rng(0).uniform(60, 140, (68, 2)), "n_faces": 1}
    mesh |= {"score": 1.0, "yaw": yaw, "eyes": 60.0}
    record = look(tmp_path / "side.png", "auto", second_tries=True, **mesh)
    assert record.found_by.startswith(counts)


@pytest.mark.parametrize(("detector", "counts"), [("auto", "hog"), ("mediapipe", None)])
def test_a_face_that_the_mesh_misses(look, photo_path, detector: str, counts: str | None) -> None:
    assert look(photo_path, detector, **NONE).found_by == counts


def test_the_mesh_alone_needs_its_file(detect_command, photo_path) -> None:
    with pytest.raises(SystemExit, match=r"fit\.detector: mediapipe, but no file"):
        main(detect_command(photo_path, keys={"detector": "mediapipe"}))
