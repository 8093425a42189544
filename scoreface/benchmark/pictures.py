"""One picture a face: the photo, the truth and what each method makes of it, in columns with captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scoreface.benchmark.gallery import FRONTAL, PICTURE_SIZE, Gallery
from scoreface.benchmark.measure import Judge
from scoreface.geometry.views import View

_CAPTION = 22
_INK, _PAPER = (40, 42, 48), (238, 238, 240)


def draw_face(judge: Judge, textures: dict[str, np.ndarray]) -> np.ndarray:
    """Draw a face as a table of pictures: a column each for the photo, the truth and the methods.

    The rows are the held-out view that sees most of what the photo did not, the frontal view, and the texture.

    Args:
        judge: of the face.
        textures: (L, L, 3) uint8 by method.

    Returns:
        (H, W, 3) uint8.
    """
    case = judge.case
    views = [_least_seen(judge), FRONTAL]
    photo = tile(case.photo.image)
    blank = np.full_like(photo, _PAPER)
    large = case.scene.large
    columns = {
        case.face.id: [photo, blank, blank],
        "photo's texels": [*_renders(judge.given, large, views), tile(large)],
        "truth": [*_renders(judge.true, case.truth, views), tile(case.truth)],
    }
    for name, texture in textures.items():
        columns[name] = [*_renders(judge.given, texture, views), tile(texture)]
    return sheet(columns)


def sheet(columns: Mapping[str, Sequence[np.ndarray]]) -> np.ndarray:
    """Tiles of :data:`PICTURE_SIZE`, uint8, in columns of one length, each under its caption: (H, W, 3) uint8."""
    pixels = np.concatenate([np.concatenate(column) for column in columns.values()], 1)
    pixels = np.pad(pixels, ((_CAPTION, 0), (0, 0), (0, 0)))
    pixels[:_CAPTION] = _PAPER
    picture = Image.fromarray(pixels)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(14)
    for index, caption in enumerate(columns):
        draw.text((index * PICTURE_SIZE + 6, 3), caption, _INK, font)
    return np.array(picture)


def tile(pixels: np.ndarray) -> np.ndarray:
    """Pixels (H, W, 3) uint8 at the size of a tile."""
    size = (PICTURE_SIZE, PICTURE_SIZE)
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def _least_seen(judge: Judge) -> View:
    """The held-out view that shows the most of what is measured."""
    region = np.repeat(judge.case.region[..., None], 3, 2).astype(np.uint8)
    return max(
        judge.views, key=lambda view: int(judge.given.picture(region, view).pixels.sum(dtype=int))
    )


def _renders(gallery: Gallery, texture: np.ndarray, views: list[View]) -> list[np.ndarray]:
    return [gallery.picture(texture, view).pixels for view in views]
