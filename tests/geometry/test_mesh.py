"""Meshes: OBJ in and out, normals, normalisation."""

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.geometry.mesh import Mesh, load_head, load_obj, save_obj, vertex_normals


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


# A triangle with texture coordinates, without its face.
UVS = "vt 0 0\nvt 1 0\nvt 1 1\n"
TRIANGLE = "v 0 0 0\nv 1 0 0\nv 1 1 0\n" + UVS


@pytest.mark.parametrize(
    "text",
    [
        TRIANGLE + "f 1/1 2/2 3/3\n",
        TRIANGLE + "f 1/1/9 2/2/9 3/3/9\n",  # normals, which play no part
        TRIANGLE + "f -3/-3 -2/-2 -1/-1\n",  # counted from the last ones back
        TRIANGLE + "v 5 5 5\nvt .5 .5\nf -4/-4 -3/-3 3/3\n",
        TRIANGLE + "f 1/1 2/2 \\\n3/3\n",  # a line that goes on
        TRIANGLE.replace("\n", "\r\n") + "f 1/1 2/2 3/3\r\n",
        TRIANGLE.replace("v 1 0 0", "v 1 0 0 0.2 0.3 0.4") + "f 1/1 2/2 3/3",  # with a colour
        "# a head\ng nose\nusemtl skin\ns off\n" + TRIANGLE + "f 1/1 2/2 3/3\nl 1 2\n",
        "f 1/1 2/2 3/3\n" + TRIANGLE,
    ],
)
def test_every_way_of_writing_a_triangle_is_read(text, tmp_path):
    (tmp_path / "a.obj").write_text(text, newline="")
    mesh = load_head(tmp_path / "a.obj")
    np.testing.assert_array_equal(mesh.faces, [[0, 1, 2]])
    np.testing.assert_array_equal(mesh.ft, [[0, 1, 2]])
    np.testing.assert_array_equal(mesh.vertices[:3], [[0, 0, 0], [1, 0, 0], [1, 1, 0]])
    np.testing.assert_array_equal(mesh.vt[:3], [[0, 0], [1, 0], [1, 1]])


def test_names_may_be_in_any_encoding(tmp_path):
    (tmp_path / "a.obj").write_bytes(
        b"g t\xeate \xff\xfe\0\n" + TRIANGLE.encode() + b"f 1/1 2/2 3/3\n"
    )
    assert len(load_obj(tmp_path / "a.obj").faces) == 1


