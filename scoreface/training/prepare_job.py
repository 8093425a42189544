"""How photos are made pictures for training: what is read, what is written, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option
from scoreface.base.errors import InputError

_COUNTS = ("size", "workers")


@dataclass(frozen=True)
class Settings:
    """How the pictures look, and by what the photos are parsed."""

    size: int = option("pixels along a side of the pictures", 128)
    frame: str = option(
        "views: heads as large and where the pipelines' views have them; ffhq: as in FFHQ", "views"
    )
    keep: str = option(
        "bald: the head, and of its hair what lies before it, as the pipelines show it; head: with all its hair; "
        "person: with clothes; everything: with the background",
        "bald",
    )
    parser: str = option("embedded, segformer, onnx; none with --keep everything", "embedded")
    parser_model: str = option(
        "of the parser: a file, or a folder or name on the hub for segformer; auto: the one that the workflow fetches",
        "auto",
    )
    landmark_predictor: str = option("dlib's 68-point predictor; auto: the installed one", "auto")
    fast: bool = option("leave out photos in which dlib's frontal detector finds no face", False)
    workers: int = option("processes", 1)

    def __post_init__(self) -> None:
        for name in _COUNTS:
            if (count := getattr(self, name)) < 1:
                raise InputError(f"--{name} {count}: give 1 or more")


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    photos: folder of photos, or a photo.
    """

    photos: Path = option("folder of photos, those below it included", positional=True)


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: gets a PNG for each photo with a face, and a table of all.
    """

    out: Path = option("folder for the pictures, which scoreface train --data takes")
