"""One photo from the file to its face, or to the reason why there is none."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import numpy as np

from scoreface.base.errors import PhotoError
from scoreface.base.files import sha256_of
from scoreface.base.photo import load_photo, open_photo
from scoreface.fitting.detect_job import DLIB, MEDIAPIPE, Inputs, Outputs, Settings
from scoreface.fitting.detection import Face
from scoreface.fitting.detection_record import Found, write_detection
from scoreface.fitting.landmarks import detect, find_predictor, load_predictor
from scoreface.fitting.mesh_points import MeshFace, is_better, load_mesh
from scoreface.fitting.own_landmarks import face_of, load_landmarks


@dataclass(frozen=True)
class Models:
    """What a search needs beside the photo's pixels.

    Attributes:
        predictor: dlib's, of 68 points.
        predictor_path: its file.
        landmarks: (68, 2) or (51, 2) that the user gives; None: a detector finds them.
        mesh: the face that MediaPipe's networks have found; None: none, or they were not asked.
    """

    predictor: Any
    predictor_path: str
    landmarks: Optional[np.ndarray]
    mesh: Optional[MeshFace]


def load_models(inputs: Inputs) -> Models:
    """Load what a search needs beside the photo's pixels.

    Raises:
        InputError: the predictor, or a file of landmarks, is missing or corrupted.
    """
    path = inputs.landmark_predictor
    if path == "auto":
        path = find_predictor()
    own = load_landmarks(Path(inputs.landmarks)) if inputs.landmarks else None
    mesh = load_mesh(Path(inputs.mesh)) if inputs.mesh else None
    return Models(load_predictor(path), path, own, mesh)


def run(models: Models, inputs: Inputs, outputs: Outputs, settings: Settings, version: str) -> str:
    """Look for a face and write both files, with a reason in the record where there is none.

    Args:
        models: from :func:`load_models`.
        inputs: the photo.
        outputs: the files; their folders are made where they do not exist.
        settings: of the search.
        version: of the stage, for the record.

    Returns:
        the id and ``accepted``, or ``rejected: `` and the reason.

    Raises:
        InputError: the predictor has not 68 points, or the results cannot be written.
        OSError: the photo is missing or its disk fails.
        MemoryError: the photo is too large for this machine.
    """
    started = time.time()
    found = _find(models, inputs, settings)
    return write_detection(inputs, outputs, settings, found, version, time.time() - started)


def _find(models: Models, inputs: Inputs, settings: Settings) -> Found:
    found = Found()
    try:
        with open_photo(str(inputs.image)):
            found.checksum = sha256_of(inputs.image)
        found.photo = load_photo(str(inputs.image), settings.max_pixels)
    except PhotoError as error:
        found.reason = str(error)
        return found
    found.face = _face(found.photo, models, inputs, settings)
    if found.face is None:
        found.reason = "No face was found in the photo {}.".format(inputs.image)
    else:
        print(_in_words(found.face), file=sys.stderr, flush=True)
    return found


def _face(photo: np.ndarray, models: Models, inputs: Inputs, settings: Settings) -> Optional[Face]:
    predictor = models.predictor, models.predictor_path
    if models.landmarks is not None:
        return face_of(models.landmarks, Path(inputs.landmarks), photo, *predictor)
    mesh = None if settings.detector == DLIB else models.mesh
    if settings.detector == MEDIAPIPE:
        return None if mesh is None else mesh.face
    face = detect(photo, *predictor)
    if face is not None:
        return mesh.face if mesh is not None and is_better(mesh, face) else face
    # Faces on their side or upside down are the second tries': the mesh is sure of itself on them, and wrong.
    if settings.second_tries and not (mesh is not None and mesh.is_turned):
        # Imported only here: the network takes memory.
        from scoreface.fitting.search import search

        face = search(photo, *predictor)
    return mesh.face if face is None and mesh is not None else face


def _in_words(face: Face) -> str:
    left, top, right, bottom = np.rint(face.box).astype(int).tolist()
    which = "" if face.n_faces == 1 else ", the largest of {}".format(face.n_faces)
    return "face of {} x {} pixels at ({}, {}){}; found by: {}".format(
        right - left, bottom - top, left, top, which, face.found_by
    )
