"""Write the demo's photos, and the ground truth of the synthetic ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.settings import key

VERSION = "4"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    texture_size: texels along a side of the skins.
    """

    texture_size: int = key("demo.texture_size", borrowed=True)


@dataclass(frozen=True)
class Inputs:
    """Nothing: people, light and backgrounds are drawn from fixed seeds."""


@dataclass(frozen=True)
class Outputs:
    """Two folders.

    Attributes:
        photos: gets one PNG a face.
        truth: gets one npz a synthetic face.
    """

    photos: Path
    truth: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Write the photos and their truth."""
    from scoreface.demo.assets import write_photos

    write_photos(outputs.photos, outputs.truth, settings.texture_size)
