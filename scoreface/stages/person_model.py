"""Fetch the person network that the embedded face parser looks with: 250 kB out of a wheel of 36 MB."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

VERSION = "1"


@dataclass(frozen=True)
class Settings:
    """None."""


@dataclass(frozen=True)
class Inputs:
    """None."""


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: the network, a TFLite model.
    """

    out: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Fetch the file and check that it is the one.

    Raises:
        InputError: it cannot be had.
    """
    from scoreface.parse.person_model import fetch_person_model

    fetch_person_model(outputs.out)
