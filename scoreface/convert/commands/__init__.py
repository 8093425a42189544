"""The commands that convert other fitters' files: what all of them write, and what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import count, option


@dataclass(frozen=True)
class Settings:
    """Attributes:
    texels: along a side of the textures.
    """

    texels: int = option("texels along a side of the textures", 512, type=count)


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: the folder.
    """

    out: Path = option("folder for fits/, photos.tsv and config.yaml")
