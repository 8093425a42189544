"""Squares around faces, against closed forms, and what is cut out of them, against pictures known at every point."""

import numpy as np
import pytest

from scoreface.demo.head.model import build_model, landmark_points
from scoreface.demo.people import random_head
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.views import View, frontal
from scoreface.training.align import Square, cut_square, ffhq_square, view_square


def landmarks(eyes, mouth, turn=0.0, scale=1.0, at=(0.0, 0.0)):
    """68 points of which those of the eyes and the mouth's corners lie around given middles, turned by radians."""
    points = np.random.default_rng(0).uniform(-1, 1, (68, 2))
    ring = 0.1 * np.stack([np.cos(np.arange(6)), np.sin(np.arange(6))], 1)
    ring -= ring.mean(0)
    points[36:42], points[42:48] = (np.array(eye) + ring for eye in eyes)
    points[[48, 54]] = mouth + np.array([[-0.3, 0.05], [0.3, -0.05]])
    cos, sin = np.cos(turn), np.sin(turn)
    return at + scale * points @ np.array([[cos, sin], [-sin, cos]])


@pytest.mark.parametrize(
    ("eyes", "mouth", "side", "middle"),
    [
        # Seen from the front: 4 eye distances; a tenth of the way down.
        (((-1, 0), (1, 0)), (0, 1.5), 8.0, (0, 0.15)),
        # Half in profile: 3.6 times the way from the eyes to the mouth.
        (((-0.5, 0), (0.5, 0)), (0, 2), 7.2, (0, 0.2)),
    ],
)
@pytest.mark.parametrize("turn", [0.0, 0.4, -2.0])
def test_a_face_is_framed_as_in_ffhq(eyes, mouth, side, middle, turn):
    square = ffhq_square(landmarks(eyes, mouth, turn, 30.0, (200.0, 100.0)))
    cos, sin = np.cos(turn), np.sin(turn)
    expected = (200.0, 100.0) + 30.0 * np.array(middle) @ np.array([[cos, sin], [-sin, cos]])
    np.testing.assert_allclose(square.middle, expected, atol=1e-9)
    np.testing.assert_allclose(square.half, 15.0 * side * np.array([cos, sin]), atol=1e-9)


def test_eyes_and_mouth_that_disagree_on_what_is_level_meet_halfway():
    # The eyes are level, and the way down from them leans by 90 degrees less 2 * 20.
    lean = np.deg2rad(40.0)
    mouth = 2.0 * np.array([-np.sin(lean), np.cos(lean)])
    half = ffhq_square(landmarks(((-1, 0), (1, 0)), mouth)).half
    assert np.rad2deg(np.arctan2(half[1], half[0])) == pytest.approx(20.0)


@pytest.mark.parametrize("azimuth", [-50, 0, 25])
def test_a_view_of_the_pipelines_is_framed_as_it_is(azimuth):
    mesh, _ = random_head(3, 16)
    turned = View(5, azimuth).rotation().apply(frontal(mesh, np.zeros(3)))
    points = landmark_points(build_model(), turned)
    seen = PerspectiveCamera().project(points, 500, 500)[:, :2] - 0.5
    # The head's own model has the inner 51; those of the jaw do not count.
    square = view_square(np.concatenate([np.repeat(seen[:1], 17, 0), seen]))
    assert square.side == pytest.approx(500, rel=0.08)
    np.testing.assert_allclose(square.middle, 249.5, atol=0.05 * 500)
    assert abs(square.half[1] / square.half[0]) < 0.1


def test_what_is_cut_out_is_what_lies_there():
    y, x = np.mgrid[:200, :300].astype(float)
    photo = np.stack([0.5 * x + 0.2 * y, 200 - 0.5 * y, 100 + 0.3 * x], 2).round().astype(np.uint8)
    square = Square(np.array([140.0, 90.0]), np.array([48.0, 36.0]))
    picture = cut_square(photo, np.ones((200, 300), bool), square, 20)
    at = square.points(20)
    expected = np.stack(
        [0.5 * at[..., 0] + 0.2 * at[..., 1], 200 - 0.5 * at[..., 1], 100 + 0.3 * at[..., 0]], 2
    )
    assert np.abs(picture - expected).max() < 1.5
    # The first pixel lies at the square's own upper left, half a pixel from there along both of its sides.
    corner = square.middle - square.half - [-square.half[1], square.half[0]]
    np.testing.assert_allclose(at[0, 0], corner + np.array([48.0 - 36.0, 36.0 + 48.0]) / 20)


def test_a_silhouette_is_hard_and_its_rim_not_darkened():
    photo = np.full((120, 120, 3), 200, np.uint8)
    photo[:, :33] = 10
    kept = np.zeros((120, 120), bool)
    kept[:, 33:] = True
    square = Square(np.array([59.5, 59.5]), np.array([60.0, 0.0]))
    picture = cut_square(photo, kept, square, 12)
    # Of the fourth pixel, 30 to 39, seven columns of ten are kept.
    assert (picture[:, :3] == 0).all()
    assert (picture[:, 3:] == 200).all()


def test_black_that_is_kept_is_not_nothing():
    square = Square(np.array([9.5, 9.5]), np.array([10.0, 0.0]))
    picture = cut_square(np.zeros((20, 20, 3), np.uint8), np.ones((20, 20), bool), square, 10)
    assert (picture == 1).all()
