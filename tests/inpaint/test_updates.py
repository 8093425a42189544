"""What a view shows of a state, and what a state keeps of a view: by hand, and against the published implementation."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from scoreface.geometry.views import View
from scoreface.inpaint.image_space import ImageSpace
from scoreface.inpaint.multiview import MultiView
from scoreface.inpaint.pipelines import ImageSettings, MultiviewSettings, TextureSettings
from scoreface.inpaint.scene import render_state
from scoreface.inpaint.texture_space import TextureSpace
from scoreface.inpaint.walk import Walk
from scoreface.texture.state import (
    GENERATED_1,
    GENERATED_2,
    OBSERVED,
    OUTSIDE,
    UNFILLED,
    TextureState,
)
from scoreface.texture.view_map import ViewMap

SETTINGS = {
    **{"face_size": 96, "noise_levels": 1000, "correction_threshold": 0.30},
    **{"keep_silhouette": False, "supersampling": 1, "samples": 1},
    **{"corrector_steps": 1, "snr": 0.15},
}
IMAGE = ImageSpace(ImageSettings(**SETTINGS, predictor=True))
TEXTURE = TextureSpace(TextureSettings(**SETTINGS, textures="two"))
TOGETHER = MultiView(MultiviewSettings(**SETTINGS, textures="two", combine="every"))
INDEX = 3
# A state keeps its colours in half precision: this is half a step just below 1.
HALF_STEP = 2.0**-12

BLACK, WHITE = (0, 0, 0), (1, 1, 1)
PHOTO, MADE, SHRUNK = (0.2, 0.4, 0.6), (1, 0.5, 0.25), (0.75, 0.5, 0.125)


@pytest.mark.parametrize(
    ("large", "small", "colour", "known"),
    [
        pytest.param(5, 0, PHOTO, True, id="photo before what a view made"),
        pytest.param(5, 3, PHOTO, True, id="photo before its own small texel"),
        pytest.param(5, 1, PHOTO, True, id="photo where nothing is filled"),
        pytest.param(6, 0, MADE, True, id="made by a view"),
        pytest.param(6, 3, SHRUNK, True, id="only the small texel is the photo's"),
        pytest.param(6, 1, BLACK, False, id="neither"),
        pytest.param(6, 2, BLACK, False, id="neither, outside the chart"),
        pytest.param(-1, -1, BLACK, False, id="background"),
    ],
)
def test_a_pixel_shows_the_photo_or_the_state_or_nothing(scene, large, small, colour, known):
    # What must not show is white, and so is the last texel, which an index of -1 would mean.
    texels = np.full((16, 3), 255, np.uint8)
    texels[5] = 51, 102, 153
    scene = replace(
        scene,
        large=texels.reshape(4, 4, 3),
        known=np.isin(np.arange(16), (5, 15)).reshape(4, 4),
        small_size=2,
    )
    state = TextureState(
        np.array([MADE, WHITE, WHITE, SHRUNK], np.float16).reshape(2, 2, 3),
        np.array([[GENERATED_1, UNFILLED], [OUTSIDE, OBSERVED]], np.uint8),
        np.array([[0, -1], [-1, -1]], np.int16),
        np.zeros((0, 2, 2, 3), np.float16),
        *(0, {}),
    )
    maps = ViewMap(torch.tensor([[large]]), 4), ViewMap(torch.tensor([[small]]), 2)
    view = render_state(scene, state, *maps)
    torch.testing.assert_close(view.face, torch.tensor([[colour]], dtype=torch.float32))
    assert view.known.tolist() == [[known]]
    assert view.background.tolist() == [[large < 0]]
    assert view.unknown.tolist() == [[not known and large >= 0]]


@pytest.fixture(scope="module")
def updates(reference):
    return np.load(reference / "texture_updates.npz")


def is_white(texture: np.ndarray) -> np.ndarray:
    """The mark of an unfilled texel in the published code; ours is a label."""
    return (texture == 1).all(2)


def as_bytes(texture: np.ndarray) -> np.ndarray:
    return np.rint(texture * 255).astype(np.uint8)


@pytest.fixture
def maps(updates) -> tuple[ViewMap, ViewMap]:
    """The reference's view."""
    uv = (updates["pixel_uvs"] + 1) / 2
    return tuple(ViewMap.from_uv(uv, updates["background"], size) for size in (256, 64))


