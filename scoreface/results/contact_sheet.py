"""One picture of a whole run: of each complete face its photo and its head from three sides."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scoreface.base.arrays import read_image
from scoreface.base.errors import InputError
from scoreface.geometry.views import View

#: Faces that are drawn; of longer lists the sheet says how many it leaves out.
MOST_FACES = 200

# Up to so many faces are drawn larger.
_FEW = 24
# Azimuths that people call a three-quarter view and a profile, on opposite sides.
_THREE_QUARTER, _PROFILE = 40.0, -90.0
_NAME = re.compile(r"view_e([+-]\d+(?:\.\d+)?)_a([+-]\d+(?:\.\d+)?)\.png")

_MARGIN, _GAP, _APART, _CAPTION = 16, 2, 20, 26
_INK, _FAINT = (40, 42, 48), (112, 114, 122)
_WHITE = (255, 255, 255)
# In place of a picture that is not there.
_NOTHING = (232, 232, 235)


class _Grid(NamedTuple):
    """How faces stand on a sheet.

    Attributes:
        tile: pixels along a side of a picture.
        columns: faces in a row.
    """

    tile: int
    columns: int

    @property
    def step(self) -> tuple[int, int]:
        """Pixels from one face to the next, to the right and down."""
        return 4 * self.tile + 3 * _GAP + _APART, self.tile + _CAPTION + _GAP

    def place(self, position: int) -> tuple[int, int]:
        """Left and top of a face."""
        down, right = divmod(position, self.columns)
        across, high = self.step
        return _MARGIN + right * across, _MARGIN + down * high

    def size(self, faces: int) -> tuple[int, int]:
        """Width and height of a sheet, with a line below the faces."""
        across, high = self.step
        columns, rows = min(self.columns, max(faces, 1)), -(-faces // self.columns)
        return columns * across - _APART + 2 * _MARGIN, rows * high + _CAPTION + 2 * _MARGIN


def draw_contact_sheet(ids: Sequence[str], results: Path) -> np.ndarray:
    """Draw photo, frontal view, three-quarter view and profile of each face, its id below.

    Of the views the nearest ones that were rendered are taken. The pictures are read one after the other and kept no
    larger than they are shown. What is missing or damaged is left pale.

    Args:
        ids: the complete faces; the first ``MOST_FACES`` are shown.
        results: the folder with a folder of each.

    Returns:
        (H, W, 3) uint8.
    """
    shown = ids[:MOST_FACES]
    grid = _Grid(160, 2) if len(shown) <= _FEW else _Grid(96, 4)
    sheet = Image.new("RGB", grid.size(len(shown)), _WHITE)
    draw = ImageDraw.Draw(sheet)
    for position, id in enumerate(shown):
        left, top = grid.place(position)
        for number, path in enumerate(_pictures(results / id)):
            sheet.paste(_tile(path, grid.tile), (left + number * (grid.tile + _GAP), top))
        place = (left, top + grid.tile + _CAPTION / 2)
        draw.text(place, _shortened(id, grid), fill=_INK, font=_font(), anchor="lm")
    place = (_MARGIN, sheet.height - _MARGIN - _CAPTION / 2)
    draw.text(place, _line(len(shown), len(ids)), fill=_FAINT, font=_font(), anchor="lm")
    return np.array(sheet)


def _pictures(folder: Path) -> list[Path | None]:
    """A face's four pictures, None where there is none of the kind."""
    cropped = folder / "compare" / "photo.png"
    views = {view: path for path in (folder / "views").glob("*.png") if (view := _view(path))}
    return [
        cropped if cropped.is_file() else folder / "photo.png",
        folder / "frontal.png",
        _nearest(views, _THREE_QUARTER),
        _nearest(views, _PROFILE),
    ]


def _view(path: Path) -> View | None:
    """The view that a picture shows, by its name."""
    found = _NAME.fullmatch(path.name)
    return View(float(found[1]), float(found[2])) if found else None


def _nearest(views: dict[View, Path], azimuth: float) -> Path | None:
    """The picture of the view nearest to one from the head's own height."""
    best = min(
        views,
        key=lambda view: (abs(view.elevation), abs(view.azimuth - azimuth), view.azimuth),
        default=None,
    )
    return views[best] if best else None


def _tile(path: Path | None, side: int) -> Image.Image:
    """The middle square of a picture, ``side`` pixels along a side."""
    try:
        picture = Image.fromarray(read_image(path)) if path else None
    except InputError:
        picture = None
    if picture is None:
        return Image.new("RGB", (side, side), _NOTHING)
    square = min(picture.size)
    left, top = (picture.width - square) // 2, (picture.height - square) // 2
    box = (left, top, left + square, top + square)
    return picture.resize((side, side), Image.Resampling.LANCZOS, box=box, reducing_gap=2.0)


def _shortened(text: str, grid: _Grid) -> str:
    """``text``, its end cut off where it is wider than a face's pictures."""
    width = grid.step[0] - _APART
    if _font().getlength(text) <= width:
        return text
    while text and _font().getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"


def _line(shown: int, all: int) -> str:
    """What is said below the faces."""
    if shown == all:
        return f"{all} complete face{'' if all == 1 else 's'}"
    return f"the first {shown} of {all:,} complete faces; {all - shown:,} more are not shown"


@functools.cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=14)
