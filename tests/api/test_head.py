"""A head read from the files of a finished face."""

import io

import numpy as np
import pytest
import trimesh
from PIL import Image
from scipy.spatial.transform import Rotation

import scoreface
from scoreface.base.arrays import write_image, write_labels
from scoreface.base.errors import InputError
from scoreface.base.files import write_json
from scoreface.demo.head.model import build_model
from scoreface.geometry.mesh import Mesh, save_obj
from scoreface.texture.state import COMPLETED, GENERATED_1, LEGEND, OBSERVED, OUTSIDE

SIZE = 64
AXIS_ANGLE = np.array([0.2, -0.6, 0.1])
LEFT, RIGHT = (200, 40, 30), (30, 60, 220)
COLOURS = [(0, 0, 0), (10, 250, 10), (250, 250, 10), (0, 0, 1), (250, 10, 250)]


@pytest.fixture
def folder(tmp_path):
    """The embedded head, turned; its left half red and observed, its right half blue and generated."""
    model = build_model()
    vertices = Rotation.from_rotvec(AXIS_ANGLE).apply(model.v_template) + np.array([1, 2, 3])
    mesh = Mesh(vertices, model.f, model.vt, model.ft)
    root = tmp_path / "00042"
    save_obj(mesh, root / "mesh" / "head.obj", "x.png")
    np.save(root / "mesh" / "axis_angle.npy", AXIS_ANGLE)
    texture = np.full((SIZE, SIZE, 3), LEFT, np.uint8)
    labels = np.full((SIZE, SIZE), OBSERVED, np.uint8)
    # Which side of the head a half of the chart is on, the mesh says.
    centre = mesh.vt[mesh.ft].mean(1)
    side = model.v_template[mesh.faces].mean(1)[:, 0]
    right = (np.arange(SIZE) >= SIZE / 2) == bool(side[centre[:, 0] >= 0.5].mean() < 0)
    texture[:, right], labels[:, right] = RIGHT, GENERATED_1
    write_image(root / "texture.png", texture)
    write_labels(root / "provenance.png", labels, LEGEND, COLOURS)
    write_json(root / "fit" / "fit.json", {"yaw": -34.0})
    return root


def test_a_head_is_what_its_files_say(folder):
    head = scoreface.Head.load(folder)
    assert head.id == "00042"
    assert head.texture.shape == (SIZE, SIZE, 3)
    assert head.fit["yaw"] == -34.0
    assert head.observed.mean() == 0.5
    assert head.shares == {
        LEGEND[OBSERVED]: 0.5,
        LEGEND[GENERATED_1]: 0.5,
        LEGEND[3]: 0.0,
        LEGEND[COMPLETED]: 0.0,
    }
    upright = build_model().v_template
    np.testing.assert_allclose(head.mesh.vertices, upright - upright.mean(0), atol=1e-6)
    assert repr(head) == "<Head 00042: 64 texels a side, 50% observed>"
    assert (head.further, head.uncertainty) == ((), None)


def test_pictures_show_the_side_that_the_camera_sees(folder):
    head = scoreface.Head.load(folder)
    shares = {}
    for azimuth in (-80, 0, 80):
        picture = head.render(scoreface.View(0, azimuth), size=96, background=(255, 255, 255))
        assert picture.shape == (96, 96, 3)
        assert (picture[0, 0] == 255).all()
        red = (picture.astype(int)[..., 0] > picture.astype(int)[..., 2] + 50).sum()
        blue = (picture.astype(int)[..., 2] > picture.astype(int)[..., 0] + 50).sum()
        shares[azimuth] = red / (red + blue)
    # The head's left is red, and a positive azimuth sees it from there.
    assert shares[80] > 0.9
    assert 0.4 < shares[0] < 0.6
    assert shares[-80] < 0.1


def test_another_texture_can_be_shown(folder):
    head = scoreface.Head.load(folder)
    picture = head.render(size=64, texture=head.colours[head.provenance]).reshape(-1, 3)
    assert (np.abs(picture.astype(int) - COLOURS[OBSERVED]).max(1) == 0).sum() > 500
    assert (np.abs(picture.astype(int) - COLOURS[GENERATED_1]).max(1) == 0).sum() > 500
    assert OUTSIDE == 0


def test_a_notebook_shows_the_frontal_picture(folder):
    head = scoreface.Head.load(folder)
    with Image.open(io.BytesIO(head._repr_png_())) as picture:
        np.testing.assert_array_equal(np.array(picture), head.render(size=256))


@pytest.mark.parametrize("ending", ["glb", "obj"])
def test_other_programs_read_it(folder, tmp_path, ending):
    head = scoreface.Head.load(folder)
    head.save(tmp_path / "out" / f"face.{ending}")
    loaded = trimesh.load(tmp_path / "out" / f"face.{ending}", process=False, force="mesh")
    expected = trimesh.Trimesh(head.mesh.vertices, head.mesh.faces, process=False)
    assert loaded.area == pytest.approx(expected.area, rel=1e-5)
    material = loaded.visual.material
    picture = material.baseColorTexture if ending == "glb" else material.image
    chart = head.provenance != OUTSIDE
    np.testing.assert_array_equal(np.array(picture.convert("RGB"))[chart], head.texture[chart])


def test_what_is_no_finished_face_is_named(folder, tmp_path):
    with pytest.raises(InputError, match="no finished face"):
        scoreface.Head.load(tmp_path)
    with pytest.raises(InputError, match=r"saved as \.glb or \.obj"):
        scoreface.Head.load(folder).save(tmp_path / "head.ply")
