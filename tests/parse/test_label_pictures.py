"""The user's own label pictures: values or colours, named by a palette file."""

from pathlib import Path

import numpy as np
import pytest

from scoreface.base.arrays import write_image, write_labels
from scoreface.base.errors import InputError
from scoreface.parse.engines import Given, LabelsSettings, make_parser
from scoreface.parse.label_pictures import read_palette_file
from scoreface.parse.labels import BACKGROUND, COLOURS, EARS, HAIR, LEGEND, SKIN, UNKNOWN

PHOTO = np.zeros((2, 3, 3), np.uint8)


@pytest.fixture
def parse(tmp_path: Path):
    """Parse the photo of the face ``00042`` by a picture and, if need be, a palette."""

    def run(pixels: np.ndarray, palette: str | None = None, photo: np.ndarray = PHOTO):
        write_image(tmp_path / "00042.png", pixels)
        file = ""
        if palette is not None:
            file = str(tmp_path / "palette.txt")
            Path(file).write_text(palette)
        settings = LabelsSettings(str(tmp_path / "{id}.png"), file)
        return make_parser(settings, Given("00042")).parse(photo, None)

    return run


def test_values_as_in_the_legend(parse) -> None:
    there = np.array([[0, 1, 2], [3, 5, 13]], np.uint8)
    parsed = parse(there)
    np.testing.assert_array_equal(parsed.labels, there)
    np.testing.assert_array_equal(parsed.confidence, np.where(there == UNKNOWN, 0, 255))


def test_what_the_stage_writes_can_be_read_back(parse, tmp_path: Path) -> None:
    there = np.array([[1, 2, 3], [2, 2, 7]], np.uint8)
    parse(there)
    write_labels(tmp_path / "00042.png", there, LEGEND, COLOURS)
    parser = make_parser(LabelsSettings(str(tmp_path / "{id}.png"), ""), Given("00042"))
    np.testing.assert_array_equal(parser.parse(PHOTO, None).labels, there)
    assert parser.source().model == str(tmp_path / "00042.png")


def test_values_that_a_palette_names(parse) -> None:
    palette = "// of my program\n255 skin\n\n7, Hair\n0 background\n"
    parsed = parse(np.array([[0, 255, 7], [7, 7, 0]], np.uint8), palette)
    np.testing.assert_array_equal(
        parsed.labels, [[BACKGROUND, SKIN, HAIR], [HAIR, HAIR, BACKGROUND]]
    )


def test_colours_that_a_palette_names(parse) -> None:
    pixels = np.zeros((2, 3, 3), np.uint8)
    pixels[0, 0], pixels[1, 2] = (255, 0, 16), (1, 2, 3)
    parsed = parse(pixels, "#ff0010 skin\n#010203 ears\n#000000 background")
    assert parsed.labels[0, 0] == SKIN
    assert parsed.labels[1, 2] == EARS
    assert (parsed.labels == BACKGROUND).sum() == 4


def test_pixels_without_a_name_are_refused(parse) -> None:
    with pytest.raises(InputError, match=r"00042\.png: has pixels of 9, which parse.labels.pal"):
        parse(np.full((2, 3), 9, np.uint8), "1 skin")
    with pytest.raises(InputError, match=r"00042\.png: has pixels of #00ff00, which"):
        parse(np.full((2, 3, 3), (0, 255, 0), np.uint8), "#000000 skin")
    with pytest.raises(InputError, match=r"has pixels of 200, which"):
        parse(np.full((2, 3), 200, np.uint8))


def test_a_picture_of_another_size_is_refused(parse) -> None:
    with pytest.raises(InputError, match="has 3 x 2 pixels, but the photo has 2 x 3"):
        parse(np.zeros((2, 3), np.uint8), photo=np.zeros((3, 2, 3), np.uint8))


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    parser = make_parser(LabelsSettings(str(tmp_path / "{id}.png"), ""), Given("7"))
    with pytest.raises(InputError, match=r"7\.png: cannot be read as a picture"):
        parser.parse(PHOTO, None)


@pytest.mark.parametrize(
    ("palette", "message"),
    [
        ("1 nose", "line 1: is no value or colour #rrggbb with one of the names unknown, back"),
        ("\n1", "line 2: is no value or colour"),
        ("300 skin", "line 1: '300' is no value from 0 to 255, and no colour #rrggbb"),
        ("#12345 skin", "line 1: '#12345' is no value from 0 to 255"),
        ("9999999 skin", "line 1: '9999999' is no value from 0 to 255"),
        ("1 skin\n1 hair", "line 2: names 1 a second time"),
        ("1 skin\n#000000 hair", "has to have either values or colours"),
        ("", "has to have either values or colours"),
    ],
)
def test_palettes_that_say_nothing_clear_are_refused(tmp_path, palette, message) -> None:
    (tmp_path / "palette.txt").write_text(palette)
    with pytest.raises(InputError, match="^parse.labels.palette: .*" + message):
        read_palette_file(tmp_path / "palette.txt")


def test_a_missing_palette_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.txt cannot be read"):
        make_parser(LabelsSettings("{id}.png", str(tmp_path / "none.txt")))
