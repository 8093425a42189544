"""The files of MediaPipe's face detector and face mesh, see :mod:`scoreface.parse.wheel`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from scoreface.base.files import sha256_of
from scoreface.parse.wheel import Member, fetch

_REMEDY = "put it into resources/face_mesh/ of the working directory, or set fit.detector: dlib"


class FaceMeshFiles(NamedTuple):
    """Where the two networks are.

    Attributes:
        finder: BlazeFace, which finds faces.
        mesh: the face mesh.
    """

    finder: Path
    mesh: Path

    @classmethod
    def within(cls, folder: Path) -> FaceMeshFiles:
        """By the names that they have in the wheel."""
        return cls(*(folder / Path(member.path).name for member in MEMBERS))

    def are_whole(self) -> bool:
        """Whether both are there, and the ones that the code was measured with."""
        return all(
            path.is_file() and sha256_of(path) == member.sha256
            for path, member in zip(self, MEMBERS, strict=True)
        )


#: The two networks, finder first.
MEMBERS = (
    Member(
        "mediapipe/modules/face_detection/face_detection_short_range.tflite",
        "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
        "MediaPipe's face detector",
        _REMEDY,
    ),
    Member(
        "mediapipe/modules/face_landmark/face_landmark.tflite",
        "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
        "MediaPipe's face mesh",
        _REMEDY,
    ),
)


def fetch_face_mesh(files: FaceMeshFiles) -> None:
    """Download the wheel and write both networks.

    Raises:
        InputError: the wheel cannot be had, or has other files in it.
    """
    fetch(dict(zip(files, MEMBERS, strict=True)))
