"""When the mesh's landmarks count and not dlib's."""

import numpy as np
import pytest

from scoreface.base.arrays import write_npz
from scoreface.base.errors import InputError
from scoreface.fitting.detection import Face
from scoreface.fitting.mesh_points import MeshFace, is_better, load_mesh
from scoreface.parse.mesh_record import NONE

# Some points of a face, around (100, 100), whose eyes are 80 pixels apart.
POINTS = np.random.default_rng(0).uniform(60, 140, (68, 2))


def dlib_face(landmarks=POINTS, box=(50, 50, 150, 150)) -> Face:
    return Face(landmarks, np.array(box, float), 1, "hog")


@pytest.mark.parametrize(
    ("yaw", "moved", "better"),
    [
        (0, 0, False),
        (39, 0, False),
        (41, 0, True),
        (-41, 0, True),
        # In pixels: 0.08 of the eyes' distance is 6.4.
        (0, 6.3, False),
        (0, 6.5, True),
    ],
)
def test_where_the_face_is_turned_or_both_disagree(yaw, moved, better):
    mesh = MeshFace(POINTS + np.array([moved, 0]), yaw, 80, 1)
    assert is_better(mesh, dlib_face()) is better


def test_the_jaw_line_counts_for_nothing():
    moved = POINTS + 50 * (np.arange(68) < 17)[:, None]
    assert not is_better(MeshFace(moved, 0, 80, 1), dlib_face())


def test_another_face_is_left_to_dlib():
    mesh = MeshFace(POINTS, 60, 80, 2)
    assert not is_better(mesh, dlib_face(POINTS + 500, (550, 550, 650, 650)))


def test_the_file_is_read_as_it_was_written(tmp_path):
    write_npz(tmp_path / "mesh.npz", landmarks=POINTS, score=0.9, yaw=-50.0, eyes=80.0, n_faces=2)
    mesh = load_mesh(tmp_path / "mesh.npz")
    np.testing.assert_array_equal(mesh.landmarks, POINTS)
    assert mesh[1:] == (-50, 80, 2)
    face = mesh.face
    assert (face.found_by, face.n_faces) == ("mediapipe", 2)
    inner = POINTS[17:].mean(axis=0)
    np.testing.assert_allclose((face.box[:2] + face.box[2:]) / 2, inner)
    write_npz(tmp_path / "none.npz", **NONE)
    assert load_mesh(tmp_path / "none.npz") is None


@pytest.mark.parametrize(
    "changed",
    [{"landmarks": POINTS[:5]}, {"eyes": 0.0}, {"yaw": np.nan}, {"landmarks": np.zeros((68, 3))}],
)
def test_what_is_no_such_file_is_named(tmp_path, changed):
    whole = {"landmarks": POINTS, "score": 0.9, "yaw": 1.0, "eyes": 80.0, "n_faces": 1}
    write_npz(tmp_path / "mesh.npz", **{**whole, **changed})
    with pytest.raises(InputError, match=r"mesh\.npz: no readable landmarks of a mesh.*delete it"):
        load_mesh(tmp_path / "mesh.npz")
