"""What stands behind the head."""

from dataclasses import dataclass

import numpy as np
import pytest

from scoreface.base.arrays import write_image
from scoreface.base.errors import InputError
from scoreface.results.augmented.background import Backgrounds


@dataclass(frozen=True)
class Asked:
    """What of the settings is read."""

    background: str
    backgrounds: str = ""


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_black_is_black(tmp_path):
    drawn = Backgrounds.of(Asked("black"), tmp_path / "none.png", 16).draw(rng())
    assert drawn.name == "black"
    assert drawn.pixels.shape == (16, 16, 3)
    assert not drawn.pixels.any()


def test_the_photo_is_blurred_and_keeps_its_colours(tmp_path):
    photo = np.zeros((60, 90, 3), np.uint8)
    photo[::2] = 200
    write_image(tmp_path / "photo.png", photo)
    drawn = Backgrounds.of(Asked("photo"), tmp_path / "photo.png", 30).draw(rng())
    assert drawn.pixels.shape == (30, 30, 3)
    # Stripes of one pixel are gone.
    assert np.abs(drawn.pixels.astype(float) - 100).max() < 5


def test_a_folder_gives_squares_of_its_pictures(tmp_path):
    # Red grows to the right, green downwards: the square's place is in its colours.
    y, x = np.mgrid[:100, :200]
    ramp = np.stack([x, 2 * y, np.zeros_like(x)], 2).astype(np.uint8)
    write_image(tmp_path / "ramp.png", ramp)
    (tmp_path / "notes.txt").write_text("no picture")
    behind = Backgrounds.of(Asked("folder", str(tmp_path)), tmp_path / "none.png", 40)
    mirrored = 0
    for seed in range(30):
        drawn = behind.draw(rng(seed))
        assert drawn.name == "ramp.png"
        square = drawn.pixels.astype(float)
        across = square[20, -1, 0] - square[20, 0, 0]
        mirrored += across < 0
        # As wide as high, and at least half of the shorter side.
        height = (square[-1, 20, 1] - square[0, 20, 1]) / 2
        assert abs(across) == pytest.approx(height, abs=3)
        assert 48 < height * 40 / 39 < 102
    assert 5 < mirrored < 25
    again = behind.draw(rng(7)).pixels
    assert (again == behind.draw(rng(7)).pixels).all()


def test_a_folder_without_pictures_is_named(tmp_path):
    with pytest.raises(InputError, match="no pictures in it"):
        Backgrounds.of(Asked("folder", str(tmp_path)), tmp_path / "none.png", 16)
    with pytest.raises(InputError, match="no readable folder"):
        Backgrounds.of(Asked("folder", str(tmp_path / "none")), tmp_path / "none.png", 16)
