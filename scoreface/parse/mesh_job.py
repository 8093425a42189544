"""One search for a face by MediaPipe's networks, as the workflow asks for it: what it reads, writes, and its keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option
from scoreface.base.settings import key


@dataclass(frozen=True)
class Inputs:
    """What is looked at.

    Attributes:
        image: the photo.
        id: its id.
        finder: the file of MediaPipe's face detector.
        mesh: that of its face mesh.
    """

    image: Path = option("the photo")
    id: str = option("the photo's id")
    finder: Path = option("MediaPipe's face detector, as stage face-mesh leaves it")
    mesh: Path = option("its face mesh, likewise")


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: npz, see :func:`scoreface.parse.mesh_record.write_mesh`.
    """

    out: Path


@dataclass(frozen=True)
class Settings:
    """Limits, those of the stage ``detect``.

    Attributes:
        max_pixels: largest number of pixels of a photo.
        time_limit: seconds after which the search is given up.
    """

    max_pixels: int = key("fit.max_pixels", borrowed=True)
    time_limit: float = key("fit.time_limit", borrowed=True)
