"""Make the finished texture: the photo's texels, generated ones, and the rest completed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

VERSION = "1"

# Black, photo grey-blue, two oranges for the two rounds, and violet for what the prior never made.
_LABEL_COLOURS = [(0, 0, 0), (70, 130, 180), (240, 160, 60), (200, 80, 40), (150, 90, 190)]


@dataclass(frozen=True)
class Settings:
    """None."""


@dataclass(frozen=True)
class Inputs:
    """The head, the photo's known texels, and the last state."""

    mesh: Path
    axis_angle: Path
    large: Path
    known: Path
    state: Path


@dataclass(frozen=True)
class Outputs:
    """The texture, and where each of its texels comes from."""

    texture: Path
    provenance: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Merge and complete.

    Raises:
        InputError: a file is missing or damaged.
    """
    from scoreface.base.angles import read_axis_angle
    from scoreface.base.arrays import read_image, read_mask, write_image, write_labels
    from scoreface.geometry.mesh import load_head
    from scoreface.texture.merge import merge_textures
    from scoreface.texture.state import LEGEND, TextureState

    texture, labels = merge_textures(
        load_head(inputs.mesh),
        read_axis_angle(inputs.axis_angle),
        read_image(inputs.large),
        read_mask(inputs.known),
        TextureState.load(inputs.state),
    )
    write_image(outputs.texture, texture)
    write_labels(outputs.provenance, labels, LEGEND, _LABEL_COLOURS)