def test_vertices_and_corners_keep_their_order_at_uv_seams(reference):
    """What trimesh does not give back: each vertex once, with as many UVs as it has."""
    path = reference / "bumpy_head.obj"
    lines = [line.split() for line in path.read_text().splitlines()]
    mesh = load_obj(path)
    vertices = [[float(x) for x in words[1:]] for words in lines if words[0] == "v"]
    corners = [[w.split("/") for w in words[1:]] for words in lines if words[0] == "f"]
    np.testing.assert_array_equal(mesh.vertices, vertices)
    np.testing.assert_array_equal(mesh.faces + 1, [[int(c[0]) for c in f] for f in corners])
    np.testing.assert_array_equal(mesh.ft + 1, [[int(c[1]) for c in f] for f in corners])
    pairs = np.unique(np.stack([mesh.faces.ravel(), mesh.ft.ravel()], 1), axis=0)
    assert len(pairs) > len(np.unique(mesh.faces)), "the mesh has no seam"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            TRIANGLE + "f 1/1 2/2 3/3\nv 0 nan 0\n",
            "line 8: 3 finite numbers are needed, not '0 nan",
        ),
        (TRIANGLE + "f 1/1 2/2 3/3\nv 0 inf 0\n", "line 8: 3 finite numbers"),
        (TRIANGLE + "f 1/1 2/2 3/3\nv 0 1e999 0\n", "line 8: 3 finite numbers"),
        (TRIANGLE + "f 1/1 2/2 3/3\nvt 0 -inf\n", "line 8: 2 finite numbers"),
        (TRIANGLE + "f 1/1 2/2 3/3\nv 0 0\n", "line 8: 3 finite numbers are needed, not '0 0'"),
        (TRIANGLE + "f 1/1 2/2 3/3\nvt 0\n", "line 8: 2 finite numbers"),
        (TRIANGLE + "v 0 0 zero\n", "line 7: could not convert"),
        (TRIANGLE + "v 0 0 " + "x" * 9999, "line 7: could not convert .{,200}$"),
        (TRIANGLE + "f 1/1 2/2 3/3 1/1\n", "line 7: a face must be a triangle .*; triangulate"),
        (TRIANGLE + "f 1/1 2/2\n", "line 7: a face must be a triangle"),
        (TRIANGLE + "f 1//1 2//2 3//3\n", "line 7: a face must be a triangle with UV indices"),
        (TRIANGLE + "f 1/1 2/2 three/3\n", "line 7: invalid literal"),
        (TRIANGLE + "f 1/1 2/2 3.0/3\n", "line 7: invalid literal"),
        (TRIANGLE + "f 0/1 2/2 3/3\n", "line 7: the index 0 is out of range"),
        (TRIANGLE + "f 1/1 2/2 3/-0\n", "line 7: the index -0 is out of range"),
        (TRIANGLE + "f -4/1 2/2 3/3\n", "line 7: the index -4 is out of range"),
        (TRIANGLE + "f 1/1 2/2 4/3\n", "vertex index out of range"),
        (TRIANGLE + f"f 1/1 2/2 {10**30}/3\n", "vertex index out of range"),
        (TRIANGLE + "f 1/1 2/2 " + "9" * 5000 + "/3\n", "line 7: "),
        (TRIANGLE, "no faces"),
        ("\0\1\2", "no faces"),
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


def test_a_missing_obj_and_one_without_end_are_named(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"none\.obj: cannot be read \(No such file"):
        load_obj(tmp_path / "none.obj")
    with pytest.raises(InputError, match="cannot be read \\(Is a directory"):
        load_obj(tmp_path)
    with (tmp_path / "large.obj").open("wb") as file:
        file.truncate(2**26 + 1)
    with pytest.raises(InputError, match=r"large\.obj: more than 64 MB"):
        load_obj(tmp_path / "large.obj")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("v 7 7 7\n" * 3 + UVS, "all its faces are in one place"),
        ("v 0 0 0\nv 1 1 0\nv 2 2 0\n" + UVS, "all its faces are without area"),
        ("v 0 0 0\nv 1 0 0\nv 1e10 1 0\n" + UVS, r"a coordinate of 1e\+10"),
        ("v 0 0 0\nv 1e-200 0 0\nv 0 1e-200 0\n" + UVS, "all its faces are in one place"),
        ("v 1e8 0 0\nv 1e8 1 0\nv 1e8 0 1\n" + UVS, "all its faces are in one place"),
        (TRIANGLE.replace("vt 1 1", "vt 1 1.001"), "UV coordinates outside of 0 to 1"),
        (TRIANGLE.replace("vt 0 0", "vt -0.5 0"), "UV coordinates outside of 0 to 1"),
    ],
)
def test_what_can_be_no_head_is_refused(text, says, tmp_path):
    path = tmp_path / "a.obj"
    path.write_text(text + "f 1/1 2/2 3/3\n")
    load_obj(path)  # which takes charts, where positions do not matter
    with pytest.raises(InputError, match=rf"a\.obj: no head: {says}.*; export it again"):
        load_head(path)


@pytest.mark.parametrize("unit", [1e-6, 1, 1e6])
def test_a_head_may_have_any_unit_and_place(square, unit, tmp_path):
    moved = Mesh(square.vertices * unit + 50 * unit, square.faces, square.vt, square.ft)
    save_obj(moved, tmp_path / "a.obj", "a.png")
    np.testing.assert_allclose(load_head(tmp_path / "a.obj").vertices, moved.vertices, rtol=1e-8)


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
