"""The labels have a meaning, a name and a colour each, and files keep them."""

from pathlib import Path

import numpy as np
from PIL import Image

from scoreface.base.arrays import read_labels, write_labels
from scoreface.parse import labels
from scoreface.parse.labels import BACKGROUND, BARE, COLOURS, FACE, LEGEND, NAMES, PERSON, UNKNOWN


def test_the_labels_are_whole_numbers_from_0_on_without_gaps() -> None:
    values = [value for name, value in vars(labels).items() if type(value) is int]
    assert sorted(values) == list(range(14)) == list(LEGEND) == list(NAMES)
    assert len(COLOURS) == len(set(COLOURS)) == 14
    assert len(set(NAMES.values())) == 14


def test_what_is_bare_is_the_persons_and_background_is_not() -> None:
    assert FACE < BARE < PERSON <= set(LEGEND)
    assert not PERSON & {UNKNOWN, BACKGROUND, labels.OTHER}


def test_a_picture_of_labels_keeps_values_and_legend(tmp_path: Path) -> None:
    there = np.arange(14, dtype=np.uint8).reshape(2, 7)
    write_labels(tmp_path / "labels.png", there, LEGEND, COLOURS)
    np.testing.assert_array_equal(read_labels(tmp_path / "labels.png"), there)
    with Image.open(tmp_path / "labels.png") as picture:
        assert picture.text["label 3"] == LEGEND[3] == "hair"
        assert picture.convert("RGB").getpixel((2, 0)) == COLOURS[2]
