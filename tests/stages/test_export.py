"""The export stage: OBJ, GLB and zip, read back by trimesh."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from scoreface import __version__
from scoreface.base.arrays import read_image, write_image, write_labels
from scoreface.base.errors import InputError
from scoreface.geometry.mesh import load_obj, save_obj
from scoreface.stages.export import Inputs, Outputs, Settings, run
from scoreface.texture.layout import make_layout
from scoreface.texture.state import GENERATED_1, LEGEND, OBSERVED

AXIS_ANGLE = np.array([0.3, -0.5, 0.2])


@pytest.fixture
def folder(tmp_path, sphere):
    """What the stages before leave of a sphere, 0.1 in radius, that was turned and moved."""
    turned = 0.1 * Rotation.from_rotvec(AXIS_ANGLE).apply(sphere.vertices) + [0.4, 0.3, 0.0]
    save_obj(replace(sphere, vertices=turned), tmp_path / "mesh" / "head.obj", "x.png")
    np.save(tmp_path / "mesh" / "axis_angle.npy", AXIS_ANGLE)
    texture = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    labels = np.full((32, 32), OBSERVED, np.uint8)
    labels[:8] = GENERATED_1
    write_image(tmp_path / "texture.png", texture)
    write_image(tmp_path / "texture" / "large.png", texture)
    write_image(tmp_path / "texture" / "known.png", labels == OBSERVED)
    write_labels(tmp_path / "provenance.png", labels, LEGEND, [(9 * k, 0, 0) for k in LEGEND])
    return tmp_path


def _export(folder):
    inputs = Inputs(
        id="00042",
        mesh=folder / "mesh" / "head.obj",
        axis_angle=folder / "mesh" / "axis_angle.npy",
        texture=folder / "texture.png",
        provenance=folder / "provenance.png",
        large=folder / "texture" / "large.png",
        known=folder / "texture" / "known.png",
    )
    out = Outputs(*(folder / f"head.{ending}" for ending in ("obj", "glb", "zip", "js")))
    run(inputs, out, Settings())


@pytest.fixture
def exported(folder):
    """The folder once the stage has run."""
    _export(folder)
    return folder


def test_obj_is_upright_centred_in_units_and_order(exported, sphere):
    head = load_obj(exported / "head.obj")
    upright = 0.1 * (sphere.vertices - sphere.vertices.mean(0))
    np.testing.assert_allclose(head.vertices, upright, atol=1e-8)
    np.testing.assert_array_equal(head.faces, sphere.faces)
    np.testing.assert_array_equal(head.ft, sphere.ft)
    np.testing.assert_allclose(head.vt, sphere.vt, atol=1e-8)


def test_obj_has_the_normals_of_its_vertices(exported):
    lines = [line.split() for line in (exported / "head.obj").read_text().splitlines()]
    normals = np.array([line[1:] for line in lines if line[0] == "vn"], float)
    np.testing.assert_allclose(normals, load_obj(exported / "head.obj").vertex_normals(), atol=1e-5)
    corners = [corner.split("/") for line in lines if line[0] == "f" for corner in line[1:]]
    assert all(vertex == normal for vertex, _, normal in corners)


def test_obj_finds_its_texture_beside_it_and_so_in_the_zip(exported, tmp_path):
    assert "mtllib head.mtl" in (exported / "head.obj").read_text()
    assert "map_Kd texture.png" in (exported / "head.mtl").read_text().splitlines()
    with zipfile.ZipFile(exported / "head.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    unpacked = {path.name: path.read_bytes() for path in (tmp_path / "unpacked").iterdir()}
    names = ["head.obj", "head.mtl", "texture.png", "provenance.png", "head.glb"]
    assert unpacked == {name: (exported / name).read_bytes() for name in names}
    loaded = trimesh.load(tmp_path / "unpacked" / "head.obj", process=False)
    np.testing.assert_array_equal(
        np.array(loaded.visual.material.image), read_image(exported / "texture.png")
    )


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
    original = read_image(exported / "texture.png")
    chart = make_layout(head.vt, head.ft, head.faces, 32).chart
    assert chart.mean() > 0.9
    np.testing.assert_array_equal(np.array(texture)[chart], original[chart])


def test_glb_has_smooth_normals_across_the_seam(exported):
    (loaded,) = trimesh.load(exported / "head.glb", process=False).geometry.values()
    radial = loaded.vertices / np.linalg.norm(loaded.vertices, axis=1, keepdims=True)
    assert np.einsum("ij,ij->i", loaded.vertex_normals, radial).min() > 0.99


def test_glb_says_whose_it_is_and_where_its_texels_come_from(exported):
    content = (exported / "head.glb").read_bytes()
    tree = json.loads(content[20 : 20 + int.from_bytes(content[12:16], "little")])
    (extras,) = [node["extras"] for node in tree["nodes"] if "mesh" in node]
    assert extras["id"] == "00042"
    assert extras["scoreface"] == __version__
    assert extras["provenance"][LEGEND[OBSERVED]] == 0.75
    assert extras["provenance"][LEGEND[GENERATED_1]] == 0.25


def test_the_viewers_script_is_there(exported):
    assert (exported / "head.js").read_text().startswith('scorefaceHead("00042", {')


@pytest.mark.parametrize("name", ["texture.png", "provenance.png", "texture/known.png"])
def test_a_damaged_picture_is_named_and_nothing_written(folder, name):
    (folder / name).write_text("no picture")
    with pytest.raises(InputError, match=f"{name}: cannot be read as a picture"):
        _export(folder)
    assert not list(folder.glob("head.*"))
