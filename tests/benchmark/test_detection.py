"""Which faces are found by yaw: the figures, and MediaPipe's points as iBUG's."""

from pathlib import Path

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.benchmark.detection import Row, error_of, measure, summarise
from scoreface.benchmark.face_mesh import FaceMesh, anchors, as_ibug, fetch_face_mesh
from scoreface.demo.people import sample_head
from scoreface.demo.photos import make_photo
from scoreface.demo.skin.paint import paint_skin


@pytest.fixture(scope="module")
def photo():
    rng = np.random.default_rng(5)
    head = sample_head(rng)
    return make_photo(head, paint_skin(head.skin, 128), 0, 0, 0, 256, rng)


def test_the_error_is_in_distances_of_the_eyes(photo):
    true = np.concatenate([np.zeros((17, 2)), photo.landmarks_2d - 0.5])
    assert error_of(true, photo) == pytest.approx(0)
    assert error_of(None, photo) is None
    # From the front the eyes are as far apart in the photo as in space, but for their depth.
    apart = np.linalg.norm(photo.landmarks_2d[28] - photo.landmarks_2d[19])
    assert error_of(true + np.array([apart, 0]), photo) == pytest.approx(1, abs=0.01)


def test_each_head_is_looked_at_from_every_yaw_in_every_way():
    seen = []

    def look(image):
        seen.append(image)

    rows = list(measure({"one": look, "other": look}, 2, [0, 60], 0))
    assert [(row.head, row.yaw, row.way) for row in rows] == [
        (head, yaw, way) for head in (0, 1) for yaw in (0, 60) for way in ("one", "other")
    ]
    assert all(row.error is None for row in rows)
    assert len({image.tobytes() for image in seen}) == 4


def test_the_table_counts_what_is_found_and_what_is_of_use():
    rows = [Row(head, 60, "a", error) for head, error in enumerate([None, 0.05, 0.2, 0.1])]
    (line,) = summarise(rows)
    assert line == {
        "yaw": 60,
        "way": "a",
        "photos": 4,
        "found": 0.75,
        "of_use": 0.5,
        "median_error": pytest.approx(0.1),
    }


def test_the_finders_cells_are_those_of_two_grids():
    middles = anchors()
    assert middles.shape == (896, 2)
    assert np.unique(middles[:512], axis=0).shape == (256, 2)
    assert np.unique(middles[512:], axis=0).shape == (64, 2)
    np.testing.assert_allclose(middles[[0, 1, 2]], [[1 / 32, 1 / 32]] * 2 + [[3 / 32, 1 / 32]])
    np.testing.assert_allclose(middles.mean(0), 0.5)


def test_ibugs_landmarks_are_points_of_the_mesh():
    numbers = np.arange(468.0)
    landmarks = as_ibug(np.stack([numbers, -numbers], 1))
    assert landmarks.shape == (68, 2)
    # Chin, tip of the nose, outer corners of the eyes and corners of the mouth.
    assert landmarks[[8, 30, 36, 45, 48, 54], 0].tolist() == [152, 4, 33, 263, 61, 291]
    assert landmarks[27].tolist() == [87, -87]


@pytest.mark.heavy
def test_the_mesh_finds_a_face_from_the_front(request, photo):
    folder = Path(request.config.cache.mkdir("scoreface"))
    try:
        mesh = FaceMesh(folder)
    except InputError:
        try:
            fetch_face_mesh(folder)
        except InputError as error:
            pytest.skip(f"MediaPipe's networks cannot be had: {error}")
        mesh = FaceMesh(folder)
    assert error_of(mesh.landmarks(photo.image), photo) < 0.1
    assert mesh.landmarks(np.zeros((90, 60, 3), np.uint8)) is None
