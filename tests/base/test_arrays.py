"""Pictures, masks and labels come back as they were written, and bad ones are named."""

import numpy as np
import pytest
from PIL import Image

from scoreface.base.arrays import (
    read_image,
    read_labels,
    read_mask,
    write_image,
    write_labels,
    write_npz,
)
from scoreface.base.errors import InputError


def test_pictures_and_masks_come_back(tmp_path):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    write_image(tmp_path / "a" / "picture.png", pixels)
    np.testing.assert_array_equal(read_image(tmp_path / "a" / "picture.png"), pixels)
    mask = rng.random((5, 7)) > 0.5
    write_image(tmp_path / "mask.png", mask)
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png"), mask)


def test_text_goes_into_a_picture_s_metadata(tmp_path):
    write_image(tmp_path / "a.png", np.zeros((2, 2), np.uint8), {"seed": "7"})
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.text == {"seed": "7"}


def test_labels_come_back_whatever_their_colours(tmp_path):
    labels = np.arange(6, dtype=np.uint8).reshape(2, 3) % 3
    colours = [(9, 9, 9), (9, 9, 9), (200, 0, 0)]
    write_labels(tmp_path / "a.png", labels, {0: "outside", 2: "seen"}, colours)
    np.testing.assert_array_equal(read_labels(tmp_path / "a.png"), labels)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png")[0, 2], [200, 0, 0])
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.text == {"label 0": "outside", "label 2": "seen"}


def test_arrays_come_back(tmp_path):
    write_npz(tmp_path / "a" / "b.npz", numbers=np.arange(3), word="yes")
    with np.load(tmp_path / "a" / "b.npz") as archive:
        assert archive["numbers"].tolist() == [0, 1, 2]
        assert str(archive["word"]) == "yes"


@pytest.mark.parametrize("read", [read_image, read_mask, read_labels])
def test_an_unreadable_picture_is_named(read, tmp_path):
    path = tmp_path / "x.png"
    with pytest.raises(InputError, match=r"x\.png: cannot be read as a picture"):
        read(path)
    path.write_bytes(b"\x00\xff half a file")
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_a_picture_of_any_size_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    write_image(tmp_path / "a.png", np.zeros((5, 5, 3), np.uint8))
    assert read_image(tmp_path / "a.png").shape == (5, 5, 3)
