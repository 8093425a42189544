"""The export stage: OBJ and GLB, read back by trimesh."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from scoreface.base.arrays import read_image, write_image
from scoreface.base.errors import InputError
from scoreface.geometry.mesh import load_obj, save_obj
from scoreface.stages.export import Inputs, Outputs, Settings, run
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
    inputs = Inputs(
        mesh=tmp_path / "mesh" / "head.obj",
        axis_angle=tmp_path / "mesh" / "axis_angle.npy",
        texture=tmp_path / "textures" / "texture.png",
    )
    out = Outputs(obj=tmp_path / "out" / "head.obj", glb=tmp_path / "out" / "head.glb")
    run(inputs, out, Settings())
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


def test_a_damaged_texture_is_named(exported):
    folder = exported.parent
    (folder / "textures" / "texture.png").write_text("no picture")
    inputs = Inputs(
        mesh=folder / "mesh" / "head.obj",
        axis_angle=folder / "mesh" / "axis_angle.npy",
        texture=folder / "textures" / "texture.png",
    )
    with pytest.raises(InputError, match=r"texture\.png: cannot be read as a picture"):
        run(inputs, Outputs(obj=folder / "a.obj", glb=folder / "a.glb"), Settings())
    assert not (folder / "a.glb").exists()
