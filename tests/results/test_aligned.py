"""Aligned pictures: the five points against the template, and the pixels against the points."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from scoreface.demo.head.model import build_model, landmark_points
from scoreface.fitting.flame import LandmarkEmbedding
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import View
from scoreface.results.aligned import (
    SIZE,
    TEMPLATE,
    aligned_camera,
    draw_aligned,
    five_points,
    similarity,
)
from scoreface.results.display import Studio

VIEWS = [View(0, 0), View(0, -40), View(10, 75), View(5, 30, 25)]


@pytest.fixture(scope="module")
def head() -> tuple[Mesh, LandmarkEmbedding]:
    model = build_model()
    mesh = Mesh(model.v_template, model.f.astype(np.int64), model.vt, model.ft)
    return mesh, LandmarkEmbedding(model.lmk_face_idx, model.lmk_b_coords)


@pytest.fixture(scope="module")
def studio(head) -> Studio:
    return Studio(head[0], np.array([0.1, 0.3, -0.2]), PerspectiveCamera(5.0, 20.0))


def moved(parameters: np.ndarray, points: np.ndarray) -> np.ndarray:
    a, b, x, y = parameters
    return points @ np.array([[a, b], [-b, a]]) + [x, y]


def test_a_similarity_is_found_again():
    points = np.random.default_rng(0).normal(size=(5, 2))
    turn, shift = similarity(points, moved([0.3, -1.2, 4, 5], points))
    assert turn == pytest.approx(0.3 - 1.2j)
    assert shift == pytest.approx(4 + 5j)


def test_no_similarity_brings_points_nearer():
    rng = np.random.default_rng(1)
    points, targets = rng.normal(size=(2, 5, 2))
    turn, shift = similarity(points, targets)
    found = moved([turn.real, turn.imag, shift.real, shift.imag], points)
    best = least_squares(lambda p: (moved(p, points) - targets).ravel(), [1, 0, 0, 0])
    assert ((found - targets) ** 2).sum() == pytest.approx(2 * best.cost, rel=1e-6)


def test_the_five_points_are_eyes_nose_and_mouth(head):
    mesh, embedding = head
    landmarks = landmark_points(build_model(), mesh.vertices)
    # iBUG numbers of all 68: two eyes of six points, the tip of the nose, the mouth's corners.
    expected = [
        landmarks[np.arange(36, 42) - 17].mean(0),
        landmarks[np.arange(42, 48) - 17].mean(0),
        *landmarks[np.array([30, 48, 54]) - 17],
    ]
    np.testing.assert_allclose(five_points(mesh, embedding), expected, atol=1e-12)


@pytest.mark.parametrize("view", VIEWS)
def test_the_points_lie_as_near_to_the_template_as_a_similarity_can(studio, head, view):
    points = five_points(studio.turned(view), head[1])
    pixels = studio.camera.project(points, 300, 300)[:, :2]
    best = least_squares(lambda p: (moved(p, pixels) - TEMPLATE).ravel(), [0.4, 0, 0, 0])
    found = aligned_camera(studio, view, head[1]).project(points, SIZE, SIZE)[:, :2]
    assert ((found - TEMPLATE) ** 2).sum() == pytest.approx(2 * best.cost, rel=1e-4)
    if view == View(0, 0):
        # A face from the front fits to within what faces differ.
        assert np.abs(found - TEMPLATE).max() < 6


def test_what_is_painted_at_a_point_is_seen_there(studio, head):
    mesh, embedding = head
    # A texture that is bright at the left mouth corner alone.
    number = 48 - 17
    corners = mesh.vt[mesh.ft[embedding.faces[number]]]
    u, v = embedding.barycentric[number] @ corners
    size = 1024
    rows, columns = np.indices((size, size))
    spot = np.hypot(columns - u * size, rows - (1 - v) * size) < 8
    texture = np.where(spot[..., None], 255, 0).astype(np.uint8) * np.ones(3, np.uint8)
    picture = draw_aligned(studio, texture, View(0, 0), embedding).astype(float)[..., 0]
    assert picture.shape == (SIZE, SIZE)
    y, x = np.indices(picture.shape) + 0.5
    seen = np.array([(picture * x).sum(), (picture * y).sum()]) / picture.sum()
    points = five_points(studio.turned(View(0, 0)), embedding)
    place = aligned_camera(studio, View(0, 0), embedding).project(points, SIZE, SIZE)[3, :2]
    np.testing.assert_allclose(seen, place, atol=1)
