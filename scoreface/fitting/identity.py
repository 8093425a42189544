"""How alike two faces are to dlib's face-recognition network, and ``python -m scoreface.fitting.identity``.

The network (King 2017, a ResNet of 29 layers) describes a face, cut out and turned upright by its landmarks, by 128
numbers; the Euclidean distance of two descriptions says how alike the faces are. It was trained so that two photos of
one person lie less than 0.6 apart.
"""

import argparse
import importlib.util
import json
import os
import sys
from typing import Any, Dict, List, Optional

import dlib
import numpy as np
from PIL import Image

from . import files
from .errors import AssetError
from .landmarks import detect, find_predictor, load_predictor

_PACKAGE = "face_recognition_models"
_PACKAGE_FILE = os.path.join("models", "dlib_face_recognition_resnet_model_v1.dat")
_JAW_POINTS = 17


def find_network() -> str:
    """Return the path of the network's weights inside the package ``face_recognition_models``.

    Raises:
        AssetError: the package, or the file in it, is missing.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in list(spec.submodule_search_locations or []) if spec else []:
        path = os.path.join(folder, _PACKAGE_FILE)
        if os.path.isfile(path):
            return path
    raise AssetError(
        "no face-recognition network: the package {} is not installed".format(_PACKAGE)
    )


def load_network() -> Any:
    """Load dlib's face-recognition network.

    Raises:
        AssetError: its weights are missing.
    """
    return dlib.face_recognition_model_v1(find_network())


def describe(network: Any, picture: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Describe a face.

    Args:
        network: from :func:`load_network`.
        picture: (H, W, 3) uint8.
        landmarks: (51, 2) iBUG 17..67 in pixels, x right and y down.

    Returns:
        (128,) float64.
    """
    # dlib cuts the face out by eyes, nose and upper lip: where the jaw is plays no part.
    points = [(0, 0)] * _JAW_POINTS + np.rint(landmarks).astype(int).tolist()
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
        AssetError: predictor or network are missing.
        OSError: a picture cannot be read.
    """
    network = load_network()
    predictor_path = find_predictor()
    predictor = load_predictor(predictor_path)
    found = {}  # type: Dict[str, np.ndarray]
    missing = []  # type: List[str]
    for name, path in (("photo", photo), ("before", before), ("after", after)):
        with Image.open(path) as image:
            picture = np.array(image.convert("RGB"))
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


def main(arguments: Optional[List[str]] = None) -> int:
    """Run the stage from the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m scoreface.fitting.identity",
        description="Compare a photo with frontal renders of its head by dlib's face-recognition network. Where no "
        "face is found, the distance is null and the reason says so.",
    )
    for name in ("photo", "before", "after", "out"):
        parser.add_argument("--" + name, required=True)
    given = parser.parse_args(arguments)
    try:
        result = compare(given.photo, given.before, given.after)
    except (AssetError, OSError) as error:
        print("error: {}".format(error), file=sys.stderr)
        return 1
    with files.write_atomically(given.out) as path:
        with open(path, "w", encoding="utf-8") as handle:
            json.dump(result, handle, indent=1)
    print(
        "distance to the photo: {distance_before} before, {distance_after} after".format(**result)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
