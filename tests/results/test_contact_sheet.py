"""The sheet of a whole run: each face's pictures in their places, and what it says of those it leaves out."""

import numpy as np
import pytest

from scoreface.base.arrays import write_image
from scoreface.results import contact_sheet
from scoreface.results.contact_sheet import MOST_FACES, draw_contact_sheet

COLOURS = {
    "photo.png": (250, 0, 0),
    "frontal.png": (0, 250, 0),
    "views/view_e+00_a+30.png": (0, 0, 250),
    "views/view_e+00_a-60.png": (250, 250, 0),
}


def write_face(folder, **others):
    """A face's pictures, each of one colour, and views that are further from what is shown."""
    further = [
        f"views/view_e{view}.png" for view in ("+10_a+40", "+00_a+00", "+00_a-30", "+00_a+60")
    ]
    colours = {**COLOURS, **dict.fromkeys(further, (9, 9, 9)), **others}
    for name, colour in colours.items():
        write_image(folder / name, np.full((30, 50, 3), colour, np.uint8))


def tiles(sheet, position, tile, columns):
    """The pixels in the middle of a face's four pictures."""
    down, right = divmod(position, columns)
    step = 4 * tile + 3 * contact_sheet._GAP + contact_sheet._APART
    high = tile + contact_sheet._CAPTION + contact_sheet._GAP
    x = contact_sheet._MARGIN + right * step + tile // 2
    y = contact_sheet._MARGIN + down * high + tile // 2
    return [tuple(sheet[y, x + number * (tile + contact_sheet._GAP)]) for number in range(4)]


def test_each_face_has_its_photo_and_three_sides(tmp_path):
    for id in ("a", "b", "c"):
        write_face(tmp_path / id)
    write_face(tmp_path / "b", **{"compare/photo.png": (1, 2, 3)})
    sheet = draw_contact_sheet(["a", "b", "c"], tmp_path)
    assert sheet.dtype == np.uint8
    assert tiles(sheet, 0, 160, 2) == list(COLOURS.values())
    # The photo's crop, where there is one.
    assert tiles(sheet, 1, 160, 2) == [(1, 2, 3), *list(COLOURS.values())[1:]]
    assert tiles(sheet, 2, 160, 2) == list(COLOURS.values())


def test_missing_and_damaged_pictures_are_left_pale(tmp_path):
    write_face(tmp_path / "a")
    (tmp_path / "a" / "frontal.png").write_text("no picture")
    (tmp_path / "a" / "photo.png").unlink()
    sheet = draw_contact_sheet(["a", "gone"], tmp_path)
    pale = contact_sheet._NOTHING
    assert tiles(sheet, 0, 160, 2) == [pale, pale, *list(COLOURS.values())[2:]]
    assert tiles(sheet, 1, 160, 2) == [pale] * 4


def test_a_long_list_is_cut_and_the_sheet_says_so(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(
        contact_sheet, "_line", lambda *counts: said.append(counts) or "in the font's letters"
    )
    write_face(tmp_path / "one")
    short = draw_contact_sheet(["one"] * MOST_FACES, tmp_path)
    long = draw_contact_sheet(["one"] * (MOST_FACES + 1000), tmp_path)
    assert said == [(MOST_FACES, MOST_FACES), (MOST_FACES, MOST_FACES + 1000)]
    assert short.shape == long.shape
    assert tiles(long, MOST_FACES - 1, 96, 4) == list(COLOURS.values())
    assert max(long.shape) < 10_000  # pixels that any viewer opens


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ((1, 1), "1 complete face"),
        ((3, 3), "3 complete faces"),
        ((200, 12345), "the first 200 of 12,345 complete faces; 12,145 more are not shown"),
    ],
)
def test_the_line_below(counts, line):
    assert contact_sheet._line(*counts) == line


def test_no_face_and_ids_of_any_length(tmp_path):
    assert draw_contact_sheet([], tmp_path).shape[2] == 3
    sheet = draw_contact_sheet(["W" * 100, "b"], tmp_path)
    # The gap between two faces stays free of the first one's id.
    gap = contact_sheet._MARGIN + 4 * 160 + 3 * contact_sheet._GAP
    caption = slice(contact_sheet._MARGIN + 160, contact_sheet._MARGIN + 160 + 26)
    assert (sheet[caption, gap : gap + contact_sheet._APART] == 255).all()
    assert (sheet[caption, :gap] < 128).any()