@pytest.fixture
def photo(scene, updates):
    """A scene whose photo's texels are those that the reference's large texture has before the view."""
    large = updates["large_before"]
    return replace(scene, large=as_bytes(large), known=~is_white(large), small_size=64)


@pytest.fixture
def state(updates) -> TextureState:
    """The reference's small texture before the view."""
    small = updates["small_before"]
    return TextureState.from_photo(as_bytes(small), ~is_white(small), np.ones((64, 64), bool))


@pytest.fixture
def blank() -> TextureState:
    """A state in which nothing is filled."""
    nowhere = np.zeros((64, 64), bool)
    return TextureState.from_photo(np.zeros((64, 64, 3), np.uint8), nowhere, ~nowhere)


def test_unknown_pixels_are_the_published_ones(updates, photo, state, blank, maps):
    no_photo = replace(photo, known=np.zeros_like(photo.known))
    from_large, from_small = updates["unknown_face"], updates["unknown_face_small"]
    for scene, start, expected in (
        (photo, blank, from_large),
        (no_photo, state, from_small),
        # The published code has each pipeline look at one of the textures; here a view looks at both.
        (photo, state, from_large & from_small),
    ):
        unknown = render_state(scene, start, *maps).unknown
        np.testing.assert_array_equal(unknown, expected)


def averaged(pipeline, round_number, scene, state, maps, before, face) -> TextureState:
    """What the pipeline makes of a view, checked but for the colours of the texels that it fills."""
    walk = Walk("face", 0, round_number, [View(0, 0)] * 5, range(5), scene, state, None)
    filled = pipeline.average(walk, state, INDEX, maps[1], before, face)
    assert torch.equal(filled.face, face)
    after, new = filled.state, state.unfilled & filled.state.filled
    assert new.sum() > 100
    assert (after.labels[new] == (GENERATED_1 if round_number == 1 else GENERATED_2)).all()
    assert (after.view[new] == INDEX).all()
    for name in ("texture", "labels", "view"):
        kept, now = getattr(state, name), getattr(after, name)
        np.testing.assert_array_equal(now[~new], kept[~new])
    return after


def assert_is_published(after: TextureState, expected: np.ndarray) -> None:
    np.testing.assert_array_equal(after.unfilled, is_white(expected))
    filled = after.filled
    np.testing.assert_allclose(after.texture[filled], expected[filled], atol=HALF_STEP + 1e-5)


def test_image_space_update(updates, photo, state, blank, maps):
    # The published pipeline looks at the large texture alone, which in its settings is as large as the small one.
    before = render_state(photo, blank, *maps)
    face = torch.from_numpy(updates["face"])
    assert_is_published(
        averaged(IMAGE, 1, photo, state, maps, before, face), updates["small_from_face"]
    )


@pytest.mark.parametrize("pipeline", [TEXTURE, TOGETHER], ids=["texture", "multiview"])
def test_texture_space_updates(updates, photo, state, maps, pipeline):
    """Large to small by averaging the rendered view; small to large by looking the small one up where not known."""
    before = render_state(photo, state, *maps)
    face = maps[0].render(torch.from_numpy(updates["large_optimised"]))
    after = averaged(pipeline, 2, photo, state, maps, before, face)
    assert_is_published(after, updates["small_from_large"])

    # The published code writes the small texels into the large texture; here a view takes them from the small one.
    found = render_state(photo, after, *maps)
    seen = ~torch.from_numpy(updates["background"])
    assert torch.equal(found.known, seen)
    expected = maps[0].render(torch.from_numpy(updates["large_after"]))
    in_photo = seen & ~torch.from_numpy(updates["unknown_face"])
    np.testing.assert_allclose(found.face[in_photo], expected[in_photo], atol=1e-5)
    np.testing.assert_allclose(found.face[seen], expected[seen], atol=HALF_STEP + 1e-5)
