"""Landmarks that the user gives, in place of dlib's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from scoreface.base.arrays import NUMBERS, Array, read_npy
from scoreface.base.errors import InputError
from scoreface.fitting.detection import N_JAW, N_LANDMARKS, Face
from scoreface.fitting.upright import box_around, complete_jaw, spread

# Pixels; the landmarks of a smaller face are none, or not in pixels.
_LEAST_SPREAD = 4.0
_ADVICE = "fit.landmarks has to name a .npy of (68, 2) or (51, 2) landmarks in pixels"


def load_landmarks(path: Path) -> np.ndarray:
    """Read landmarks, (68, 2) or (51, 2) float64: iBUG 300-W, all or those inside the face, x right and y down.

    Raises:
        InputError: the file is missing, damaged, or has something else.
    """
    points = read_npy(path, Array(NUMBERS, ("landmarks", 2)), "file of landmarks", _ADVICE)
    if len(points) not in (N_LANDMARKS, N_LANDMARKS - N_JAW):
        raise InputError("{}: {} landmarks; {}".format(path, len(points), _ADVICE))
    return points.astype(np.float64)


def face_of(
    points: np.ndarray, path: Path, photo: np.ndarray, predictor: Any, predictor_path: str
) -> Face:
    """The face with some landmarks; where the jaw line is not among them, dlib predicts it.

    Args:
        points: from :func:`load_landmarks`.
        path: their file, for messages.
        photo: (H, W, 3) uint8.
        predictor: dlib's, of 68 points.
        predictor_path: its file, for messages.

    Raises:
        InputError: the landmarks are not those of a face in this photo, or the predictor has not 68 points.
    """
    inner = points[-(N_LANDMARKS - N_JAW) :]
    height, width = photo.shape[:2]
    middle = inner.mean(axis=0)
    if not ((middle >= 0) & (middle <= [width - 1, height - 1])).all():
        raise InputError(
            "{}: the landmarks lie outside the photo of {} x {} pixels; {}".format(
                path, width, height, _ADVICE
            )
        )
    if not _LEAST_SPREAD <= spread(inner) <= max(width, height):
        raise InputError("{}: the landmarks are not those of a face; {}".format(path, _ADVICE))
    if len(points) != N_LANDMARKS:
        points = complete_jaw(photo, inner, predictor, predictor_path)
    return Face(points, box_around(inner), 1, "file")
