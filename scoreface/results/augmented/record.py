"""What is known of each picture of a face, as ``views.json`` has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from scoreface.base.errors import InputError
from scoreface.base.files import read_json, write_json

#: The record's name, in the folder with the pictures.
NAME = "views.json"


class Shown(NamedTuple):
    """Attributes:
    number: of the picture, from 0.
    yaw, pitch, roll: of the head in it, degrees, as the fit has them.
    share: of the head's part of it that the photo has shown.
    light: the new light, see :class:`scoreface.results.augmented.relight.Lamp`; None: as it was.
    background: what stands behind: ``black``, ``photo`` or a file's name.
    """

    number: int
    yaw: float
    pitch: float
    roll: float
    share: float
    light: dict[str, float] | None
    background: str

    @property
    def picture(self) -> str:
        """Name of the picture's file."""
        return f"{self.number:03d}.png"

    @property
    def confidence(self) -> str:
        """Name of the file beside it."""
        return f"{self.number:03d}_confidence.png"


class Record(NamedTuple):
    """Attributes:
    id: of the face.
    seed: of the run.
    texture: SHA-256 of the texture's file.
    size: pixels along a picture's side.
    made_with: version and settings of the stage: what else the pictures depend on.
    views: the pictures.
    """

    id: str
    seed: int
    texture: str
    size: int
    made_with: dict[str, Any]
    views: list[Shown]


def write_record(folder: Path, record: Record) -> None:
    """Write it beside the pictures."""
    views = [view._asdict() for view in record.views]
    write_json(folder / NAME, {**record._asdict(), "views": views})


def read_record(folder: Path) -> Record:
    """Read it.

    Raises:
        InputError: it is missing or damaged.
    """
    path = folder / NAME
    try:
        content: Any = read_json(path)
        return Record(**{**content, "views": [Shown(**view) for view in content["views"]]})
    except FileNotFoundError as error:
        raise InputError(
            f"{path}: missing; run the workflow with augment.poses set, or scoreface augment"
        ) from error
    except (KeyError, TypeError) as error:
        raise InputError(
            f"{path}: no record of pictures ({error}); delete it and run again"
        ) from error
