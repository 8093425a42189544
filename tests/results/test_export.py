"""OBJ and GLB, read back by trimesh."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from scoreface.base.arrays import read_image, write_image
from scoreface.geometry.mesh import load_obj, save_obj
from scoreface.results.export import run_export, split_seams
from scoreface.texture.layout import make_layout

AXIS_ANGLE = np.array([0.3, -0.5, 0.2])


@pytest.fixture
def exported(tmp_path, sphere):
    """The folder of an exported sphere, 0.1 in radius, that was turned and moved."""
    turned = 0.1 * Rotation.from_rotvec(AXIS_ANGLE).apply(sphere.vertices) + [0.4, 0.3, 0.0]
    save_obj(replace(sphere, vertices=turned), tmp_path / "mesh" / "head.obj", "x.png")
    np.save(tmp_path / "mesh" / "axis_angle.npy", AXIS_ANGLE)
    texture = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    write_image(tmp_path / "textures" / "texture.png", texture)
    run_export(
        mesh=tmp_path / "mesh" / "head.obj",
        axis_angle=tmp_path / "mesh" / "axis_angle.npy",
        texture=tmp_path / "textures" / "texture.png",
        obj=tmp_path / "out" / "head.obj",
        glb=tmp_path / "out" / "head.glb",
    )
    return tmp_path / "out"


def test_obj_is_upright_centred_in_units_and_order(exported, sphere):
    head = load_obj(exported / "head.obj")
    upright = 0.1 * (sphere.vertices - sphere.vertices.mean(0))
    np.testing.assert_allclose(head.vertices, upright, atol=1e-8)
    np.testing.assert_array_equal(head.faces, sphere.faces)
    np.testing.assert_array_equal(head.ft, sphere.ft)
    np.testing.assert_allclose(head.vt, sphere.vt, atol=1e-8)


def test_obj_finds_its_texture_by_a_relative_path(exported):
    assert "mtllib head.mtl" in (exported / "head.obj").read_text()
    assert "map_Kd ../textures/texture.png" in (exported / "head.mtl").read_text().splitlines()


def test_glb_has_the_same_surface_uvs_and_texture(exported):
    head = load_obj(exported / "head.obj")
    scene = trimesh.load(exported / "head.glb", process=False)
    (loaded,) = scene.geometry.values()
    np.testing.assert_allclose(loaded.vertices[: len(head.vertices)], head.vertices, atol=1e-7)
    np.testing.assert_allclose(loaded.vertices[loaded.faces], head.vertices[head.faces], atol=1e-7)
    np.testing.assert_allclose(loaded.visual.uv[loaded.faces], head.vt[head.ft], atol=1e-6)
    expected = trimesh.Trimesh(head.vertices, head.faces, process=False).area
    assert loaded.area == pytest.approx(expected, rel=1e-5)
    texture = loaded.visual.material.baseColorTexture
    assert texture.size == (32, 32)
    original = read_image(exported.parent / "textures" / "texture.png")
    chart = make_layout(head.vt, head.ft, head.faces, 32).chart
    assert chart.mean() > 0.9
    np.testing.assert_array_equal(np.array(texture)[chart], original[chart])


def test_glb_has_smooth_normals_across_the_seam(exported):
    (loaded,) = trimesh.load(exported / "head.glb", process=False).geometry.values()
    radial = loaded.vertices / np.linalg.norm(loaded.vertices, axis=1, keepdims=True)
    assert np.einsum("ij,ij->i", loaded.vertex_normals, radial).min() > 0.99


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
