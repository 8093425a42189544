"""Write the procedural head: FLAME-format model, landmark embedding, UV layout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.settings import key

VERSION = "2"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    texture_size: texels along a side of the layout.
    """

    texture_size: int = key("demo.texture_size")


@dataclass(frozen=True)
class Inputs:
    """Nothing: the head is made from formulas."""


@dataclass(frozen=True)
class Outputs:
    """The head in FLAME's formats."""

    model: Path
    embedding: Path
    texture_data: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Write the model, the embedding and the layout."""
    from scoreface.demo.assets import write_model

    write_model(outputs.model, outputs.embedding, outputs.texture_data, settings.texture_size)
