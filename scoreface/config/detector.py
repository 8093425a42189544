"""Who finds the faces: whether MediaPipe's networks are asked, and where the workflow puts them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.settings import key
from scoreface.fitting.detect_job import DLIB
from scoreface.parse.face_mesh_model import FaceMeshFiles

#: Where the workflow puts the networks, in the working directory.
FACE_MESH = FaceMeshFiles.within(Path("resources/face_mesh"))


@dataclass(frozen=True)
class DetectorSettings:
    """The keys that say who finds the faces; they belong to the workflow and to the stage ``detect``.

    Attributes:
        engine: ``flame``, or ``external`` where another fitter made the heads.
        detector: whose landmarks count.
        landmarks: path of a photo's landmarks with ``{id}`` in it; empty where a detector finds them.
    """

    engine: str = key("fit.engine", borrowed=True)
    detector: str = key("fit.detector", borrowed=True)
    landmarks: str = key("fit.landmarks", borrowed=True)

    @property
    def asks_mesh(self) -> bool:
        """Whether MediaPipe's networks look for faces."""
        return self.engine == "flame" and self.detector != DLIB and not self.landmarks
