"""Display renders against closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation

from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.views import View
from scoreface.results.display import BLACK, PAPER, SUPERSAMPLING, Studio, lookup, reduced

SIZE = 96
CAMERA = PerspectiveCamera(distance=2.5, field_of_view=60)
FOCAL = SIZE / 2 / np.tan(np.radians(30))
UPRIGHT = np.zeros(3)


def flat(colour, size=64):
    return np.full((size, size, 3), colour, np.uint8)


def test_flat_colour_inside_background_outside_and_mixed_edge(sphere):
    colour = (200, 100, 50)
    picture = Studio(sphere, UPRIGHT, CAMERA).picture(flat(colour), View(0, 0), SIZE, PAPER)
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5 - SIZE / 2
    # A sphere's outline is the cone of its tangents.
    radius = FOCAL * np.tan(np.arcsin(1 / CAMERA.distance))
    distance = np.hypot(x, y)
    assert (picture[distance < radius - 1.5] == colour).all()
    assert (picture[distance > radius + 1.5] == PAPER).all()
    edge = picture[abs(distance - radius) <= 1.5].astype(int)
    mixed = (edge != colour).any(1) & (edge != PAPER).any(1)
    assert mixed.sum() > 50
    coverage = (PAPER[0] - picture[..., 0].astype(float)) / (PAPER[0] - colour[0])
    assert coverage.sum() == pytest.approx(np.pi * radius**2, rel=0.01)


def test_gradient_on_a_plane_is_the_closed_form(plane):
    texels = 64
    ramp = 20 + 200 * (np.arange(texels) + 0.5) / texels
    texture = np.stack(np.broadcast_arrays(ramp, ramp[::-1, None], 128), 2)
    picture = Studio(plane, UPRIGHT, CAMERA).picture(texture, View(0, 0), SIZE, BLACK)
    centre = (np.arange(SIZE) + 0.5 - SIZE / 2) * CAMERA.distance / FOCAL
    # Away from the border interpolation has both neighbours, and a ramp comes out exactly.
    inside = np.flatnonzero(abs(centre) < 1 - 4 / texels)
    expected = 20 + 200 * (centre[inside] + 1) / 2
    found = picture[np.ix_(inside, inside)].astype(float)
    np.testing.assert_allclose(found[..., 0], np.tile(expected, (len(inside), 1)), atol=0.51)
    upwards = np.tile(expected[::-1, None], (1, len(inside)))
    np.testing.assert_allclose(found[..., 1], upwards, atol=0.51)
    assert (picture[0] == BLACK).all()


def test_positive_azimuth_shows_the_left_side_and_positive_elevation_the_top(sphere):
    left = flat((0, 0, 0))
    left[:, 32:] = 255  # u > 1/2 is +x
    top = flat((0, 0, 0))
    top[:32] = 255  # v > 1/2 is +y
    studio = Studio(sphere, UPRIGHT, CAMERA)
    for texture, view in ((left, View(0, 60)), (top, View(60, 0))):
        seen = studio.picture(texture, view, SIZE, BLACK).mean()
        other = View(-view.elevation, -view.azimuth)
        assert seen > 5 * studio.picture(texture, other, SIZE, BLACK).mean()


def test_the_photos_rotation_is_undone(sphere):
    texture = np.random.default_rng(0).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    axis_angle = np.array([0.2, -0.6, 0.1])
    turned = replace(sphere, vertices=Rotation.from_rotvec(axis_angle).apply(sphere.vertices))
    expected = Studio(sphere, UPRIGHT, CAMERA).picture(texture, View(5, 20), SIZE, PAPER)
    # Turning a sphere's vertices changes its largest coordinate, and so its scale, a little.
    found = Studio(turned, axis_angle, CAMERA).picture(texture, View(5, 20), SIZE, PAPER)
    assert abs(expected.astype(int) - found).mean() < 2


def test_normals_of_a_sphere_are_its_points(sphere):
    snapshot = Studio(sphere, UPRIGHT, CAMERA).snapshot(View(0, 0), SIZE)
    longitude, height = np.pi * (2 * snapshot.uv[:, 0] - 1), np.pi * (snapshot.uv[:, 1] - 0.5)
    expected = np.cos(height) * np.cos(longitude)
    np.testing.assert_allclose(snapshot.normal[:, 2], expected, atol=0.03)


def test_lookup_is_exact_at_texel_centres_and_linear_between():
    texture = np.random.default_rng(1).random((4, 4, 2))
    rows, columns = np.mgrid[:4, :4]
    uv = np.stack([(columns.ravel() + 0.5) / 4, 1 - (rows.ravel() + 0.5) / 4], 1)
    np.testing.assert_allclose(lookup(texture, uv), texture.reshape(-1, 2), atol=1e-6)
    between = lookup(texture, np.array([[1.75 / 4, 1 - 0.5 / 4]]))
    np.testing.assert_allclose(between[0], 0.75 * texture[0, 1] + 0.25 * texture[0, 2], rtol=1e-5)


@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.float64])
def test_lookup_is_scipys_linear_interpolation(kind):
    generator = np.random.default_rng(2)
    texture = (255 * generator.random((32, 32, 4))).astype(kind)
    # Out to the edges of the texture, where there is one neighbour only.
    uv = np.concatenate([generator.random((500, 2)), [[0, 0], [1, 1], [0, 1], [1, 0]]])
    at = [(1 - uv[:, 1]) * 32 - 0.5, uv[:, 0] * 32 - 0.5]
    channels = [
        ndimage.map_coordinates(texture[..., c].astype(float), at, order=1, mode="nearest")
        for c in range(4)
    ]
    np.testing.assert_allclose(lookup(texture, uv), np.stack(channels, 1), atol=1e-3)


def test_one_snapshot_shows_textures_as_views_drawn_alone_do(sphere):
    generator = np.random.default_rng(3)
    view = View(10, 25)
    snapshot = Studio(sphere, UPRIGHT, CAMERA).snapshot(view, SIZE)
    for side in (64, 1024):
        texture = generator.integers(0, 256, (side, side, 3)).astype(np.uint8)
        alone = Studio(sphere, UPRIGHT, CAMERA).picture(texture, view, SIZE, PAPER)
        coarse = reduced(texture, SUPERSAMPLING * SIZE)
        assert len(coarse) < 1024
        np.testing.assert_array_equal(snapshot.picture(texture, PAPER), alone)
        np.testing.assert_array_equal(snapshot.picture(coarse, PAPER), alone)


def test_a_pixel_is_the_mean_of_its_samples(sphere):
    snapshot = Studio(sphere, UPRIGHT, CAMERA).snapshot(View(0, 0), SIZE)
    colours = 255 * np.random.default_rng(4).random((len(snapshot.uv), 3))
    samples = np.full((*snapshot.inside.shape, 3), PAPER, float)
    samples[snapshot.inside] = colours
    expected = samples.reshape(SIZE, SUPERSAMPLING, SIZE, SUPERSAMPLING, 3).mean((1, 3))
    np.testing.assert_allclose(snapshot.develop(colours, PAPER), expected, atol=0.5001)


def test_a_fine_texture_is_averaged_before_it_is_sampled():
    texture = np.zeros((64, 64, 1))
    texture[::2, ::2] = texture[1::2, 1::2] = 200
    result = reduced(texture, 16)
    assert result.shape == (32, 32, 1)
    assert (result == 100).all()
    assert reduced(texture, 32) is texture
