"""How alike two faces are to dlib's face-recognition network.

The network (King 2017, a ResNet of 29 layers) describes a face, cut out and turned upright by its landmarks, by 128
numbers; the Euclidean distance of two descriptions says how alike the faces are. It was trained so that two photos of
one person lie less than 0.6 apart.
"""

import importlib.util
import os
from pathlib import Path
from typing import Any, Dict, List, Optional

import dlib
import numpy as np

from scoreface.base.arrays import read_image
from scoreface.base.errors import InputError
from scoreface.fitting.landmarks import detect, find_predictor, load_predictor

_PACKAGE = "face_recognition_models"
_PACKAGE_FILE = os.path.join("models", "dlib_face_recognition_resnet_model_v1.dat")


def find_network() -> str:
    """Return the path of the network's weights inside the package ``face_recognition_models``.

    Raises:
        InputError: the package, or the file in it, is missing.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in list(spec.submodule_search_locations or []) if spec else []:
        path = os.path.join(folder, _PACKAGE_FILE)
        if os.path.isfile(path):
            return path
    raise InputError(
        "no face-recognition network: the package {} is not installed".format(_PACKAGE)
    )


def load_network() -> Any:
    """Load dlib's face-recognition network.

    Raises:
        InputError: its weights are missing or no such network.
    """
    path = find_network()
    try:
        return dlib.face_recognition_model_v1(path)
    except RuntimeError as error:
        raise InputError("{} is not dlib's face-recognition network".format(path)) from error


def describe(network: Any, picture: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Describe a face.

    Args:
        network: from :func:`load_network`.
        picture: (H, W, 3) uint8.
        landmarks: (68, 2) iBUG in pixels, x right and y down.

    Returns:
        (128,) float64.
    """
    points = np.rint(landmarks).astype(int).tolist()
    height, width = picture.shape[:2]
    shape = dlib.full_object_detection(
        dlib.rectangle(0, 0, width - 1, height - 1), [dlib.point(x, y) for x, y in points]
    )
    return np.array(network.compute_face_descriptor(np.ascontiguousarray(picture), shape))


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Euclidean distance of two descriptions (128,): 0 for the same picture, below 0.6 for one person."""
    return float(np.linalg.norm(one - other))


def compare(photo: str, before: str, after: str) -> Dict[str, Any]:
    """Compare a photo with two frontal renders of its head, faces found by dlib's detector.

    Args:
        photo: path of the photo.
        before: path of the render that shows the photo's texels only.
        after: path of the render of the complete head.

    Returns:
        ``distance_before`` and ``distance_after``, None where one of the two pictures shows no face that the detector
        finds, and ``reason``, which says so, None where both are known.

    Raises:
        InputError: predictor or network are missing, or a picture cannot be read.
    """
    network = load_network()
    predictor_path = find_predictor()
    predictor = load_predictor(predictor_path)
    found: Dict[str, np.ndarray] = {}
    missing: List[str] = []
    for name, path in (("photo", photo), ("before", before), ("after", after)):
        picture = read_image(Path(path))
        detection = detect(picture, predictor, predictor_path)
        if detection is None:
            missing.append(path)
        else:
            found[name] = describe(network, picture, detection.landmarks)

    def to_photo(name: str) -> Optional[float]:
        both = "photo" in found and name in found
        return round(distance(found["photo"], found[name]), 4) if both else None

    return {
        "distance_before": to_photo("before"),
        "distance_after": to_photo("after"),
        "reason": "no face was found in {}".format(", ".join(missing)) if missing else None,
    }
