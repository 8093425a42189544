"""Convert a checkpoint of score_sde_pytorch to a diffusers folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option


@dataclass(frozen=True)
class Settings:
    """None."""


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    checkpoint: the ``.pth`` file.
    """

    checkpoint: Path = option("the .pth file", positional=True)


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    folder: the diffusers folder; must not exist.
    """

    folder: Path = option("the diffusers folder to write", positional=True)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Read the checkpoint and write the folder.

    Raises:
        InputError: the checkpoint cannot be read or does not fit, or the folder exists.
    """
    from scoreface.score.convert import convert_checkpoint

    convert_checkpoint(inputs.checkpoint, outputs.folder)
