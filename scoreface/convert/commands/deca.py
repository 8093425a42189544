"""Convert heads of DECA to what fit.engine: external takes, with a list of ids and a configuration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option
from scoreface.convert.commands import Outputs, Settings

__all__ = ["Inputs", "Outputs", "Settings", "run"]


@dataclass(frozen=True)
class Inputs:
    """What DECA has saved, and what it started from."""

    folder: Path = option("DECA's folder of results, with a folder a photo", positional=True)
    photos: Path = option("folder with the photos, of the same names")
    template: Path = option("the upright head: DECA's data/head_template.obj")


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Convert all heads; one that cannot be is left out, and named.

    Raises:
        InputError: the template or a folder is missing, or nothing can be converted.
    """
    from scoreface.convert.deca import find_deca, read_deca
    from scoreface.convert.fits import convert_all
    from scoreface.geometry.mesh import load_obj

    template = load_obj(inputs.template).vertices
    convert_all(
        find_deca(inputs.folder),
        inputs.photos,
        lambda folder, photo: read_deca(folder, template, settings.texels),
        outputs.out,
    )
