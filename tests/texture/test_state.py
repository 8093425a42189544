"""States on disk: whole, or known to be damaged."""

import contextlib

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.texture.state import OBSERVED, UNFILLED, TextureState


@pytest.fixture
def state() -> TextureState:
    rng = np.random.default_rng(0)
    texture = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return TextureState.from_photo(texture, rng.random((8, 8)) < 0.5, np.ones((8, 8), bool))


def same(one: TextureState, other: TextureState) -> bool:
    names = ("texture", "labels", "view", "further")
    equal = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)
    return equal and (one.evaluations, one.settings) == (other.evaluations, other.settings)


def test_no_damaged_byte_passes_for_another_texture(state, tmp_path):
    path = tmp_path / "state.npz"
    state.save(path)
    whole = path.read_bytes()
    noticed = 0
    for at in range(len(whole)):
        damaged = whole[at] ^ (0xFF if at % 2 else 0x01)
        path.write_bytes(whole[:at] + bytes([damaged]) + whole[at + 1 :])
        # Times of the members and the like, which nobody reads, may be damaged.
        with contextlib.suppress(InputError):
            assert same(TextureState.load(path), state)
            continue
        noticed += 1
    assert noticed > len(whole) / 2


def test_no_state_cut_short_is_taken(state, tmp_path):
    path = tmp_path / "state.npz"
    state.save(path)
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match="delete it and run again"):
            TextureState.load(path)


def test_state_round_trip_and_labels(tmp_path):
    rng = np.random.default_rng(0)
    texture = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    known, chart = rng.random((8, 8)) > 0.5, rng.random((8, 8)) > 0.3
    state = TextureState.from_photo(texture, known, chart)
    texels = state.unfilled & (rng.random((8, 8)) > 0.5)
    state = state.fill(np.full((8, 8, 3), 0.25), texels, 2, 7)
    state.save(tmp_path / "state.npz")
    again = TextureState.load(tmp_path / "state.npz")
    np.testing.assert_array_equal(again.texture, state.texture)
    np.testing.assert_array_equal(again.labels == 2, texels)
    np.testing.assert_array_equal(again.view == 7, texels)
    np.testing.assert_array_equal(again.labels == UNFILLED, chart & ~known & ~texels)
    np.testing.assert_array_equal(again.filled, (chart & known) | texels)


@pytest.mark.parametrize("damage", ["truncate", "flip", "text"])
def test_a_damaged_state_is_named(damage, tmp_path):
    path = tmp_path / "state.npz"
    ones = np.ones((64, 64), bool)
    texture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    TextureState.from_photo(texture, ones, ones).save(path)
    content = bytearray(path.read_bytes())
    if damage == "truncate":
        content = content[: len(content) // 2]
    elif damage == "flip":
        content[len(content) // 3] ^= 0xFF
    else:
        content = b"not a state"
    path.write_bytes(content)
    with pytest.raises(InputError, match="delete it and run again") as caught:
        TextureState.load(path)
    assert str(path) in str(caught.value)


def arrays(state: TextureState) -> dict:
    """What a state's file holds."""
    names = ("texture", "labels", "view", "further", "evaluations")
    return {**{name: getattr(state, name) for name in names}, "settings": '{"key": "a"}'}


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        (lambda a: {"texture": a["texture"][:-1]}, "of shape"),
        (lambda a: {"texture": a["texture"][..., :2]}, "texture is float16 of shape"),
        (lambda a: {"texture": a["texture"] * np.float16(np.nan)}, "values that are not finite"),
        (lambda a: {"labels": a["labels"][:-1, :-1]}, "of shape"),
        (lambda a: {"labels": np.full((8, 8), 4)}, "labels that no state has"),
        (lambda a: {"labels": np.full((8, 8), -1)}, "labels that no state has"),
        (lambda a: {"labels": a["labels"].astype(float)}, "not whole numbers"),
        (lambda a: {"view": a["view"][0]}, "view is int16 of shape"),
        (lambda a: {"further": np.zeros((2, 7, 8, 3))}, "of shape"),
        (lambda a: {"further": a["texture"]}, "further is float16 of shape"),
        (lambda a: {"further": np.full((1, 8, 8, 3), np.nan)}, "values that are not finite"),
        (lambda a: {"evaluations": 1.5}, "evaluations is float64"),
        (lambda a: {"settings": "{"}, "no readable texture state"),
        (lambda a: {"settings": 7}, "settings is int64"),
    ],
)
def test_arrays_that_are_no_state_are_refused(state, spoilt, says, tmp_path):
    whole = arrays(state)
    np.savez(tmp_path / "state.npz", **whole)
    assert TextureState.load(tmp_path / "state.npz").settings == {"key": "a"}
    np.savez(tmp_path / "state.npz", **{**whole, **spoilt(whole)})
    with pytest.raises(InputError, match=rf"state\.npz: .*{says}.*; delete it and run again"):
        TextureState.load(tmp_path / "state.npz")


def test_where_the_colour_sentinel_differs():
    """A pure white skin texel is unknown to the published code, and known to an explicit mask.

    The two definitions can agree only where no known texel is white: that is the one difference, and the state's
    labels decide it in favour of the evidence.
    """
    white = np.full((2, 2, 3), 255, np.uint8)
    everywhere = np.ones((2, 2), bool)
    state = TextureState.from_photo(white, everywhere, everywhere)
    assert (state.labels == OBSERVED).all()
    assert not state.unfilled.any()
    assert (state.texture == 1).all()  # what the published code would call unfilled
