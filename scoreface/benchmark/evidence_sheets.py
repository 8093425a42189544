"""One picture a photo: the photo, and over it what each engine calls observed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scoreface.benchmark.chain import Lifted
from scoreface.benchmark.scenes import Scene
from scoreface.demo.head.model import build_model
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.rasterise import rasterise
from scoreface.parse.labels import BARE

_CAPTION = 24
_INK, _PAPER = (40, 42, 48), (238, 238, 240)
_RIGHT, _WRONG, _LOST = (40, 200, 70), (255, 30, 30), (40, 90, 255)
_OPACITY = 0.45


def draw_sheet(scene: Scene, engines: Mapping[str, Lifted | None], caption: str) -> np.ndarray:
    """Draw the photo, and for each engine its observed texels: green, red where they are not the head's.

    Blue is skin that the photo shows, and whose texels are not observed.

    Args:
        scene: the photo.
        engines: what each made of it; None where the photo is rejected.
        caption: of the photo.

    Returns:
        (H, W, 3) uint8.
    """
    tiles = {caption: scene.image}
    for name, lifted in engines.items():
        if lifted is None:
            tiles[f"{name}: rejected"] = np.full_like(scene.image, 128)
        else:
            tiles[name] = _marked(scene, lifted)
    sheet = np.pad(np.concatenate(list(tiles.values()), 1), ((_CAPTION, 0), (0, 0), (0, 0)))
    sheet[:_CAPTION] = _PAPER
    picture = Image.fromarray(sheet)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(14)
    for index, text in enumerate(tiles):
        draw.text((index * scene.image.shape[1] + 6, 4), text, _INK, font)
    return np.array(picture)


def _marked(scene: Scene, lifted: Lifted) -> np.ndarray:
    """The photo with what is observed, pixel by pixel: a pixel is its texel's of the fitted head."""
    observed = lifted.observed
    inside, called = _at_pixels(scene, lifted.shown, lifted.head.known_scale, observed)
    called &= inside
    shown, kept = _at_pixels(scene, scene.vertices, scene.scale, observed)
    own = scene.own >= 0.5
    lost = shown & ~kept & ~called & own & np.isin(scene.labels, list(BARE))
    marked = scene.image.astype(float)
    for where, colour, opacity in (
        (called & own, _RIGHT, _OPACITY),
        (lost, _LOST, _OPACITY),
        (called & ~own, _WRONG, 0.8),
    ):
        marked[where] += opacity * (np.array(colour) - marked[where])
    return np.rint(marked).astype(np.uint8)


def _at_pixels(
    scene: Scene, vertices: np.ndarray, scale: float, observed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(S, S) bool: where a head is in the photo, and where the texel at its surface there is observed."""
    model, size = build_model(), len(observed)
    seen = rasterise(vertices, model.f, OrthographicCamera(scale), scene.labels.shape, "embree")
    uv = seen.interpolate(model.vt, model.ft)
    rows = np.clip(((1.0 - uv[..., 1]) * size).astype(int), 0, size - 1)
    columns = np.clip((uv[..., 0] * size).astype(int), 0, size - 1)
    return ~seen.background, observed[rows, columns]
