"""Meshes: OBJ in and out, normals, normalisation."""

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.geometry.mesh import Mesh, load_obj, save_obj, vertex_normals


@pytest.fixture
def square():
    vertices = np.array([[0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0]], float)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    return Mesh(vertices, faces, vertices[:, :2] / 2, faces)


def test_obj_comes_back_as_it_was_written(square, tmp_path):
    save_obj(square, tmp_path / "head.obj", "texture.png")
    again = load_obj(tmp_path / "head.obj")
    for name in ("vertices", "faces", "vt", "ft"):
        np.testing.assert_array_equal(getattr(again, name), getattr(square, name))
    assert "mtllib head.mtl" in (tmp_path / "head.obj").read_text()
    assert "map_Kd texture.png" in (tmp_path / "head.mtl").read_text()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 3\n", "line 4"),
        ("v 0 0 0\nvt 0 0\nf 1/1 2/1 3/1\n", "vertex index out of range"),
        ("v 0 0 0\nv 1 0 0\nv 1 1 0\nvt 0 0\nf 1/1 2/2 3/1\n", "UV index out of range"),
        ("", "no faces"),
    ],
)
def test_bad_obj_is_named(text, says, tmp_path):
    path = tmp_path / "bad.obj"
    path.write_text(text)
    with pytest.raises(InputError, match=says) as caught:
        load_obj(path)
    assert str(path) in str(caught.value)


def test_normals_of_a_cube_point_along_its_diagonals():
    # By symmetry, and however each side is cut into two triangles.
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))])
    np.testing.assert_allclose(vertex_normals(corners, faces), corners / np.sqrt(3), atol=1e-12)


def test_normalised_is_centred_and_fits_the_unit_box(square):
    vertices = square.normalised().vertices
    np.testing.assert_allclose(vertices.mean(0), 0, atol=1e-12)
    assert np.abs(vertices).max() == pytest.approx(1)
    # Proportions stay: the square's width is twice its height.
    assert np.ptp(vertices[:, 0]) == pytest.approx(2 * np.ptp(vertices[:, 1]))
