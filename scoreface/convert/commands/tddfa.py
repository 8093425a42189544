"""Convert faces of 3DDFA_V2 to what fit.engine: external takes, with a list of ids and a configuration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option
from scoreface.convert.commands import Outputs, Settings

__all__ = ["Inputs", "Outputs", "Settings", "run"]


@dataclass(frozen=True)
class Inputs:
    """What 3DDFA has saved, and what it started from."""

    folder: Path = option(
        "3DDFA_V2's folder of results, with NAME_obj.obj of each photo", positional=True
    )
    photos: Path = option("folder with the photos, NAME.jpg or another ending")
    configs: Path = option("3DDFA_V2's configs, with bfm_noneck_v3.pkl, BFM_UV.mat and indices.npy")


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Convert all faces; one that cannot be is left out, and named.

    Raises:
        InputError: the model or a folder is missing, or nothing can be converted.
    """
    from scoreface.convert.fits import convert_all
    from scoreface.convert.tddfa import find_tddfa, load_basel_face, read_tddfa

    model = load_basel_face(inputs.configs)
    convert_all(
        find_tddfa(inputs.folder),
        inputs.photos,
        lambda path, photo: read_tddfa(path, photo, model, settings.texels),
        outputs.out,
    )
