"""Cameras against the geometry of similar triangles."""

import numpy as np
import pytest

from scoreface.geometry.camera import OrthographicCamera, PerspectiveCamera


@pytest.mark.parametrize("camera", [PerspectiveCamera(1.2, 60.0), OrthographicCamera(40.0)])
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
