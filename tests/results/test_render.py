"""What the pictures are made from: the studio, the textures, and the names of the views."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from scoreface.base.arrays import write_image
from scoreface.base.errors import InputError
from scoreface.geometry.camera import portrait_camera
from scoreface.geometry.mesh import save_obj
from scoreface.geometry.settings import LensSettings
from scoreface.geometry.views import View
from scoreface.results.render import load_studio, load_textures, view_name


@pytest.mark.parametrize(
    ("view", "name"),
    [
        (View(0, -60), "view_e+00_a-60.png"),
        (View(-10, 5), "view_e-10_a+05.png"),
        (View(-0.0, 120), "view_e+00_a+120.png"),
        (View(10, 7.5), "view_e+10_a+7.5.png"),
    ],
)
def test_view_names(view, name):
    assert view_name(view) == name


@pytest.mark.parametrize(("distance", "expected"), [(2.5, 2.5), ("auto", None)])
def test_a_studio_has_the_head_its_rotation_and_the_camera(sphere, tmp_path, distance, expected):
    turn = np.array([0.1, -0.4, 0.2])
    turned = replace(sphere, vertices=Rotation.from_rotvec(turn).apply(sphere.vertices))
    save_obj(turned, tmp_path / "head.obj", "texture.png")
    np.save(tmp_path / "turn.npy", turn)
    lens = LensSettings(field_of_view=60.0, distance=distance)
    studio = load_studio(tmp_path / "head.obj", tmp_path / "turn.npy", lens, "embree")
    np.testing.assert_allclose(studio.mesh.vertices, turned.vertices, atol=1e-6)
    # Its size is measured as it stands in the photo.
    np.testing.assert_allclose(studio.upright, sphere.vertices, atol=2e-3)
    assert (studio.camera.field_of_view, studio.back_end) == (60.0, "embree")
    auto = portrait_camera(sphere.vertices, 60.0, "auto").distance
    assert studio.camera.distance == pytest.approx(expected or auto, rel=2e-3)


@pytest.fixture
def textures(sphere, tmp_path):
    """Files of a complete texture, the photo's, and the mask of the photo's left half."""
    complete = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    known = np.arange(64) + np.zeros((64, 1)) < 32
    write_image(tmp_path / "texture.png", complete)
    write_image(tmp_path / "large.png", np.where(known[..., None], complete, 0).astype(np.uint8))
    write_image(tmp_path / "known.png", known)
    return [tmp_path / name for name in ("texture.png", "large.png", "known.png")]


def test_textures_come_with_the_share_that_the_photo_knows(sphere, textures):
    complete, photo = load_textures(sphere, *textures)
    assert complete.shape == (64, 64, 3)
    assert photo.shape == (64, 64, 4)
    assert photo[32, 10, 3] == 1
    assert photo[32, 50, 3] == 0
    np.testing.assert_array_equal(photo[32, 10, :3], complete[32, 10])


def test_textures_of_other_sizes_or_none_are_named(sphere, textures, tmp_path):
    write_image(tmp_path / "small.png", np.zeros((32, 32), bool))
    with pytest.raises(InputError, match=r"small\.png: 32 x 32 texels"):
        load_textures(sphere, *textures[:2], tmp_path / "small.png")
    write_image(tmp_path / "wide.png", np.zeros((32, 64, 3), np.uint8))
    with pytest.raises(InputError, match=r"wide\.png: 64 x 32 texels"):
        load_textures(sphere, tmp_path / "wide.png", *textures[1:])
    (tmp_path / "photo.txt").write_text("no picture")
    with pytest.raises(InputError, match=r"photo\.txt"):
        load_textures(sphere, textures[0], tmp_path / "photo.txt", textures[2])
