"""Compare a photo with frontal renders of its head by dlib's face-recognition network.

Where no face is found, the distance is null and the reason says so. Runs where the fit runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option
from scoreface.base.files import write_json

VERSION = "1"


@dataclass(frozen=True)
class Settings:
    """None: the network and its use are fixed."""


@dataclass(frozen=True)
class Inputs:
    """Three pictures."""

    photo: Path = option("the photo")
    before: Path = option("the render that shows the photo's texels only")
    after: Path = option("the render of the complete head")


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: JSON with ``distance_before``, ``distance_after`` and ``reason``.
    """

    out: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Compare, and write the distances.

    Raises:
        InputError: predictor or network are missing, or a picture cannot be read.
    """
    from scoreface.fitting.identity import compare

    result = compare(str(inputs.photo), str(inputs.before), str(inputs.after))
    write_json(outputs.out, result)
    print(
        "distance to the photo: {distance_before} before, {distance_after} after".format(**result)
    )
