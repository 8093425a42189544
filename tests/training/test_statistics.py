"""The statistics of a training's pictures, against pictures made by hand and plain floating point."""

import math

import numpy as np
import pytest

from scoreface.training.statistics import largest_distance, root_mean_square


def test_the_largest_noise_level_is_the_largest_distance():
    images = np.zeros((3, 3, 4, 4), np.uint8)
    images[1] = 255
    # Two pictures that differ by 1 in all 48 numbers: sqrt(48) = 6.93, rounded up.
    assert largest_distance(images) == 7


def test_a_distance_that_is_a_whole_number_is_not_rounded_up():
    images = np.zeros((2, 3, 40, 40), np.uint8)
    images[1, 0, :7, :7] = 255
    assert largest_distance(images) == 7


def test_one_picture_is_at_no_distance():
    assert largest_distance(np.full((1, 3, 4, 4), 90, np.uint8)) == 0


def test_both_are_those_of_all_pixels():
    images = np.random.default_rng(0).integers(0, 256, (7, 3, 48, 48)).astype(np.uint8)
    numbers = images / 255
    apart = [np.linalg.norm(one - other) for one in numbers for other in numbers]
    assert largest_distance(images) == math.ceil(max(apart))
    assert root_mean_square(images) == pytest.approx(np.sqrt(np.mean(numbers**2)), rel=1e-12)
