"""The moving picture: the complete head turns once about itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from scoreface.base.files import atomic
from scoreface.geometry.views import View
from scoreface.results.display import PAPER, SUPERSAMPLING, Studio, reduced

#: Pixels along a side of the WebP, and of the GIF, which takes more space for less.
SIZE, GIF_SIZE = 360, 240
SECONDS = 3.6

_COLOURS = 256
_QUALITY = 80


def azimuths(frames: int) -> list[float]:
    """Azimuths in degrees, from the front on, evenly once around: the last one's next is the first."""
    return [(360 * frame / frames + 180) % 360 - 180 for frame in range(frames)]


def write_turntable(
    studio: Studio, texture: np.ndarray, frames: int, gif: Path, webp: Path
) -> None:
    """Write the head's turn twice, as endless pictures that begin and end at the front.

    A WebP is a picture to a browser and loops as one. OpenCV's wheel encodes MPEG-4, which browsers do not play, and no
    H.264.

    Args:
        studio: the head and its camera.
        texture: (S, S, 3), 0..255, padded beyond the chart.
        frames: pictures in one turn.
        gif, webp: the files, written atomically: of ``GIF_SIZE`` and ``SIZE`` pixels a side.
    """
    texture = reduced(texture, SUPERSAMPLING * SIZE)
    turn = [
        Image.fromarray(studio.picture(texture, View(0, azimuth), SIZE, PAPER))
        for azimuth in azimuths(frames)
    ]
    _write(turn, webp, format="WEBP", quality=_QUALITY, method=4)
    small = [picture.resize((GIF_SIZE, GIF_SIZE), Image.Resampling.LANCZOS) for picture in turn]
    palette = _common_palette(small)
    # A fixed rounding of colours, unlike error diffusion, does not shimmer, and it compresses.
    drawn = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in small]
    _write(drawn, gif, format="GIF", optimize=False)


def _write(pictures: list[Image.Image], path: Path, **options: Any) -> None:
    # GIF counts in hundredths of a second.
    duration = max(10 * round(100 * SECONDS / len(pictures)), 20)
    with atomic(path) as temporary:
        pictures[0].save(
            temporary,
            save_all=True,
            append_images=pictures[1:],
            duration=duration,
            loop=0,
            **options,
        )


def _common_palette(pictures: list[Image.Image]) -> Image.Image:
    """One palette for all: frames with palettes of their own change colour as they turn."""
    side = GIF_SIZE // 2
    strip = Image.new("RGB", (side * len(pictures), side))
    for position, picture in enumerate(pictures):
        strip.paste(picture.reduce(2), (position * side, 0))
    return strip.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=2)
