"""Landmarks by MediaPipe's face mesh, which the stage ``mesh-landmarks`` leaves in a file, beside dlib's."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Optional

import numpy as np

from scoreface.base.arrays import NUMBERS, WHOLE_NUMBERS, Array, read_npz
from scoreface.base.errors import InputError
from scoreface.fitting.detect_job import MEDIAPIPE
from scoreface.fitting.detection import N_JAW, N_LANDMARKS, Face
from scoreface.fitting.upright import box_around

#: Degrees of yaw, by the mesh, from which on its landmarks count and not dlib's, whose predictor knows half profiles at
#: most: in fits to procedural heads the error of the yaw is a third smaller by dlib at 30 degrees, alike at 37, and by
#: the mesh a third of dlib's at 45.
TURNED = 40.0
#: The same where the landmarks lie further apart than this on average, in distances of the eyes: where dlib's are good,
#: it is 0.03 to 0.04.
MOST_APART = 0.08


class MeshFace(NamedTuple):
    """A face as the mesh has it; see :class:`scoreface.parse.face_mesh.MeshFace`.

    Attributes:
        landmarks: (68, 2) float64, iBUG 300-W in pixels.
        yaw: degrees.
        eyes: distance of the eyes' outer corners in space, in pixels.
        n_faces: how many faces were found.
    """

    landmarks: np.ndarray
    yaw: float
    eyes: float
    n_faces: int

    @property
    def is_turned(self) -> bool:
        """Whether the face is turned so far to a side that dlib's landmarks are worse."""
        return abs(self.yaw) > TURNED

    @property
    def face(self) -> Face:
        """The face as the stage ``detect`` knows faces."""
        return Face(self.landmarks, box_around(self.landmarks[N_JAW:]), self.n_faces, MEDIAPIPE)


def load_mesh(path: Path) -> Optional[MeshFace]:
    """Read what the stage ``mesh-landmarks`` has found; None where that is no face.

    Raises:
        InputError: the file is missing, damaged, or something else.
    """
    arrays = {
        "landmarks": Array(NUMBERS, ("landmarks", 2)),
        "yaw": Array(NUMBERS),
        "eyes": Array(NUMBERS),
        "n_faces": Array(WHOLE_NUMBERS),
    }
    found = read_npz(path, arrays, "landmarks of a mesh")
    landmarks = found["landmarks"].astype(np.float64)
    if len(landmarks) == 0:
        return None
    if len(landmarks) != N_LANDMARKS or not found["eyes"] > 0:
        raise InputError(
            "{}: no readable landmarks of a mesh ({} of them); delete it and run again".format(
                path, len(landmarks)
            )
        )
    return MeshFace(landmarks, float(found["yaw"]), float(found["eyes"]), int(found["n_faces"]))


def is_better(mesh: MeshFace, face: Face) -> bool:
    """Whether the mesh's landmarks count and not those that dlib has for the largest face of its frontal detector.

    They do where both are of one face, and it is turned far, or the two lie so far apart that one has to be wrong.
    """
    middle = mesh.landmarks[N_JAW:].mean(axis=0)
    if not ((face.box[:2] < middle) & (middle < face.box[2:])).all():
        return False
    apart = np.linalg.norm(mesh.landmarks - face.landmarks, axis=1)[N_JAW:].mean()
    return mesh.is_turned or bool(apart > MOST_APART * mesh.eyes)
