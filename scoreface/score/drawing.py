"""Pictures that a score model has drawn, as files: one PNG each, all of them in a grid, and a record."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from scoreface.base.arrays import write_image
from scoreface.base.files import write_json
from scoreface.base.progress import Progress
from scoreface.score.model import ScoreModel
from scoreface.score.sampler import Sampler
from scoreface.score.unconditional import as_grid, as_pixels, draw

#: The grid and the record, beside the pictures.
GRID, RECORD = "grid.png", "samples.json"

_MOST_COLUMNS = 10


def picture_name(number: int) -> str:
    """File name of the picture with that number, counted from 0."""
    return f"picture_{number:04d}.png"


def write_pictures(
    folder: Path,
    model: ScoreModel,
    count: int,
    seed: int,
    sampler: Sampler,
    size: int | None = None,
    together: int = 1,
    known: Mapping[str, Any] | None = None,
) -> None:
    """Draw pictures and write them, the grid of them as they were drawn, and the record last.

    Args:
        folder: where to.
        model: the score model.
        count: how many pictures.
        seed: of all of them.
        sampler: how they are drawn.
        size: pixels along a side that they are brought to, by Lanczos's filter; None: the model's.
        together: pictures of a batch.
        known: what the record says besides.

    Raises:
        InputError: the files cannot be written.
    """
    said = Progress("samples: drawn", "noise levels")
    started = time.monotonic()
    size = size or model.image_size
    drawn: list[torch.Tensor] = []

    def progress(pictures: int, level: int, levels: int) -> None:
        beside = min(together, count - pictures)
        said.say(pictures * levels + beside * level, count * levels)

    for picture in draw(model, count, seed, sampler, together, progress):
        pixels = as_pixels(picture.permute(1, 2, 0))
        write_image(folder / picture_name(len(drawn)), enlarged(pixels, size))
        drawn.append(picture)
    columns = min(_MOST_COLUMNS, math.ceil(math.sqrt(count)))
    write_image(folder / GRID, as_grid(torch.stack(drawn), columns))
    record = {
        **(known or {}),
        "seed": seed,
        "sampler": sampler.name,
        "noise_levels": sampler.levels,
        "evaluations": sampler.evaluations,
        "image_size": model.image_size,
        "size": size,
        "seconds": round(time.monotonic() - started, 1),
        "pictures": [picture_name(number) for number in range(count)],
    }
    write_json(folder / RECORD, record)


def enlarged(pixels: np.ndarray, size: int) -> np.ndarray:
    """A picture (S, S, 3) uint8 with another number of pixels along a side: the same, seen more finely or coarsely.

    Lanczos's filter of three lobes. It adds no detail: what the model has drawn of an eye stays what it is.
    """
    if len(pixels) == size:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.LANCZOS))
