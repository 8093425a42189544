"""Make the finished texture: the photo's texels, generated ones, and the rest completed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.settings import key

VERSION = "2"

# Black, photo grey-blue, two oranges for the two rounds, and violet for what the prior never made.
_LABEL_COLOURS = [(0, 0, 0), (70, 130, 180), (240, 160, 60), (200, 80, 40), (150, 90, 190)]


@dataclass(frozen=True)
class Settings:
    """Attributes:
    light: of the texture: the ``photo``'s, or ``removed``.
    """

    light: str = key("texture.light")


@dataclass(frozen=True)
class Inputs:
    """The head, the photo's known texels, the last state, and what is known of each texel besides."""

    mesh: Path
    axis_angle: Path
    large: Path
    known: Path
    state: Path
    texel_labels: Path
    regions: Path


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    texture: the finished texture.
    provenance: where each of its texels comes from.
    light: JSON with the photo's light on the head, see :meth:`scoreface.texture.light.Shading.report`.
    """

    texture: Path
    provenance: Path
    light: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Merge and complete.

    Raises:
        InputError: a file is missing or damaged.
    """
    from scoreface.base.angles import read_axis_angle
    from scoreface.base.arrays import read_image, read_mask, write_image, write_labels
    from scoreface.base.files import write_json
    from scoreface.geometry.mesh import load_head
    from scoreface.texture.carried import read_carried
    from scoreface.texture.merge import merge_textures
    from scoreface.texture.state import LEGEND, TextureState

    large = read_image(inputs.large)
    merged = merge_textures(
        load_head(inputs.mesh),
        read_axis_angle(inputs.axis_angle),
        large,
        read_mask(inputs.known),
        TextureState.load(inputs.state),
        read_carried(inputs.texel_labels, inputs.regions, len(large)),
        settings.light,
    )
    write_json(outputs.light, merged.shading.report())
    write_image(outputs.texture, merged.texture)
    write_labels(outputs.provenance, merged.labels, LEGEND, _LABEL_COLOURS)
