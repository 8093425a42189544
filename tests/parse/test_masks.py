"""Masks: grown, shrunk, parted, drawn to edges and cut out."""

import numpy as np

from scoreface.parse.masks import (
    PROBABLY,
    PROBABLY_NOT,
    SURELY,
    SURELY_NOT,
    along_edges,
    at_least,
    closed,
    filled,
    grab_cut,
    grow,
    opened,
    shrink,
    touching,
)


def square(low: int, high: int, size: int = 20) -> np.ndarray:
    mask = np.zeros((size, size), bool)
    mask[low:high, low:high] = True
    return mask


def test_growing_and_shrinking_by_some_pixels() -> None:
    assert grow(square(8, 12), 2).any(0).sum() == 8
    assert shrink(square(4, 16), 2).any(0).sum() == 8
    np.testing.assert_array_equal(grow(square(8, 12), 0), square(8, 12))


def test_the_pictures_border_is_no_rim() -> None:
    assert shrink(np.ones((5, 5), bool), 2).all()


def test_opening_takes_thin_things_and_closing_fills_thin_gaps() -> None:
    hair = square(4, 14)
    hair[10, 14:] = True
    assert not opened(hair, 2)[10, 17]
    assert opened(hair, 2)[8, 8]
    gap = square(2, 18)
    gap[:, 10] = False
    assert closed(gap, 1)[10, 10]


def test_parts_by_seeds_by_size_and_without_holes() -> None:
    two = square(2, 6) | square(10, 18)
    np.testing.assert_array_equal(touching(two, square(3, 4)), square(2, 6))
    assert not touching(two, square(7, 8)).any()
    np.testing.assert_array_equal(at_least(two, 17), square(10, 18))
    ring = square(2, 18) & ~square(9, 11)
    np.testing.assert_array_equal(filled(ring, 5), square(2, 18))
    np.testing.assert_array_equal(filled(ring, 4), ring)


def test_a_blurred_mask_takes_the_pictures_edge() -> None:
    grey = square(20, 40, 60).astype(np.float32)
    # Two pixels off.
    mask = along_edges(np.roll(grey, 2, axis=1), grey, 4, 1e-4)
    assert ((mask > 0.5) == (grey > 0.5)).mean() > 0.99
    assert mask.dtype == np.float32


def test_grab_cut_finds_what_has_the_seeds_colours_each_time_the_same() -> None:
    noise = np.random.default_rng(0).normal(0, 12, (60, 60, 3))
    there = square(15, 45, 60)
    picture = np.where(there[..., None], [180, 90, 60], [70, 120, 160]) + noise
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    seeds = np.full((60, 60), PROBABLY_NOT, np.uint8)
    seeds[square(5, 55, 60)] = PROBABLY
    seeds[square(25, 35, 60)] = SURELY
    seeds[:3] = SURELY_NOT
    before = seeds.copy()
    cut = grab_cut(picture, seeds, 3)
    assert (cut == there).mean() > 0.995
    np.testing.assert_array_equal(grab_cut(picture, seeds, 3), cut)
    np.testing.assert_array_equal(seeds, before)


def test_grab_cut_with_one_kind_of_seeds_leaves_them() -> None:
    picture = np.zeros((5, 5, 3), np.uint8)
    assert grab_cut(picture, np.full((5, 5), SURELY, np.uint8), 1).all()
    assert not grab_cut(picture, np.full((5, 5), PROBABLY_NOT, np.uint8), 1).any()
