"""The distance of pictures by the person network."""

import cv2
import numpy as np
import pytest
import skimage.data

from scoreface.base.errors import InputError
from scoreface.benchmark.features import SIDE, Features

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def features(person_model):
    return Features(person_model)


@pytest.fixture(scope="module")
def picture():
    """A face."""
    return cv2.resize(skimage.data.astronaut()[:220, 110:330], (SIDE, SIDE))


EVERYWHERE = np.ones((SIDE, SIDE))


def test_a_picture_is_not_apart_from_itself(features, picture):
    assert features.distance(picture, picture, EVERYWHERE) == 0


def test_more_blur_noise_and_shift_are_further_away(features, picture):
    rng = np.random.default_rng(0)

    def apart(other):
        return features.distance(picture, np.clip(other, 0, 255).astype(np.uint8), EVERYWHERE)

    for distances in (
        [apart(cv2.GaussianBlur(picture, (0, 0), sigma)) for sigma in (1, 2, 4, 8)],
        [apart(picture + rng.normal(0, sigma, picture.shape)) for sigma in (5, 10, 20, 40)],
        [apart(np.roll(picture, pixels, axis=1)) for pixels in (1, 2, 4, 8)],
    ):
        assert distances == sorted(distances)
        assert distances[-1] > 3 * distances[0] > 0


def test_a_lamp_counts_for_less_than_what_is_seen_in_its_light(features, picture):
    dimmed, blurred = (0.8 * picture).astype(np.uint8), cv2.GaussianBlur(picture, (0, 0), 2)
    # In squares of colours it is the other way round.
    assert ((dimmed - picture.astype(float)) ** 2).mean() > (
        (blurred - picture.astype(float)) ** 2
    ).mean()
    assert 3 * features.distance(picture, dimmed, EVERYWHERE) < features.distance(
        picture, blurred, EVERYWHERE
    )


def test_only_what_counts_is_looked_at(features, picture):
    other = picture.copy()
    other[:64] = 0
    below = np.zeros((SIDE, SIDE))
    # Beyond what the activations there look at, but for the network's scaling by the whole picture.
    below[192:] = 1
    above = EVERYWHERE - below
    assert features.distance(picture, other, below) < 0.3 * features.distance(picture, other, above)
    assert np.isnan(features.distance(picture, other, 0 * EVERYWHERE))


def test_another_file_is_named(tmp_path):
    (tmp_path / "x.tflite").write_bytes(b"nothing")
    for name in ("x.tflite", "none.tflite"):
        with pytest.raises(InputError, match=f"{name}: is not the person network"):
            Features(tmp_path / name)
