"""The order of views, against geometry and the published order."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.geometry.mesh import load_obj
from scoreface.geometry.views import View, frontal, order_views, view_grid

ELEVATIONS, AZIMUTHS = [-10, 0, 10], [-40, -20, 0, 20, 40]


@pytest.mark.parametrize("view", [View(10, 20), View(-10, -40), View(0, 40)])
def test_the_view_that_shows_the_head_as_the_photo_does_comes_first(view):
    axis_angle = view.rotation().as_rotvec()
    ordered = order_views(view_grid(ELEVATIONS, AZIMUTHS), axis_angle)
    assert ordered[0] == (view, pytest.approx(0, abs=1e-4))


def test_distance_is_the_angle_between_the_views():
    # From the front, a view at azimuth a and elevation 0 is a degrees away.
    ordered = order_views(view_grid([0], AZIMUTHS), np.zeros(3))
    assert [(v.azimuth, round(d, 4)) for v, d in ordered] == [
        (0, 0),
        (-20, 20),
        (20, 20),
        (-40, 40),
        (40, 40),
    ]


def test_elevation_and_azimuth_move_the_camera_up_and_to_the_heads_left():
    # The crown moves towards the camera when it looks from above; so does the head's left side (+x) at +azimuth.
    crown, left = np.array([0, 1.0, 0]), np.array([1.0, 0, 0])
    assert View(10, 0).rotation().apply(crown)[2] > 0
    assert View(0, 10).rotation().apply(left)[2] > 0


@pytest.mark.parametrize("k", [0, 1, 2])
def test_published_order(reference, k):
    expected = np.load(reference / "views_bumpy.npz")
    grid = view_grid(expected["elevs"], expected["azimuths"])
    ordered = order_views(grid, expected[f"axis_angle_{k}"], "published")
    distance = {(view.elevation, view.azimuth): angle for view, angle in ordered}
    published = [distance[tuple(pair)] for pair in expected[f"order_{k}"]]
    # Views at equal angle may come in either order.
    np.testing.assert_allclose(published, sorted(published), atol=1e-4)


def test_from_the_front_the_photo_plays_no_part():
    grid = view_grid(ELEVATIONS, AZIMUTHS)
    ordered = order_views(grid, View(10, 40).rotation().as_rotvec(), "front")
    assert ordered == order_views(grid, np.zeros(3))
    assert ordered[0] == (View(0, 0), 0)


def test_unordered_views_keep_the_order_of_the_grid():
    grid = view_grid(ELEVATIONS, AZIMUTHS)
    unordered = order_views(grid, View(10, 40).rotation().as_rotvec(), "none")
    assert [view for view, _ in unordered] == grid
    # The angles are still those to the photo's view, which is the last of the grid.
    assert unordered[-1][1] == pytest.approx(0, abs=1e-4)


def test_unknown_start_is_refused():
    with pytest.raises(InputError, match=r"views\.start"):
        order_views([View(0, 0)], np.zeros(3), "random")


def test_frontal_undoes_the_photos_rotation(reference):
    mesh = load_obj(reference / "bumpy_head.obj")
    turned = View(10, -20).rotation()
    posed = replace(mesh, vertices=turned.apply(mesh.vertices))
    upright = frontal(posed, turned.as_rotvec())
    centred = mesh.vertices - mesh.vertices.mean(0)
    scale = np.linalg.norm(upright) / np.linalg.norm(centred)
    np.testing.assert_allclose(upright, centred * scale, atol=1e-9)
