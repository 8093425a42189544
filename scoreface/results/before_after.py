"""The picture that shows what the photo gave, and what was added to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scoreface.geometry.views import View
from scoreface.results.compare import Comparison
from scoreface.results.display import PAPER, SUPERSAMPLING, Studio, lookup, reduced
from scoreface.results.missing import photo_alone

AZIMUTHS = (-60, -30, 0, 30, 60)

_WIDTH, _MARGIN, _GAP, _CAPTION = 1200, 12, 6, 38
#: Pixels along a side of the large pictures above and of the small ones below, which fill the width alike.
LARGE = (_WIDTH - 2 * _MARGIN - 2 * _GAP) // 3
SMALL = (_WIDTH - 2 * _MARGIN - (len(AZIMUTHS) - 1) * _GAP) // len(AZIMUTHS)
#: Tops of the three rows.
TOPS = (
    _MARGIN + _CAPTION,
    _MARGIN + 2 * _CAPTION + LARGE + _GAP,
    _MARGIN + 2 * _CAPTION + LARGE + SMALL + 2 * _GAP,
)

_INK = (40, 42, 48)


def draw_before_after(
    studio: Studio, complete: np.ndarray, photo_texture: np.ndarray, compared: Comparison
) -> np.ndarray:
    """Draw the photo beside its head at one framing, and below the head from all sides, incomplete and complete.

    Args:
        studio: the head and its camera.
        complete, photo_texture: the two textures, see :func:`scoreface.results.render.load_textures`.
        compared: the photo and the head as it is in there.

    Returns:
        (H, W, 3) uint8.
    """
    raster = SUPERSAMPLING * SMALL
    complete, photo_texture = reduced(complete, raster), reduced(photo_texture, raster)
    rows: list[list[np.ndarray]] = [[], []]
    for azimuth in AZIMUTHS:
        snapshot = studio.snapshot(View(0, azimuth), SMALL)
        rows[0].append(photo_alone(photo_texture, snapshot))
        rows[1].append(snapshot.develop(lookup(complete, snapshot.uv), PAPER))
    page = Image.new("RGB", (_WIDTH, TOPS[2] + SMALL + _MARGIN), (255, 255, 255))
    _set_row(page, [_resized(picture) for picture in compared], TOPS[0])
    for top, row in zip(TOPS[1:], rows, strict=True):
        _set_row(page, row, top)
    _caption(page, ("photo", "what it shows of the head", "complete"), LARGE, TOPS[0])
    angles = [f"{azimuth:+d}°" if azimuth else "frontal" for azimuth in AZIMUTHS]
    _caption(page, angles, SMALL, TOPS[1])
    return np.array(page)


def _resized(picture: np.ndarray) -> np.ndarray:
    return np.array(Image.fromarray(picture).resize((LARGE, LARGE), Image.Resampling.LANCZOS))


def _set_row(page: Image.Image, row: Sequence[np.ndarray], top: int) -> None:
    for column, tile in enumerate(row):
        page.paste(Image.fromarray(tile), (_MARGIN + column * (len(tile) + _GAP), top))


def _caption(page: Image.Image, texts: Sequence[str], width: int, top: int) -> None:
    """Write above the pictures of a row, which are ``width`` pixels wide."""
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(size=22)
    for column, text in enumerate(texts):
        place = (_MARGIN + column * (width + _GAP) + width / 2, top - _CAPTION / 2)
        draw.text(place, text, fill=_INK, font=font, anchor="mm")
