"""Which faces are found, and how well their landmarks lie, by how far the head is turned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scoreface.benchmark.detection_fit import Fitted
from scoreface.demo.head.model import build_model, landmark_points
from scoreface.demo.people import sample_head
from scoreface.demo.photos import Photo, make_photo
from scoreface.demo.skin.paint import paint_skin
from scoreface.fitting.detection import N_JAW
from scoreface.fitting.landmarks import detect, find_predictor, load_predictor, predict
from scoreface.fitting.mesh_points import MeshFace, is_better
from scoreface.fitting.search import load_network, search
from scoreface.parse.face_mesh import FaceMesh
from scoreface.parse.face_mesh_model import FaceMeshFiles, fetch_face_mesh

# A branch of the seeds of its own: no training, and no other benchmark, has these heads.
_BRANCH = 0xDE7E
# Pixels of a photo, and texels of its skin.
_SIZE, _TEXELS = 320, 256
# Degrees of pitch and roll, at most.
_TILTED = 5.0
#: Landmarks that are further off than this, on average, are no use to a fit (``fit.max_error``).
MOST_ERROR = 0.1

#: Finds the landmarks (68, 2) of a photo (H, W, 3) uint8, or none.
Finder = Callable[[np.ndarray], np.ndarray | None]
#: Fits a photo by landmarks (68, 2); the text is a name of the two together.
Fitter = Callable[[np.ndarray, Photo, str], Fitted]


class Row(NamedTuple):
    """Attributes:
    head: number of the head.
    yaw: degrees.
    way: who looked.
    error: mean distance of the 51 inner landmarks to the true ones, those included that the pose hides, as a share of
        the distance between the outer corners of the eyes in space; None where nothing was found.
    accepted, yaw_error, outline_iou: of the fit to them; None where there was none. See :class:`Fitted`.
    """

    head: int
    yaw: float
    way: str
    error: float | None
    accepted: bool | None = None
    yaw_error: float | None = None
    outline_iou: float | None = None


def finders(folder: Path) -> dict[str, Finder]:
    """Who looks: dlib's frontal detector, its network, all its tries, MediaPipe's networks, and dlib with these.

    Args:
        folder: where MediaPipe's networks are, or are put.

    Raises:
        InputError: a model is missing and cannot be had.
    """
    path = find_predictor()
    predictor, network = load_predictor(path), load_network()
    files = FaceMeshFiles.within(folder)
    if not files.are_whole():
        fetch_face_mesh(files)

    def frontal(photo: np.ndarray) -> np.ndarray | None:
        face = detect(photo, predictor, path)
        return None if face is None else face.landmarks

    def by_network(photo: np.ndarray) -> np.ndarray | None:
        found = max(network(photo, 0), key=lambda found: found.confidence, default=None)
        if found is None:
            return None
        box = found.rect
        corners = np.array([box.left(), box.top(), box.right(), box.bottom()], float)
        return predict(photo, corners, predictor, path)

    def all_tries(photo: np.ndarray) -> np.ndarray | None:
        face = detect(photo, predictor, path) or search(photo, predictor, path)
        return None if face is None else face.landmarks

    mesh = FaceMesh(files)

    def by_mesh(photo: np.ndarray) -> np.ndarray | None:
        face = mesh.find(photo)
        return None if face is None else face.landmarks

    def doubted(photo: np.ndarray) -> np.ndarray | None:
        face, other = detect(photo, predictor, path), mesh.find(photo)
        if other is None:
            return None if face is None else face.landmarks
        found = MeshFace(other.landmarks, other.yaw, other.eyes, other.n_faces)
        return found.landmarks if face is None or is_better(found, face) else face.landmarks

    return {
        "hog": frontal,
        "cnn": by_network,
        "all tries": all_tries,
        "mediapipe": by_mesh,
        "auto": doubted,
    }


def measure(
    ways: dict[str, Finder],
    heads: int,
    yaws: Sequence[float],
    seed: int,
    fit: Fitter | None = None,
) -> Iterator[Row]:
    """Photos of random heads, each at every yaw, to one side or the other, looked at in each way.

    Args:
        ways: who looks, by name.
        heads: how many.
        yaws: degrees.
        seed: of the heads.
        fit: is given what was found; None: nothing is fitted.
    """
    for head in range(heads):
        rng = np.random.default_rng((seed, _BRANCH, head))
        person = sample_head(rng)
        skin = paint_skin(person.skin, _TEXELS)
        for yaw in yaws:
            turned = yaw * (-1) ** head
            pitch, roll = rng.uniform(-_TILTED, _TILTED, 2)
            photo = make_photo(person, skin, turned, pitch, roll, _SIZE, rng)
            for way, find in ways.items():
                landmarks = find(photo.image)
                row = Row(head, yaw, way, error_of(landmarks, photo))
                if fit is not None and landmarks is not None:
                    fitted = fit(landmarks, photo, f"{head:03d}_{yaw:g}_{way}")
                    row = row._replace(**fitted._asdict())
                yield row


def error_of(landmarks: np.ndarray | None, photo: Photo) -> float | None:
    """See :class:`Row`."""
    if landmarks is None:
        return None
    # The photo counts a pixel's centre at halves.
    apart = np.linalg.norm(landmarks[N_JAW:] + 0.5 - photo.landmarks_2d, axis=1)
    corners = landmark_points(build_model(), photo.vertices)[[19, 28]]
    return float(apart.mean() / (np.linalg.norm(corners[0] - corners[1]) * photo.scale))


def summarise(rows: Sequence[Row]) -> list[dict[str, float | str]]:
    """A line for each yaw and way: shares that are found, and found with landmarks of use, and the median error.

    Where landmarks were fitted, also the share of the photos whose fits are accepted, and the medians of all fits.
    """
    lines: list[dict[str, float | str]] = []
    for yaw, way in dict.fromkeys((row.yaw, row.way) for row in rows):
        here = [row for row in rows if (row.yaw, row.way) == (yaw, way)]
        found = [row.error for row in here if row.error is not None]
        line: dict[str, float | str] = {
            "yaw": yaw,
            "way": way,
            "photos": len(here),
            "found": len(found) / len(here),
            "of_use": sum(error <= MOST_ERROR for error in found) / len(here),
            "median_error": _median([row.error for row in here]),
        }
        if any(row.accepted is not None for row in rows):
            line["accepted"] = sum(bool(row.accepted) for row in here) / len(here)
            line["median_yaw_error"] = _median([row.yaw_error for row in here])
            line["median_outline_iou"] = _median([row.outline_iou for row in here])
        lines.append(line)
    return lines


def _median(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else float("nan")
