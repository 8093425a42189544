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
_ADVICE = "fit.landmarks has to name a .npy of (68, 2) or (51, 2) landmarks in pixels, or a .pts of 68 or 51"
# The largest file of points that is read; one has 2 kB.
_MOST_BYTES = 100000


def load_landmarks(path: Path) -> np.ndarray:
    """Read landmarks, (68, 2) or (51, 2) float64: iBUG 300-W, all or those inside the face, x right and y down.

    In a ``.pts``, as iBUG publishes them, the middle of the first pixel is at (1, 1); in a ``.npy`` at (0, 0).

    Raises:
        InputError: the file is missing, damaged, or has something else.
    """
    if path.suffix.lower() == ".pts":
        points = _read_pts(path)
    else:
        points = read_npy(path, Array(NUMBERS, ("landmarks", 2)), "file of landmarks", _ADVICE)
    if len(points) not in (N_LANDMARKS, N_LANDMARKS - N_JAW):
        raise InputError("{}: {} landmarks; {}".format(path, len(points), _ADVICE))
    return points.astype(np.float64)


def _read_pts(path: Path) -> np.ndarray:
    """The points (N, 2) of a .pts file: a head, and between braces a line with x and y for each.

    Raises:
        InputError: the file is missing or has something else.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("it is too large")
        words = path.read_text().split()
        inside = words[words.index("{") + 1 : words.index("}")]
        points = np.array([float(word) for word in inside]).reshape(-1, 2)
        if not np.isfinite(points).all():
            raise ValueError("it has numbers that are not finite")
    except OSError as error:
        reason = error.strerror or "it is damaged"
        raise InputError("{}: no readable points ({}); {}".format(path, reason, _ADVICE)) from error
    except ValueError as error:
        raise InputError("{}: no file of points ({}); {}".format(path, error, _ADVICE)) from error
    return points - 1


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
