"""What is finer than the state's texels, and several completions side by side."""

import numpy as np
import pytest
from scipy import ndimage

from scoreface.geometry.mesh import Mesh
from scoreface.texture.layout import TextureLayout, make_layout
from scoreface.texture.light import Shading
from scoreface.texture.merge import DETAILS, EVIDENCE, NONE, Merged, merge_textures
from scoreface.texture.state import COMPLETED, GENERATED_1, OBSERVED, TextureState

from .sheets import sheet

LARGE, SMALL = 128, 32


@pytest.fixture(scope="module")
def head() -> Mesh:
    """The sheet, whose chart is the whole texture."""
    mesh = sheet(33)
    return Mesh(mesh.vertices, mesh.faces, mesh.vt * 2, mesh.ft)


@pytest.fixture(scope="module")
def layout(head) -> TextureLayout:
    return make_layout(head.vt, head.ft, head.faces, LARGE)


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    """A texture (LARGE, LARGE, 3) uint8 with detail in every texel, the same on both sides."""
    half = np.random.default_rng(0).integers(60, 200, (LARGE, LARGE // 2, 3), dtype=np.uint8)
    return np.concatenate([half, half[:, ::-1]], axis=1)


# The left half of the sheet and a little more; the columns of the small texture, in which all texels agree.
KNOWN = np.arange(LARGE) + np.zeros((LARGE, 1)) < 72


def means(texture: np.ndarray) -> np.ndarray:
    """The small texture (SMALL, SMALL, 3) in [0, 1] that has the means of a large one."""
    step = LARGE // SMALL
    return texture.reshape(SMALL, step, SMALL, step, 3).mean((1, 3)) / 255


def state_of(truth: np.ndarray, colours: np.ndarray, samples: int = 1) -> TextureState:
    """A state in which all that the photo does not show has been generated."""
    known, chart = KNOWN[::4, ::4], np.ones((SMALL, SMALL), bool)
    state = TextureState.from_photo(means(truth) * 255, known, chart, samples)
    return state.fill(colours, state.unfilled, GENERATED_1, 0)


def merged_of(head: Mesh, truth: np.ndarray, state: TextureState, detail: str) -> Merged:
    photo = np.where(KNOWN[..., None], truth, 0).astype(np.uint8)
    return merge_textures(head, np.zeros(3), photo, KNOWN, state, detail=detail)


def test_a_state_that_agrees_with_the_other_side_has_its_detail(head, truth):
    merged = merged_of(head, truth, state_of(truth, means(truth)), EVIDENCE)
    (texture,) = merged.textures
    # Half precision of the state, and a level of rounding.
    assert np.abs(texture.astype(int) - truth).max() <= 1
    assert (merged.labels == np.where(KNOWN, OBSERVED, GENERATED_1)).all()


def test_what_a_state_has_besides_is_added_to_the_detail(head, truth):
    # Lighter throughout, by as much as no channel is cut off.
    merged = merged_of(head, truth, state_of(truth, means(truth) + 0.1), EVIDENCE)
    inner = np.s_[:, 80:]
    lighter = merged.textures[0][inner] - truth[inner].astype(float)
    np.testing.assert_allclose(lighter, 0.1 * 255, atol=1)


def test_without_detail_the_state_is_interpolated(head, truth):
    colours = means(truth)
    merged = merged_of(head, truth, state_of(truth, colours), NONE)
    at = (np.arange(LARGE) + 0.5) / 4 - 0.5
    grid = np.meshgrid(at, at, indexing="ij")
    channels = [
        ndimage.map_coordinates(colours[..., c], grid, order=1, mode="nearest") for c in range(3)
    ]
    expected = np.where(KNOWN[..., None], truth, 255 * np.stack(channels, -1))
    assert np.abs(merged.textures[0] - expected).max() <= 1


@pytest.mark.parametrize("detail", DETAILS)
def test_all_completions_have_the_photo_and_the_rest_is_their_own(head, truth, detail):
    shades = np.array([0.3, 0.5, 0.8])
    colours = np.broadcast_to(shades[:, None, None, None], (3, SMALL, SMALL, 3))
    state = state_of(truth, colours, samples=3)
    merged = merged_of(head, truth, state, detail)
    assert merged.textures.shape == (3, LARGE, LARGE, 3)
    assert merged.textures.dtype == np.uint8
    for number, (shade, texture) in enumerate(zip(shades, merged.textures, strict=True)):
        np.testing.assert_array_equal(texture[KNOWN], truth[KNOWN])
        # Mean over whole texels of the state, away from the photo's.
        inner = texture[:, 80:].astype(float).mean((0, 1)) / 255
        np.testing.assert_allclose(inner, shade, atol=0.01)
        one = TextureState.from_photo(
            means(truth) * 255, KNOWN[::4, ::4], np.ones((SMALL, SMALL), bool)
        )
        one = one.fill(colours[number], one.unfilled, GENERATED_1, 0)
        np.testing.assert_array_equal(merged_of(head, truth, one, detail).textures[0], texture)
    assert (merged.uncertainty[KNOWN] == 0).all()
    assert merged.uncertainty[:, 80:].mean() == pytest.approx(255 * shades.std(), rel=0.02)


@pytest.mark.parametrize("detail", DETAILS)
def test_cracks_beside_the_photo_s_rim_are_filled_from_both_sides(head, detail):
    # Of the small texture's column 18 the photo shows three of four texels: it is observed, and one is left over. Where
    # that one has its mirror side the photo is dark, as the rim of a head beside its hair is.
    known = np.arange(LARGE) + np.zeros((LARGE, 1)) < 75
    photo = np.where(known, 180, 0)
    photo[:, 50:54] = 20
    pixels = np.repeat(photo[..., None], 3, axis=2).astype(np.uint8)
    small, chart = known[::4, 1::4], np.ones((SMALL, SMALL), bool)
    state = TextureState.from_photo(np.full((SMALL, SMALL, 3), 180.0), small, chart)
    state = state.fill(np.full((SMALL, SMALL, 3), 0.6), state.unfilled, GENERATED_1, 0)
    merged = merge_textures(head, np.zeros(3), pixels, known, state, detail=detail)
    (texture,), crack = merged.textures.astype(int), np.s_[8:-8, 75]
    low, high = np.sort([texture[8:-8, 74], texture[8:-8, 76:79].mean(1)], axis=0)
    assert (texture[crack] >= low - 1).all()
    assert (texture[crack] <= high + 1).all()
    # No view has made it, and the photo does not show it.
    assert (merged.labels[:, 75] == COMPLETED).all()
    assert (merged.labels[:, 74] == OBSERVED).all()
    assert (merged.labels[:, 76] == GENERATED_1).all()


def test_the_uncertainty_is_the_deviation_over_the_completions():
    textures = np.full((4, 2, 2, 3), 100, np.uint8)
    textures[:, 0, 1] = np.array([90, 110, 90, 110])[:, None]
    textures[:, 1, 0, 2] = 100, 100, 100, 180
    merged = Merged(textures, np.zeros((2, 2), np.uint8), Shading(np.zeros(9), 1, 1, 1, 0, 0))
    # Of 100, 100, 100, 180 the variance is 3 / 16 of the square of 80.
    expected = [[0, 10], [np.sqrt(3 / 16 * 80**2 / 3), 0]]
    np.testing.assert_allclose(merged.uncertainty, expected, rtol=1e-6)


def test_the_rest_is_completed_in_each_completion_from_its_own_texels(head, truth):
    shades = np.array([0.3, 0.8])
    colours = np.broadcast_to(shades[:, None, None, None], (2, SMALL, SMALL, 3))
    known, chart = np.zeros((SMALL, SMALL), bool), np.ones((SMALL, SMALL), bool)
    state = TextureState.from_photo(np.zeros((SMALL, SMALL, 3)), known, chart, 2)
    state = state.fill(colours, np.indices(known.shape)[0] < 20, GENERATED_1, 0)
    nothing = np.zeros((LARGE, LARGE), bool)
    black = np.zeros((LARGE, LARGE, 3), np.uint8)
    merged = merge_textures(head, np.zeros(3), black, nothing, state)
    completed = merged.labels == COMPLETED
    assert (completed == (np.indices(nothing.shape)[0] >= 80)).all()
    for shade, texture in zip(shades, merged.textures, strict=True):
        assert np.abs(texture[completed] - 255 * shade).max() <= 1
