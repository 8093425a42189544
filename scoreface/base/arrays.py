"""Arrays in files: npz archives, pictures, masks and labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

import numpy as np
from PIL import Image, PngImagePlugin

from scoreface.base.errors import InputError
from scoreface.base.files import atomic
from scoreface.base.photo import pillow_limit_lifted


def write_npz(path: Path, **arrays: Any) -> None:
    """Write ``arrays`` as a compressed npz to ``path`` atomically."""
    with atomic(path) as temporary:
        np.savez_compressed(str(temporary), **arrays)


def write_image(path: Path, pixels: np.ndarray, text: Optional[Dict[str, str]] = None) -> None:
    """Write a picture atomically.

    Args:
        path: ends in ``.png``.
        pixels: (H, W, 3) or (H, W) uint8, or (H, W) bool, which becomes 0 and 255.
        text: entries for the PNG's metadata.
    """
    info = PngImagePlugin.PngInfo()
    for key, value in (text or {}).items():
        info.add_text(key, value)
    if pixels.dtype == bool:
        pixels = pixels.astype(np.uint8) * 255
    with atomic(path) as temporary:
        Image.fromarray(pixels).save(temporary, pnginfo=info)


def write_labels(
    path: Path,
    labels: np.ndarray,
    legend: Mapping[int, str],
    colours: Sequence[Tuple[int, int, int]],
) -> None:
    """Write labels as an indexed PNG whose pixel values are the labels, with their legend in its metadata.

    Args:
        path: ends in ``.png``.
        labels: (H, W) uint8.
        legend: what each label means.
        colours: of the labels from 0 on, for people.
    """
    picture = Image.fromarray(labels)
    picture.putpalette([value for colour in colours for value in colour])
    text = PngImagePlugin.PngInfo()
    for label, meaning in legend.items():
        text.add_text("label {}".format(label), meaning)
    with atomic(path) as temporary:
        picture.save(temporary, pnginfo=text)


def read_image(path: Path) -> np.ndarray:
    """A picture as (H, W, 3) uint8 RGB.

    Raises:
        InputError: the file is missing or no picture.
    """
    return _read(path, "RGB")


def read_mask(path: Path) -> np.ndarray:
    """A black-and-white picture as (H, W) bool, true where white.

    Raises:
        InputError: the file is missing or no picture.
    """
    return _read(path, "L") > 127


def read_labels(path: Path) -> np.ndarray:
    """A one-byte picture as (H, W) uint8, values as they stand (no palette applied).

    Raises:
        InputError: the file is missing or no picture.
    """
    return _read(path, None)


def _read(path: Path, mode: Optional[str]) -> np.ndarray:
    try:
        # fit.max_pixels has limited the photo; Pillow's own limit would stop the stages behind the fit.
        with pillow_limit_lifted(), Image.open(path) as image:
            return np.array(image.convert(mode) if mode else image)
    except (OSError, SyntaxError) as error:
        raise InputError(
            f"{path}: cannot be read as a picture ({error}); if a stage has made it, delete it and run again"
        ) from error
