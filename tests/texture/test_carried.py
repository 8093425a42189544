"""Labels and regions of the texels in their pictures."""

import numpy as np
import pytest
from PIL import Image

from scoreface.base.arrays import write_image
from scoreface.base.errors import InputError
from scoreface.parse.labels import COLOURS, HAIR, LEGEND
from scoreface.texture.carried import Carried, nothing, read_carried, write_carried


@pytest.fixture
def paths(tmp_path):
    return tmp_path / "labels.png", tmp_path / "regions.png"


def test_pictures_come_back_with_legend_and_colours(paths):
    labels = np.arange(14, dtype=np.uint8).repeat(14).reshape(14, 14)
    carried = Carried(labels, labels % 6)
    write_carried(carried, *paths)
    for found, written in zip(read_carried(*paths, 14), carried, strict=True):
        np.testing.assert_array_equal(found, written)
    with Image.open(paths[0]) as picture:
        assert picture.text[f"label {HAIR}"] == LEGEND[HAIR]
        assert picture.convert("RGB").getpixel((0, HAIR)) == COLOURS[HAIR]
    with Image.open(paths[1]) as picture:
        assert picture.text["label 3"] == "scalp"


def test_nothing_is_known_of_nothing(paths):
    write_carried(nothing(8), *paths)
    assert not np.any(read_carried(*paths, 8))


@pytest.mark.parametrize("which", [0, 1])
def test_other_pictures_are_refused(paths, which):
    for wrong in (np.zeros((7, 8), np.uint8), np.full((8, 8), 200, np.uint8)):
        write_carried(nothing(8), *paths)
        write_image(paths[which], wrong)
        with pytest.raises(InputError, match=rf"{paths[which].name}: not of 8 x 8 texels"):
            read_carried(*paths, 8)
    write_image(paths[which], np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(InputError, match=rf"{paths[which].name}: no picture of labels"):
        read_carried(*paths, 8)
