"""Heads for other programs: upright, and with one UV a vertex."""

import zipfile
from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from scoreface.results.export import split_seams, upright, write_zip


def test_an_upright_head_is_turned_back_and_centred(sphere):
    turn = np.array([0.3, -0.5, 0.2])
    turned = replace(sphere, vertices=Rotation.from_rotvec(turn).apply(sphere.vertices) + 4.0)
    head = upright(turned, turn)
    expected = sphere.vertices - sphere.vertices.mean(0)
    np.testing.assert_allclose(head.vertices, expected, atol=1e-12)
    np.testing.assert_array_equal(head.faces, sphere.faces)


def test_seams_are_split_and_the_vertices_come_first(sphere):
    sources, uv, faces = split_seams(sphere)
    count = len(sphere.vertices)
    np.testing.assert_array_equal(sources[:count], np.arange(count))
    assert len(sources) == len(
        np.unique(np.stack([sphere.faces, sphere.ft], 2).reshape(-1, 2), axis=0)
    )
    np.testing.assert_array_equal(sources[faces], sphere.faces)
    np.testing.assert_array_equal(uv[faces], sphere.vt[sphere.ft])


def test_an_unused_vertex_keeps_its_place(plane):
    extended = replace(plane, vertices=np.vstack([plane.vertices[:1] + 5, plane.vertices]))
    extended = replace(extended, faces=plane.faces + 1)
    sources, uv, faces = split_seams(extended)
    np.testing.assert_array_equal(sources, np.arange(5))
    np.testing.assert_array_equal(uv[1:], plane.vt)
    np.testing.assert_array_equal(faces, extended.faces)


def test_a_zip_holds_the_files_side_by_side_and_is_the_same_again(tmp_path):
    for name in ("a/head.obj", "b/texture.png"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(name)
    files = [tmp_path / "a" / "head.obj", tmp_path / "b" / "texture.png"]
    write_zip(files, tmp_path / "one.zip")
    files[0].touch()
    write_zip(files, tmp_path / "two.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name).decode() for name in archive.namelist()} == {
            "head.obj": "a/head.obj",
            "texture.png": "b/texture.png",
        }
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
