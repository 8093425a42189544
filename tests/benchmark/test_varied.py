"""Photos of one head on several occasions: what is the person's, and what is the photo's."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from scoreface.benchmark.plan import Face
from scoreface.benchmark.varied import through_camera, varied_photo

SIZE = 64


@pytest.fixture(scope="module")
def photos():
    return [varied_photo(0, Face(1, 30.0), SIZE, take=take) for take in (0, 1)]


def test_two_takes_share_the_person_and_nothing_else(photos):
    one, other = photos
    assert one.texels.tolist() == other.texels.tolist()
    assert np.abs(one.light.direction - other.light.direction).max() > 0.01
    assert one.scale != other.scale
    # The same skull: what an expression moves is the face, and it moves that by millimetres.
    upright = [rotated(photo) - rotated(photo).mean(axis=0) for photo in photos]
    apart = np.linalg.norm(upright[0] - upright[1], axis=1)
    assert np.median(apart) < 0.001
    assert 0.0005 < apart.max() < 0.015


def rotated(photo):
    return Rotation.from_rotvec(photo.axis_angle).inv().apply(photo.vertices)


def test_a_photo_is_a_function_of_its_numbers(photos):
    again = varied_photo(0, Face(1, 30.0), SIZE)
    np.testing.assert_array_equal(again.image, photos[0].image)


def test_a_camera_keeps_size_and_mean_colour_and_adds_noise():
    gray = np.full((64, 64, 3), [90, 120, 150], np.uint8)
    taken = through_camera(gray, np.random.default_rng(0))
    assert taken.shape == gray.shape
    assert taken.dtype == np.uint8
    np.testing.assert_allclose(taken.mean(axis=(0, 1)), [90, 120, 150], atol=2)
    assert 0.1 < taken.std(axis=(0, 1)).max() < 8
