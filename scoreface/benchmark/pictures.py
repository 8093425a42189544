"""One picture a face: the photo, the truth and what each method makes of it."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scoreface.benchmark.measure import FRONTAL, PICTURE_SIZE, Gallery, Judge
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
    photo = _tile(case.photo.image)
    columns = {"photo": [*_renders(judge.given, case.scene.large, views), _tile(case.scene.large)]}
    columns["truth"] = [*_renders(judge.true, case.truth, views), _tile(case.truth)]
    for name, texture in textures.items():
        columns[name] = [*_renders(judge.given, texture, views), _tile(texture)]
    blank = np.full_like(photo, _PAPER)
    pixels = [np.concatenate([photo, blank, blank])]
    pixels += [np.concatenate(column) for column in columns.values()]
    sheet = np.concatenate(pixels, 1)
    sheet = np.pad(sheet, ((_CAPTION, 0), (0, 0), (0, 0)))
    sheet[:_CAPTION] = _PAPER
    picture = Image.fromarray(sheet)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(14)
    captions = [case.face.id, "photo's texels", *list(columns)[1:]]
    for index, caption in enumerate(captions):
        draw.text((index * PICTURE_SIZE + 6, 3), caption, _INK, font)
    return np.array(picture)


def _least_seen(judge: Judge) -> View:
    """The held-out view that shows the most of what is measured."""
    region = np.repeat(judge.case.region[..., None], 3, 2).astype(np.uint8)
    return max(
        judge.views, key=lambda view: int(judge.given.picture(region, view).pixels.sum(dtype=int))
    )


def _renders(gallery: Gallery, texture: np.ndarray, views: list[View]) -> list[np.ndarray]:
    return [gallery.picture(texture, view).pixels for view in views]


def _tile(pixels: np.ndarray) -> np.ndarray:
    size = (PICTURE_SIZE, PICTURE_SIZE)
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
