"""Facial landmarks by dlib: frontal-face detector and 68-point predictor.

The predictor is an ensemble of regression trees (Kazemi and Sullivan 2014); its 68 points follow
iBUG 300-W.
"""

import functools
import importlib.util
import os
from typing import Any, Optional

import dlib
import numpy as np
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.fitting.detection import Face

#: Photos with a longer side are reduced to this for the detector, which takes time and memory in
#: proportion to the pixels. A face down to 40 pixels wide in the reduced photo is still found.
DETECTION_SIDE = 2048

_PACKAGE = "face_recognition_models"
_PACKAGE_FILE = os.path.join("models", "shape_predictor_68_face_landmarks.dat")


def find_predictor() -> str:
    """Return the path of the 68-point predictor inside the package ``face_recognition_models``.

    The package is looked up, not imported: importing it fails without ``pkg_resources``.

    Raises:
        InputError: the package, or the file in it, is missing.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    folders = list(spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        path = os.path.join(folder, _PACKAGE_FILE)
        if os.path.isfile(path):
            return path
    raise InputError(
        "no landmark predictor: the package {} is not installed, and no file was given".format(
            _PACKAGE
        )
    )


def load_predictor(path: str) -> Any:
    """Load a dlib shape predictor of 68 points.

    Raises:
        InputError: the file is missing or is no shape predictor.
    """
    if not os.path.isfile(path):
        raise InputError("cannot read {}: no such file".format(path))
    try:
        return dlib.shape_predictor(path)
    except RuntimeError as error:
        raise InputError("{} is not a dlib shape predictor".format(path)) from error


def try_predictor(predictor: Any, path: str) -> None:
    """Have a predictor predict, on a picture that shows nothing.

    Raises:
        InputError: it has not 68 points.
    """
    blank = np.zeros((80, 80, 3), np.uint8)
    _check_count(predictor(blank, dlib.rectangle(20, 20, 60, 60)).num_parts, path)


def _check_count(points: int, path: str) -> None:
    if points != 68:
        raise InputError("{} predicts {} landmarks, not 68".format(path, points))


def predict(photo: np.ndarray, box: np.ndarray, predictor: Any, predictor_path: str) -> np.ndarray:
    """Predict the landmarks of a face.

    Args:
        photo: (H, W, 3) uint8.
        box: (4,) left, top, right, bottom of the face in pixels, as dlib's frontal detector draws it.
        predictor: from :func:`load_predictor`.
        predictor_path: its file, for the error message.

    Returns:
        (68, 2) float64 in pixels, x right and y down.

    Raises:
        InputError: the predictor has not 68 points.
    """
    points = predictor(photo, dlib.rectangle(*np.rint(box).astype(int).tolist())).parts()
    _check_count(len(points), predictor_path)
    return np.array([(point.x, point.y) for point in points], dtype=np.float64)


@functools.lru_cache(maxsize=None)
def _frontal_detector() -> Any:
    """dlib's; making it takes longer than looking through a photo of a quarter of a megapixel."""
    return dlib.get_frontal_face_detector()


def detect(photo: np.ndarray, predictor: Any, predictor_path: str) -> Optional[Face]:
    """Find the largest face of a photo by dlib's frontal detector, and its landmarks.

    Args:
        photo: (H, W, 3) uint8.
        predictor: from :func:`load_predictor`.
        predictor_path: its file, for the error message.

    Returns:
        The largest face by the area of its box, or None where the detector finds no face.

    Raises:
        InputError: the predictor has not 68 points.
    """
    height, width = photo.shape[:2]
    factor = min(1.0, DETECTION_SIDE / max(height, width))
    reduced = photo
    if factor < 1:
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        reduced = np.array(Image.fromarray(photo).resize(size, Image.Resampling.BOX))
    found = _frontal_detector()(reduced, 1)  # upsampled once
    if not found:
        return None
    largest = max(found, key=lambda box: box.area())
    corners = np.array([largest.left(), largest.top(), largest.right(), largest.bottom()])
    box = corners / factor
    return Face(predict(photo, box, predictor, predictor_path), box, len(found), "hog")
