"""The picture that shows what the photo gave, and what was added to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.views import View
from scoreface.results.display import PAPER, SUPERSAMPLING, Snapshot, Studio, lookup, reduced

AZIMUTHS = (-60, -30, 0, 30, 60)

_TILE = 264
_GAP = 6
_MARGIN = 20
_CAPTION = 30
_INK = (40, 42, 48)
_FAINT = (112, 114, 122)
# What the photo does not show: a colour that no skin has, shaded so that the head keeps its shape.
_MISSING = np.array([172.0, 160.0, 198.0], np.float32)


def draw_before_after(
    studio: Studio, complete: np.ndarray, photo_texture: np.ndarray, photo: np.ndarray
) -> np.ndarray:
    """Draw the photo beside two rows of renders: its texels alone, and the complete texture.

    Args:
        studio: the head and its camera.
        complete: (S, S, 3) texture, 0..255, padded beyond the chart.
        photo_texture: (S, S, 4) the photo's texels, 0..255, multiplied by the last channel: 1 where
            the photo shows the texel and 0 elsewhere; padded beyond the chart.
        photo: (H, W, 3) uint8; its middle square is shown.

    Returns:
        (H, W, 3) uint8.
    """
    raster = SUPERSAMPLING * _TILE
    complete, photo_texture = reduced(complete, raster), reduced(photo_texture, raster)
    rows: list[list[np.ndarray]] = [[], []]
    for azimuth in AZIMUTHS:
        snapshot = studio.snapshot(View(0, azimuth), _TILE)
        alone = _photo_alone(photo_texture, snapshot)
        rows[0].append(snapshot.develop(alone, PAPER))
        rows[1].append(snapshot.develop(lookup(complete, snapshot.uv), PAPER))
    return _compose(photo, rows)


def crop_to_head(
    photo: np.ndarray, vertices: np.ndarray, scale: float, camera: PerspectiveCamera
) -> np.ndarray:
    """Crop a photo to the square that frames its head as the renders do, inside the photo.

    Args:
        photo: (H, W, 3) uint8.
        vertices: (V, 3) the fit's; ``scale * vertices[:, :2]`` are pixels with y up.
        scale: pixels per mesh unit.
        camera: the renders' camera, which sees the normalised head.
    """
    height, width = photo.shape[:2]
    centre = vertices.mean(0)
    extent = np.abs(vertices - centre).max()
    half = scale * extent * camera.distance * np.tan(np.radians(camera.field_of_view) / 2)
    side = min(max(round(2 * half), 1), height, width)
    left = round(np.clip(scale * centre[0] - side / 2, 0, width - side))
    top = round(np.clip(height - scale * centre[1] - side / 2, 0, height - side))
    return photo[top : top + side, left : left + side]


def _photo_alone(photo_texture: np.ndarray, snapshot: Snapshot) -> np.ndarray:
    """Colours (N, 3) of the photo's texels, and of shaded clay where it has none."""
    sampled = lookup(photo_texture, snapshot.uv)
    shade = 0.4 + 0.6 * np.clip(snapshot.normal[:, 2:], 0, 1)
    return sampled[:, :3] + (1 - sampled[:, 3:]) * _MISSING * shade


def _compose(photo: np.ndarray, rows: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """Set the photo over the height of both rows, and captions above and beside them."""
    step = _TILE + _GAP
    high = 2 * _TILE + _GAP
    left = _MARGIN + high + _MARGIN
    top = _MARGIN + _CAPTION
    width = left + _CAPTION + len(AZIMUTHS) * step - _GAP + _MARGIN
    page = Image.new("RGB", (width, top + high + _MARGIN), (255, 255, 255))
    page.paste(
        ImageOps.fit(Image.fromarray(photo), (high, high), Image.Resampling.LANCZOS), (_MARGIN, top)
    )
    _caption(page, "photo", _MARGIN, top - _CAPTION, high, _INK)
    for line, (row, text) in enumerate(zip(rows, ("texels of the photo", "complete"), strict=True)):
        strip = Image.new("RGB", (_TILE, _CAPTION), (255, 255, 255))
        _caption(strip, text, 0, 0, _TILE, _INK)
        page.paste(strip.transpose(Image.Transpose.ROTATE_90), (left, top + line * step))
        for column, tile in enumerate(row):
            place = (left + _CAPTION + column * step, top + line * step)
            page.paste(Image.fromarray(tile), place)
    for column, azimuth in enumerate(AZIMUTHS):
        text = f"{azimuth:+d}°" if azimuth else "frontal"
        _caption(page, text, left + _CAPTION + column * step, top - _CAPTION, _TILE, _FAINT)
    return np.array(page)


def _caption(
    page: Image.Image, text: str, left: int, top: int, width: int, ink: tuple[int, int, int]
) -> None:
    """Write ``text`` in the middle of a strip ``width`` pixels wide and ``_CAPTION`` high."""
    place = (left + width / 2, top + _CAPTION / 2 - 2)
    font = ImageFont.load_default(size=17)
    ImageDraw.Draw(page).text(place, text, fill=ink, font=font, anchor="mm")
