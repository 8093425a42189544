"""States on disk: whole, or known to be damaged."""

import contextlib

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.texture.state import TextureState


@pytest.fixture
def state() -> TextureState:
    rng = np.random.default_rng(0)
    texture = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return TextureState.from_photo(texture, rng.random((8, 8)) < 0.5, np.ones((8, 8), bool))


def same(one: TextureState, other: TextureState) -> bool:
    names = ("texture", "labels", "view")
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
