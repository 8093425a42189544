"""Views of a photo, and faces cut out of it: what lies where."""

import numpy as np
import pytest

from scoreface.fitting.upright import box_around, cut_out, spread
from scoreface.fitting.view import around, whole


@pytest.fixture(scope="module")
def ramp() -> np.ndarray:
    """(90, 140, 3): red is the column, green the row."""
    rows, columns = np.mgrid[:90, :140]
    return np.stack([columns, rows, np.full_like(rows, 200)], axis=-1).astype(np.uint8)


def assert_pixels_are_where_the_view_says(view, ramp):
    """Red and green of each pixel, away from the photo's edge, are the place in the photo."""
    height, width = view.pixels.shape[:2]
    rows, columns = np.mgrid[:height, :width]
    places = view.in_photo(np.stack([columns, rows], axis=-1))
    inside = ((places > 4) & (places < np.array([135, 85]))).all(axis=-1)
    assert inside.sum() > 100
    assert np.abs(view.pixels[..., :2] - places)[inside].max() < max(1.2, 0.4 * view.zoom)
    outside = ((places < -2) | (places > np.array([141, 91]))).any(axis=-1)
    assert not view.pixels[outside].any(), "black beyond the photo"


@pytest.mark.parametrize("turn", [0, 45, -45, 90, 180, 33])
@pytest.mark.parametrize(("side", "edge"), [(512, 0.0), (80, 0.0), (512, 0.5), (60, 0.5)])
def test_the_whole_photo(ramp, turn, side, edge):
    view = whole(ramp, side, turn, edge)
    assert_pixels_are_where_the_view_says(view, ramp)
    corners = np.array([[0, 0], [139, 0], [0, 89], [139, 89]])
    back = (corners - view.offset) @ np.linalg.inv(view.linear).T
    height, width = view.pixels.shape[:2]
    assert (back > -1).all()
    assert (back < np.array([width, height])).all(), "all of it is in the view"
    if turn == 0:
        longest = max(height, width)
        assert longest == pytest.approx(min(side, 140 * (1 + 2 * edge)), abs=1)


def test_a_photo_that_is_small_enough_is_left_as_it_is(ramp):
    np.testing.assert_array_equal(whole(ramp, 140).pixels, ramp)


def test_counter_clockwise_is_positive(ramp):
    view = whole(ramp, 512, turn=90)
    np.testing.assert_allclose(view.in_photo(np.array([0.0, 0.0])), [139, 0], atol=1e-9)


@pytest.mark.parametrize(("zoom", "turn"), [(0.5, 0), (0.5, 70), (2.0, -20)])
def test_a_place_is_in_the_middle(ramp, zoom, turn):
    view = around(ramp, np.array([70.0, 45.0]), zoom, turn, 41)
    assert view.pixels.shape == (41, 41, 3)
    np.testing.assert_allclose(view.in_photo(np.array([20.0, 20.0])), [70, 45])
    assert view.zoom == pytest.approx(zoom)
    assert_pixels_are_where_the_view_says(view, ramp)


@pytest.mark.parametrize("roll", [0, 25, -110, 180])
def test_a_face_is_cut_out_upright(ramp, roll):
    rng = np.random.default_rng(1)
    inner = rng.normal(0, 10, (51, 2))
    inner[19:25], inner[25:31] = inner[19:25] * 0.1 - [8, 5], inner[25:31] * 0.1 + [8, -5]
    inner -= inner.mean(axis=0)
    angle = np.radians(roll)
    turned = inner @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    faces = [points + np.array([70, 45]) for points in (inner, turned)]
    views = [cut_out(ramp, face, 200) for face in faces]
    places = [
        (face - view.offset) @ np.linalg.inv(view.linear).T
        for view, face in zip(views, faces, strict=True)
    ]
    np.testing.assert_allclose(places[1], places[0], atol=1e-9)
    eyes = places[0][25:31].mean(axis=0) - places[0][19:25].mean(axis=0)
    assert eyes[0] > 0
    assert abs(eyes[1]) < 1e-9
    np.testing.assert_allclose(places[0].mean(axis=0), [99.5, 99.5])


def test_the_box_follows_the_face():
    points = np.random.default_rng(2).normal(50, 10, (51, 2))
    box, moved = box_around(points), box_around(2 * points + [3, 4])
    np.testing.assert_allclose(moved, 2 * box + [3, 4, 3, 4])
    assert spread(points - 7) == pytest.approx(spread(points))
    np.testing.assert_allclose((box[:2] + box[2:]) / 2, points.mean(axis=0))
