"""Make the finished textures: the photo's texels, generated ones, and the rest completed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option
from scoreface.base.errors import InputError
from scoreface.base.settings import key

VERSION = "4"

# Of gray in ``uncertainty.png`` to a level of the textures: deviations are small.
UNITS = 4

# Black, photo grey-blue, two oranges for the two rounds, and violet for what the prior never made.
_LABEL_COLOURS = [(0, 0, 0), (70, 130, 180), (240, 160, 60), (200, 80, 40), (150, 90, 190)]


@dataclass(frozen=True)
class Settings:
    """Attributes:
    light: of the texture: the ``photo``'s, or ``removed``.
    detail: what is finer than the state's texels: that of the ``evidence``, or ``none``.
    """

    light: str = key("texture.light")
    detail: str = key("texture.detail")


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
    further: the textures of further completions, where the state has them.
    uncertainty: gray, the standard deviation of a texel over all completions, ``UNITS`` to a level of the textures.
    """

    texture: Path
    provenance: Path
    light: Path
    further: tuple[Path, ...] = option("the textures of further completions", (), nargs="*")
    uncertainty: Path | None = option("how far the completions are apart", None)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Merge and complete.

    Raises:
        InputError: a file is missing or damaged.
    """
    import numpy as np

    from scoreface.base.angles import read_axis_angle
    from scoreface.base.arrays import read_image, read_mask, write_image, write_labels
    from scoreface.base.files import write_json
    from scoreface.geometry.mesh import load_head
    from scoreface.texture.carried import read_carried
    from scoreface.texture.merge import merge_textures
    from scoreface.texture.state import LEGEND, TextureState

    large, state = read_image(inputs.large), TextureState.load(inputs.state)
    if len(state.further) != len(outputs.further):
        raise InputError(
            f"{inputs.state}: {1 + len(state.further)} completions, but {1 + len(outputs.further)} are asked for "
            "(inpaint.samples); delete it and run again"
        )
    merged = merge_textures(
        load_head(inputs.mesh),
        read_axis_angle(inputs.axis_angle),
        large,
        read_mask(inputs.known),
        state,
        read_carried(inputs.texel_labels, inputs.regions, len(large)),
        settings.light,
        settings.detail,
    )
    write_json(outputs.light, merged.shading.report())
    for path, texture in zip((outputs.texture, *outputs.further), merged.textures, strict=True):
        write_image(path, texture)
    if outputs.uncertainty:
        deviation = np.rint(UNITS * merged.uncertainty).clip(0, 255).astype(np.uint8)
        write_image(outputs.uncertainty, deviation)
    write_labels(outputs.provenance, merged.labels, LEGEND, _LABEL_COLOURS)
