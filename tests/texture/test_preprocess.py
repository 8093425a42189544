"""Preprocessing, correction and averaging against the published implementation."""

import numpy as np
import pytest
import torch

from scoreface.texture.correct import dark_border
from scoreface.texture.preprocess import CORNER, MOST, bright, gray, known_texels, shrink
from scoreface.texture.view_map import ViewMap


@pytest.fixture(scope="module")
def updates(reference):
    return np.load(reference / "texture_updates.npz")


def _map(updates, size):
    return ViewMap.from_uv((updates["pixel_uvs"] + 1) / 2, updates["background"], size)


def test_preprocess(updates):
    texture = updates["texture_bgr_u8"][..., ::-1]
    known = bright(texture, 50)
    np.testing.assert_array_equal(known, updates["known_after_preprocess_large"])
    small, there = shrink(texture, known, 64, CORNER)
    np.testing.assert_array_equal(there, updates["known_after_preprocess_small"])
    np.testing.assert_array_equal(small[there], texture[::4, ::4][there])


@pytest.mark.parametrize("size", [3, 5, 8, 16, 17])
def test_a_texel_of_which_most_is_known_has_the_mean(size):
    rng = np.random.default_rng(0)
    texture = rng.integers(0, 256, (17, 17, 3), dtype=np.uint8)
    known = rng.random((17, 17)) < 0.6
    # Of a row exactly half, which is not most.
    known[:, ::2], known[:2] = False, True
    small, there = shrink(texture, known, size, MOST)
    assert (there.shape, small.shape) == ((size, size), (size, size, 3))
    # Each texel belongs to the small one that its centre lies in.
    within = [[at for at in range(17) if int((at + 0.5) * size / 17) == one] for one in range(size)]
    for row, column in np.ndindex(size, size):
        cells = [(i, j) for i in within[row] for j in within[column]]
        given = [cell for cell in cells if known[cell]]
        assert there[row, column] == (len(given) > len(cells) / 2)
        expected = np.mean([texture[cell] for cell in given], axis=0) if given else 0
        expected = expected if there[row, column] else 0
        np.testing.assert_allclose(small[row, column], expected)


@pytest.mark.parametrize("size", [3, 5, 8, 17])
def test_a_texel_by_its_corner_is_the_first_in_it(size):
    rng = np.random.default_rng(1)
    texture = rng.integers(0, 256, (17, 17, 3), dtype=np.uint8)
    known = rng.random((17, 17)) < 0.5
    small, there = shrink(texture, known, size, CORNER)
    for row, column in np.ndindex(size, size):
        corner = row * 17 // size, column * 17 // size
        assert there[row, column] == known[corner]
        expected = texture[corner] if known[corner] else 0
        np.testing.assert_array_equal(small[row, column], expected)


def test_dark_texels_at_the_rim():
    seen = np.ones((6, 8), bool)
    seen[:, 0] = False
    gray = np.full((6, 8), 90)
    # Two dark texels that hang on to the unseen column, by a side; a pupil; one that touches at a corner only.
    gray[2, 1:3] = gray[4, 5] = gray[3, 3] = 20
    texture = np.repeat(gray[..., None], 3, 2).astype(np.uint8)
    without = seen.copy()
    without[2, 1:3] = False
    np.testing.assert_array_equal(known_texels(texture, seen, 20, "rim"), without)
    without[4, 5] = without[3, 3] = False
    np.testing.assert_array_equal(known_texels(texture, seen, 20, "all"), without)
    np.testing.assert_array_equal(known_texels(texture, seen, 19, "rim"), seen)


@pytest.mark.parametrize("dark_texels", ["rim", "all"])
def test_a_threshold_of_0_takes_nothing_away(dark_texels):
    seen = np.ones((6, 8), bool)
    seen[:, 0] = False
    black = np.zeros((6, 8, 3), np.uint8)
    np.testing.assert_array_equal(known_texels(black, seen, 0, dark_texels), seen)
    assert not known_texels(black, seen, 1, dark_texels).any()


def test_correction(updates):
    found = dark_border(updates["face"], updates["unknown_face"], updates["background"], 0.30)
    np.testing.assert_array_equal(found, updates["pixels_to_whiten"])


def test_means_of_a_view(updates):
    whitened, kept = updates["face_whitened"], ~updates["pixels_to_whiten"]
    optimised = _map(updates, 256).render(torch.from_numpy(updates["large_optimised"]))
    for face, pixels, expected in (
        (torch.from_numpy(whitened), torch.from_numpy(kept), updates["small_from_face"]),
        (optimised, torch.ones(optimised.shape[:2], dtype=torch.bool), updates["small_from_large"]),
    ):
        mean, touched = _map(updates, 64).average(face, pixels)
        filled = touched.numpy() & (updates["small_before"] == 1).all(2)
        assert filled.sum() > 100
        np.testing.assert_allclose(mean[filled], expected[filled], atol=1e-5)


def test_gray_is_bt601():
    np.testing.assert_allclose(gray(np.eye(3)), [0.299, 0.587, 0.114])


def test_correction_keeps_dark_pixels_that_do_not_touch_the_background():
    face = np.ones((5, 7, 3))
    unknown = np.ones((5, 7), bool)
    background = np.zeros((5, 7), bool)
    background[:, 0] = True
    face[2, 1:3] = 0.1  # a dark run from the background inwards
    face[4, 4] = 0.1  # an island
    face[0, 1] = 0.1
    unknown[0, 1] = False  # known, hence no part of a run
    face[0, 2] = 0.1  # dark, but reached only through a known pixel
    face[3, 3] = 0.1  # touches the run by a corner only
    found = dark_border(face, unknown, background, 0.3)
    expected = np.zeros((5, 7), bool)
    expected[2, 1:3] = True
    np.testing.assert_array_equal(found, expected)
