"""MediaPipe's face detector and face mesh, for faces that are turned so far that dlib misses them.

BlazeFace (Bazarevsky et al. 2019) finds faces and their eyes in a picture of 128 x 128 pixels; the mesh (Kartynnik et
al. 2019) has 468 points in space of a face that is cut out upright, those that the pose hides included. Their files are
those of :mod:`scoreface.parse.face_mesh_model`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from scoreface.base.errors import InputError
from scoreface.parse.face_mesh_model import FaceMeshFiles
from scoreface.parse.ibug import as_ibug

#: Least score of a find, by the detector and by the mesh.
LEAST_SCORE = 0.5

# Pixels of the networks' pictures.
_FINDER_SIDE, _MESH_SIDE = 128, 192
# Cells of the finder's two grids along a side, and how many guesses a cell has.
_GRIDS = ((16, 2), (8, 6))
# The shapes of what the networks make.
_FINDER_SHAPES, _MESH_SHAPES = [(896, 16), (896, 1)], [(1, 1, 1404), (1, 1, 1)]
# Guesses whose boxes share more than this (intersection over union) are of one face.
_SAME = 0.3
# Side of the square that is cut out, in longer sides of the face's box, and how often: each time by the last mesh.
_MARGIN, _ROUNDS = 1.5, 3
# The mesh's points at the outer corners of the eyes, right and left.
_CORNERS = [33, 263]
_AGAIN = "delete it, and `scoreface face-mesh` fetches it"


class MeshFace(NamedTuple):
    """A face as the mesh has it.

    Attributes:
        landmarks: (68, 2) float64, iBUG 300-W in pixels, x right and y down; a pixel's centre is a whole number.
        score: how sure the mesh is that it is on a face, 0 to 1.
        yaw: degrees, by the eyes' outer corners; positive turns the face to the picture's right. Beyond some 60 it says
            too little.
        eyes: distance of these corners in space, in pixels.
        n_faces: how many faces were found.
    """

    landmarks: np.ndarray
    score: float
    yaw: float
    eyes: float
    n_faces: int


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
        files: where they are.

    Raises:
        InputError: a file is missing or no such network.
    """

    def __init__(self, files: FaceMeshFiles) -> None:
        self._finder = _Network(files.finder, _FINDER_SHAPES)
        self._mesh = _Network(files.mesh, _MESH_SHAPES)
        self._anchors = anchors()

    def find(self, photo: np.ndarray) -> MeshFace | None:
        """The largest face of a photo (H, W, 3) uint8 of which the mesh is sure; None where there is none."""
        squares = list(self._squares(photo))
        for square in sorted(squares, key=lambda square: -square.side):
            for _ in range(_ROUNDS):
                points, score = self._points(photo, square)
                square = _around(points[:, :2])
            if score >= LEAST_SCORE:
                across = np.diff(points[_CORNERS], axis=0)[0]
                yaw = np.degrees(np.arctan2(across[2], np.linalg.norm(across[:2])))
                eyes = np.linalg.norm(across)
                return MeshFace(
                    as_ibug(points[:, :2]), score, float(yaw), float(eyes), len(squares)
                )
        return None

    def _squares(self, photo: np.ndarray) -> Iterator[_Square]:
        """A square around each face that the finder sees."""
        height, width = photo.shape[:2]
        side = max(height, width)
        corner = np.array([(side - width) // 2, (side - height) // 2])
        # Reduced before it is made square: a huge photo is copied once only.
        small = np.zeros((_FINDER_SIDE, _FINDER_SIDE, 3), np.uint8)
        low = np.rint(corner * _FINDER_SIDE / side).astype(int)
        size = np.maximum(np.rint(np.array([width, height]) * _FINDER_SIDE / side), 1).astype(int)
        small[low[1] : low[1] + size[1], low[0] : low[0] + size[0]] = cv2.resize(
            photo, (int(size[0]), int(size[1])), interpolation=cv2.INTER_AREA
        )
        places, scores = self._finder(small / 127.5 - 1)
        # Middle, size and six points, in shares of the picture, from the cell's middle.
        numbers = places.reshape(-1, 8, 2) / _FINDER_SIDE
        numbers[:, [0, *range(2, 8)]] += self._anchors[:, None]
        for best in _apart(numbers[:, 0], numbers[:, 1], _share(scores[:, 0])):
            middle, size_of, right, left = numbers[best, :4] * side
            across = left - right
            turn = float(np.arctan2(across[1], across[0]))
            yield _Square(middle - corner, _MARGIN * float(size_of.max()), turn)

    def _points(self, photo: np.ndarray, square: _Square) -> tuple[np.ndarray, float]:
        """The mesh's points (468, 3) in the photo's pixels, z away from the camera, and its score."""
        affine = square.affine
        cut = cv2.warpAffine(
            photo, affine, (_MESH_SIDE,) * 2, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        found, score = self._mesh(cut / 255.0)
        # The network counts from the edge of the first pixel.
        points = found.reshape(-1, 3) - [0.5, 0.5, 0.0]
        flat = points[:, :2] @ affine[:, :2].T + affine[:, 2]
        depth = points[:, 2] * square.side / _MESH_SIDE
        return np.column_stack([flat, depth]), float(_share(score).item())


def anchors() -> np.ndarray:
    """The middles (896, 2) of the cells that the finder's guesses belong to, x and y in shares of the picture."""
    found = []
    for cells, guesses in _GRIDS:
        y, x = (np.mgrid[:cells, :cells] + 0.5) / cells
        found.append(np.repeat(np.stack([x, y], 2).reshape(-1, 2), guesses, axis=0))
    return np.concatenate(found)


def _share(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logit.astype(np.float64), -50, 50)))


def _apart(middles: np.ndarray, sizes: np.ndarray, scores: np.ndarray) -> list[int]:
    """The surest guess for each face, of middles and sizes (N, 2) and scores (N,)."""
    kept: list[int] = []
    for guess in np.argsort(-scores):
        if scores[guess] < LEAST_SCORE:
            break
        low, high = middles - sizes / 2, middles + sizes / 2
        shared = np.minimum(high[guess], high[kept]) - np.maximum(low[guess], low[kept])
        inter = np.clip(shared, 0, None).prod(axis=1)
        union = sizes[guess].prod() + sizes[kept].prod(axis=1) - inter
        if not (inter > _SAME * union).any():
            kept.append(int(guess))
    return kept


def _around(points: np.ndarray) -> _Square:
    """The square around a face's points (468, 2), its eyes level."""
    across = np.diff(points[_CORNERS], axis=0)[0]
    turn = float(np.arctan2(across[1], across[0]))
    cos, sin = np.cos(turn), np.sin(turn)
    level = np.array([[cos, sin], [-sin, cos]])
    low, high = (points @ level.T).min(axis=0), (points @ level.T).max(axis=0)
    return _Square(level.T @ (low + high) / 2, _MARGIN * float((high - low).max()), turn)


class _Network:
    """A TFLite model that makes arrays of known shapes of a picture."""

    def __init__(self, path: Path, shapes: Sequence[tuple[int, ...]]) -> None:
        try:
            self._interpreter = Interpreter(model_content=path.read_bytes(), num_threads=1)
            self._interpreter.allocate_tensors()
            self._given = self._interpreter.get_input_details()[0]["index"]
            made = self._interpreter.get_output_details()
        except (OSError, ValueError, RuntimeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no TFLite model"
            raise InputError(f"{path}: no readable network ({reason}); {_AGAIN}") from error
        if [tuple(array["shape"][1:]) for array in made] != list(shapes):
            raise InputError(f"{path}: is another network than the one that is fetched; {_AGAIN}")
        self._made = [array["index"] for array in made]

    def __call__(self, picture: np.ndarray) -> list[Any]:
        self._interpreter.set_tensor(self._given, np.ascontiguousarray(picture[None], np.float32))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index)[0] for index in self._made]
