"""Cameras against the geometry of similar triangles."""

import numpy as np
import pytest

from scoreface.geometry.camera import (
    OrthographicCamera,
    PerspectiveCamera,
    WindowCamera,
    portrait_camera,
)
from scoreface.geometry.views import View

WINDOW = WindowCamera(PerspectiveCamera(3.0, 20.0), (40, 50), 8, 2.0 - 1.0j, 7.0 + 9.0j)


@pytest.mark.parametrize("camera", [PerspectiveCamera(1.2, 60.0), OrthographicCamera(40.0), WINDOW])
def test_points_along_a_pixels_ray_project_to_its_centre(camera):
    origins, directions = camera.rays(8, 10)
    pixels = camera.project(origins + 0.9 * directions, 8, 10)
    rows, columns = np.mgrid[0:8, 0:10]
    np.testing.assert_allclose(pixels[:, 0], columns.ravel() + 0.5, atol=1e-9)
    np.testing.assert_allclose(pixels[:, 1], rows.ravel() + 0.5, atol=1e-9)


def test_field_of_view_spans_the_height():
    # At distance d the picture's upper edge is d * tan(fov / 2) above the axis.
    camera = PerspectiveCamera(distance=1.2, field_of_view=60.0)
    top = np.array([[0.0, 1.2 * np.tan(np.radians(30)), 0.0]])
    np.testing.assert_allclose(camera.project(top, 100, 100), [[50, 0, 1.2]], atol=1e-9)


def test_orthographic_y_counts_from_the_bottom_edge():
    x, y, _ = OrthographicCamera(10.0).project(np.array([[2.0, 3.0, 0.5]]), 64, 64)[0]
    assert (x, y) == (20.0, 34.0)


def test_a_window_shows_a_part_of_the_picture_turned_and_enlarged():
    camera = PerspectiveCamera(3.0, 20.0)
    points = np.random.default_rng(0).uniform(-0.3, 0.3, (9, 3))
    inner, window = camera.project(points, 40, 50), WINDOW.project(points, 8, 8)
    # Pixel (x, y) of the window shows pixel (2 x + y + 7, 2 y - x + 9).
    np.testing.assert_allclose(2 * window[:, 0] + window[:, 1] + 7, inner[:, 0], atol=1e-9)
    np.testing.assert_allclose(2 * window[:, 1] - window[:, 0] + 9, inner[:, 1], atol=1e-9)
    np.testing.assert_allclose(window[:, 2], inner[:, 2])
    # A finer raster divides the same square.
    np.testing.assert_allclose(WINDOW.project(points, 24, 24)[:, :2], 3 * window[:, :2])


def test_a_window_of_an_upright_square_has_the_camera_s_own_rays():
    camera = OrthographicCamera(10.0)
    window = WindowCamera(camera, (40, 50), 4, 1.0 + 0.0j, 6.0 + 5.0j)
    origins = camera.rays(40, 50)[0].reshape(40, 50, 3)
    np.testing.assert_allclose(window.rays(4, 4)[0].reshape(4, 4, 3), origins[5:9, 6:10])


@pytest.mark.parametrize("field_of_view", [10.0, 20.0, 60.0])
def test_a_portrait_has_all_above_the_centre_in_the_picture_from_every_side(field_of_view):
    # An egg, upright and behind the axis, on a neck that is wider than the picture.
    rng = np.random.default_rng(0)
    egg = rng.normal(size=(4000, 3))
    egg *= [0.6, 0.8, 0.6] / np.linalg.norm(egg, axis=1, keepdims=True)
    egg[:, 2] -= 0.1
    vertices = np.concatenate([egg, [[1.0, -0.9, 0], [-1.0, -0.9, 0]]])
    camera = portrait_camera(vertices, field_of_view, "auto")
    above = vertices[vertices[:, 1] >= 0]
    shares = []
    for azimuth in range(-180, 180, 10):
        turned = View(0, azimuth).rotation().apply(above)
        pixels = camera.project(turned, 2, 2)[:, :2] - 1
        shares.append(np.abs(pixels).max())
    # It just does: there is no more than a narrow margin around.
    assert 0.93 < max(shares) < 1
    assert portrait_camera(vertices, field_of_view, 4).distance == 4
