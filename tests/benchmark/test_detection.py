"""Which faces are found by yaw: the figures."""

import numpy as np
import pytest

from scoreface.benchmark.detection import Row, error_of, measure, summarise
from scoreface.benchmark.detection_fit import Fitted
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


def test_what_is_found_is_fitted_and_counted():
    def fit(landmarks, photo, name):
        assert landmarks.shape == (68, 2)
        yaw = 60 if "60" in name else 0
        return Fitted(yaw == 0, 2.0 + yaw, 0.9)

    found = np.zeros((68, 2))
    rows = list(measure({"a": lambda image: found, "b": lambda image: None}, 1, [0, 60], 0, fit))
    assert [row.accepted for row in rows] == [True, None, False, None]
    front, _, aside, nothing = summarise(rows)
    assert (front["accepted"], front["median_yaw_error"], front["median_outline_iou"]) == (
        1,
        2,
        0.9,
    )
    assert (aside["accepted"], aside["median_yaw_error"]) == (0, 62)
    assert nothing["accepted"] == 0
    assert np.isnan(nothing["median_yaw_error"])
