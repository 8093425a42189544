"""Fetch MediaPipe's face detector and face mesh, for ``fit.detector``: 1.5 MB out of a wheel of 36 MB."""

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
    finder: the face detector, a TFLite model.
    mesh: the face mesh, likewise.
    """

    finder: Path
    mesh: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Fetch the files and check that they are the ones.

    Raises:
        InputError: they cannot be had.
    """
    from scoreface.parse.face_mesh_model import FaceMeshFiles, fetch_face_mesh

    fetch_face_mesh(FaceMeshFiles(outputs.finder, outputs.mesh))
