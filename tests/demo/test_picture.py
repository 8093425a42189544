"""What a pixel is said to show follows from what is painted on it, from the back to the front."""

import numpy as np
import pytest

from scoreface.demo.picture import Picture, developed, majority, shrunk
from scoreface.demo.props.sitter import Layer
from scoreface.parse.labels import BACKGROUND, GLASSES, HAIR, OTHER, SKIN


def _layer(label, alpha, clear=False):
    square = (2, 2)
    return Layer(
        np.zeros((*square, 3), np.float32),
        np.full(square, alpha, np.float32),
        np.full(square, label, np.uint8),
        np.zeros(square, np.float32),
        np.full(square, clear),
    )


@pytest.mark.parametrize(
    ("layer", "labels", "own"),
    [
        # The columns are cheek and scalp, the rows head and wall.
        (_layer(OTHER, 1.0), [[OTHER, OTHER], [OTHER, OTHER]], [[0, 0], [0, 0]]),
        (_layer(OTHER, 0.25), [[SKIN, HAIR], [BACKGROUND, BACKGROUND]], [[0.75, 0.75], [0, 0]]),
        (_layer(HAIR, 1.0), [[HAIR, HAIR], [HAIR, HAIR]], [[0, 1], [0, 0]]),
        (_layer(GLASSES, 0.1, True), [[GLASSES, GLASSES], [GLASSES, GLASSES]], [[1, 1], [0, 0]]),
        (_layer(GLASSES, 0.9), [[GLASSES, GLASSES], [GLASSES, GLASSES]], [[0.1, 0.1], [0, 0]]),
    ],
)
def test_layers_cover_the_head(layer, labels, own):
    picture = Picture(np.ones((2, 2, 3)))
    inside = np.array([[True, True], [False, False]])
    of_head = np.array([[SKIN, HAIR], [SKIN, HAIR]], np.uint8)
    picture.add_head(np.full((2, 2, 3), 0.5), inside, of_head, of_head == HAIR)
    np.testing.assert_array_equal(picture.own, [[1, 1], [0, 0]])
    picture.add(layer)
    np.testing.assert_array_equal(picture.labels, labels)
    np.testing.assert_allclose(picture.own, own, atol=1e-6)
    below = 1 if layer.clear.all() else layer.alpha[0, 0]
    np.testing.assert_allclose(picture.alpha, [[1, 1], [below, below]], atol=1e-6)
    np.testing.assert_allclose(picture.colour[0, 0], 0.5 * (1 - layer.alpha[0, 0]), atol=1e-6)
    # Whatever is before it, clear or not, the head is not bare there.
    hidden = 1 if layer.clear.all() else layer.alpha[0, 0]
    np.testing.assert_allclose(picture.bare, [[1 - hidden, 1 - hidden], [0, 0]], atol=1e-6)


def test_a_shadow_darkens_the_person_and_not_the_wall():
    picture = Picture(np.ones((2, 2, 3)))
    inside = np.array([[True, True], [False, False]])
    picture.add_head(np.full((2, 2, 3), 0.5), inside, np.full((2, 2), SKIN), ~inside)
    layer = _layer(OTHER, 0.0)
    layer.shadow[:] = 0.4
    picture.add(layer)
    np.testing.assert_allclose(picture.colour[:, 0, 0], [0.3, 1.0], atol=1e-6)
    # It is still the head, but not as its texture has it.
    np.testing.assert_allclose(picture.own[0], 1.0)
    np.testing.assert_allclose(picture.bare[0], 0.6, atol=1e-6)


def test_of_a_block_the_mean_colour_and_the_most_frequent_label_are_left():
    field = np.arange(16.0).reshape(4, 4)
    np.testing.assert_allclose(shrunk(field), [[2.5, 4.5], [10.5, 12.5]])
    np.testing.assert_allclose(shrunk(np.stack([field, field], -1))[..., 1], shrunk(field))
    labels = np.array(
        [[1, SKIN, HAIR, HAIR], [SKIN, HAIR, HAIR, 1], [1, 1, 1, SKIN], [SKIN, SKIN, 1, 1]]
    )
    np.testing.assert_array_equal(majority(labels), [[SKIN, HAIR], [SKIN, BACKGROUND]])


def test_a_lens_and_a_sensor_change_a_photo_a_little():
    image = np.zeros((64, 64, 3))
    image[:, 32:] = 0.6
    shown = developed(image, np.random.default_rng(0))
    assert 0.0005 < np.abs(shown - image).mean() < 0.01
    np.testing.assert_allclose(shown[:, 40:].mean(), 0.6, atol=0.002)
