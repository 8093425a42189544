"""Remove dark texels from what the photo shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.settings import key

VERSION = "2"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    dark_threshold, dark_texels: see :func:`scoreface.texture.preprocess.known_texels`.
    """

    dark_threshold: float = key("preprocess.dark_threshold")
    dark_texels: str = key("preprocess.dark_texels")


@dataclass(frozen=True)
class Inputs:
    """The lifted photo, and the mask of what it shows."""

    texture: Path
    seen: Path


@dataclass(frozen=True)
class Outputs:
    """The texels that count as known, and their mask."""

    large: Path
    known: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Write the texels that count as known.

    Raises:
        InputError: a picture is missing or damaged.
    """
    import numpy as np

    from scoreface.base.arrays import read_image, read_mask, write_image
    from scoreface.texture.preprocess import known_texels

    texture, seen = read_image(inputs.texture), read_mask(inputs.seen)
    known = known_texels(texture, seen, settings.dark_threshold, settings.dark_texels)
    write_image(outputs.large, np.where(known[..., None], texture, 0).astype(np.uint8))
    write_image(outputs.known, known)
