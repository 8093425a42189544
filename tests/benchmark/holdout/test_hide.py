"""What is hidden is what a camera elsewhere would not see, and nobody who completes can know of it."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.base.arrays import read_image
from scoreface.base.errors import PhotoError
from scoreface.base.settings import read
from scoreface.benchmark.baselines import BASELINES
from scoreface.benchmark.holdout.hide import hide, seen_from
from scoreface.benchmark.methods import run_pipeline
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.rasterise import rasterise
from scoreface.parse.labels import HAIR
from scoreface.score.gaussian import GaussianScore
from scoreface.stages import project


def turned(vertices, yaw):
    """Vertices as a camera sees them that has gone around, by the matrix of the textbook."""
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    return vertices @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]).T


def depth_test(lifted, yaw, min_cosine):
    """Which texels such a camera sees: their faces turned to it, and nothing nearer in its picture of depths."""
    vertices, faces, layout = turned(lifted.shown, yaw), lifted.head.faces, lifted.layout
    side = np.ptp(vertices, axis=0).max()
    corner = vertices.min(axis=0) - 0.05 * side
    pixels = 800
    camera = OrthographicCamera(pixels / (1.1 * side))
    moved = vertices - [corner[0], corner[1], 0]
    fragments = rasterise(moved, faces, camera, (pixels, pixels))
    depth = fragments.interpolate(moved, faces)[..., 2]
    depth[fragments.background] = -np.inf
    points = layout.interpolate(moved)
    column, row = camera.project(points, pixels, pixels)[:, :2].T.astype(int)
    corners = vertices[layout.vertices]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    cosine = normals[:, 2] / np.linalg.norm(normals, axis=1)
    return layout.picture(
        (cosine >= min_cosine) & (points[:, 2] >= depth[row, column] - 0.01 * side)
    )


@pytest.mark.parametrize("yaw", [-60, -30, 45])
def test_a_camera_elsewhere_sees_what_lies_open_to_it(lifted, config, yaw):
    settings = read(project.Settings, config)
    seen = seen_from(lifted, settings, yaw)
    expected = depth_test(lifted, yaw, settings.min_cosine)
    chart = lifted.layout.chart
    # Normals are smooth there and those of the faces here, so the limbs differ by a texel here and there.
    assert (seen ^ expected)[chart].mean() < 0.03
    assert 0.2 < seen[chart].mean() < 0.6


@pytest.mark.parametrize("yaw", [-40, 35])
def test_it_is_what_a_photo_from_there_shows(lift, lifted, config, yaw):
    # The heads of all photos of one person differ by the yaw alone.
    other = lift(10 + yaw)
    seen = seen_from(lifted, read(project.Settings, config), yaw)
    # The neck's end lies below the picture.
    camera, side = OrthographicCamera(other.head.scale), len(read_image(other.photo))
    rows = camera.project(other.layout.interpolate(other.shown), side, side)[:, 1]
    inside = other.layout.picture(rows < side - 1)
    assert ((seen & inside) != other.observed)[lifted.layout.chart].mean() < 0.001


@pytest.mark.parametrize(("yaw", "side"), [(45, 1), (-45, -1)])
def test_the_far_side_is_hidden_and_the_rest_stays(lifted, config, yaw, side):
    held = hide(lifted, config, yaw)
    # The face turns to the picture's right and takes its side there, the head's left one, out of sight.
    points = lifted.layout.interpolate(turned(lifted.shown, -10))
    x = points[held.hidden.ravel()[lifted.layout.texels]][:, 0] - lifted.shown[:, 0].mean()
    assert side * x.mean() > 0.02
    assert not (held.hidden & held.scene.known).any()
    assert (held.hidden | held.scene.known == held.whole.known).all()
    assert (held.whole.known == lifted.observed).all()
    assert (held.scene.large[held.scene.known] == lifted.texture[held.scene.known]).all()
    assert not held.scene.large[~held.scene.known].any()
    assert not held.scene.carried.labels[~held.scene.known].any()


def test_the_further_away_the_more_is_hidden(lifted, config):
    shares = [hide(lifted, config, yaw).hidden.mean() for yaw in (30, 45, 60)]
    assert shares == sorted(shares)
    assert shares[0] > 0.02


def test_no_completion_knows_of_what_is_hidden(lifted, config, tmp_path):
    yaw = 45
    hidden = hide(lifted, config, yaw).hidden
    texture, labels = lifted.texture.copy(), lifted.carried.labels.copy()
    texture[hidden] = np.random.default_rng(0).integers(0, 256, (hidden.sum(), 3))
    labels[hidden] = HAIR
    other = replace(lifted, texture=texture, carried=lifted.carried._replace(labels=labels))
    images = np.random.default_rng(0).random((4, 3, 32, 32)).astype(np.float32)
    GaussianScore.fit(images, 2).save(tmp_path / "prior.npz")
    config = {**config, "assets": {**config["assets"], "score_model": str(tmp_path / "prior.npz")}}
    config["views"] = {"elevations": [0], "azimuths": [-20, 20], "start": "photo"}
    config["inpaint"] = {**config["inpaint"], "face_size": 32, "gpu": 0}
    config["inpaint"]["joint"] = {**config["inpaint"]["joint"], "noise_levels": 3}

    def completed(lifted):
        scene = hide(lifted, config, yaw).scene
        textures = [method(scene) for method in BASELINES.values()]
        return np.stack([*textures, run_pipeline(scene, "face", config).textures[0]])

    result = completed(lifted)
    assert (completed(other) == result).all()
    # What is kept, they do know.
    kept = hide(lifted, config, yaw).scene.known
    texture = lifted.texture.copy()
    texture[kept] = 255 - texture[kept]
    changed = completed(replace(lifted, texture=texture)) != result
    assert changed[:, hidden].any(axis=(1, 2)).all()


def test_what_cannot_be_hidden_is_said(lifted, config):
    with pytest.raises(PhotoError, match=r"turned by 95 degrees, its face away"):
        hide(lifted, config, 85)
    seen = seen_from(lifted, read(project.Settings, config), 30)
    with pytest.raises(PhotoError, match="nothing would be hidden"):
        hide(replace(lifted, observed=lifted.observed & seen), config, 30)
    with pytest.raises(PhotoError, match="nothing would be left"):
        hide(replace(lifted, observed=lifted.observed & ~seen), config, 30)
