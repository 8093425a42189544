"""The moving picture: the complete head swings from one profile to the other and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from scoreface.base.files import atomic
from scoreface.geometry.views import View
from scoreface.results.display import PAPER, SUPERSAMPLING, Studio, reduced

SIZE = 288
REACH = 90.0

_MILLISECONDS = 70
_COLOURS = 256


def azimuths(frames: int) -> list[float]:
    """Azimuths in degrees of a swing that eases in and out and closes upon itself."""
    phases = 2 * np.pi * np.arange(frames) / frames
    return [round(float(-REACH * np.cos(phase)), 6) for phase in phases]


def write_turntable(studio: Studio, texture: np.ndarray, frames: int, path: Path) -> None:
    """Write an endless GIF of ``SIZE`` x ``SIZE`` pixels, about 25 kB a frame.

    Args:
        studio: the head and its camera.
        texture: (S, S, 3), 0..255, padded beyond the chart.
        frames: pictures in one swing there and back. With an odd number two neighbours are equal,
            which the file holds as one of double length.
        path: the file, written atomically.
    """
    texture = reduced(texture, SUPERSAMPLING * SIZE)
    # The way back shows the same pictures as the way there.
    pictures = {
        azimuth: Image.fromarray(studio.picture(texture, View(0, azimuth), SIZE, PAPER))
        for azimuth in dict.fromkeys(azimuths(frames))
    }
    palette = _common_palette(list(pictures.values()))
    # A fixed rounding of colours, unlike error diffusion, does not shimmer, and it compresses.
    drawn = {
        azimuth: picture.quantize(palette=palette, dither=Image.Dither.NONE)
        for azimuth, picture in pictures.items()
    }
    swing = [drawn[azimuth] for azimuth in azimuths(frames)]
    with atomic(path) as temporary:
        swing[0].save(
            temporary,
            save_all=True,
            append_images=swing[1:],
            duration=_MILLISECONDS,
            loop=0,
            optimize=False,
        )


def _common_palette(pictures: list[Image.Image]) -> Image.Image:
    """One palette for all: frames with palettes of their own change colour as they turn."""
    strip = Image.new("RGB", (SIZE // 2 * len(pictures), SIZE // 2))
    for position, picture in enumerate(pictures):
        strip.paste(picture.reduce(2), (position * (SIZE // 2), 0))
    return strip.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=2)
