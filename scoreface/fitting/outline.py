"""The outline of a person in a photo, and which points of the head's rim belong to it.

Landmarks inside the face say little of how wide and how far turned a head is; where its bare skin ends before the
background says both. Where hair or clothes end there, the head ends no further out. Points are matched to the nearest
edge of the rim and the head is drawn to them, alternately, as in iterative closest points (Besl and McKay 1992).
"""

from pathlib import Path
from typing import NamedTuple, Optional, Tuple

import numpy as np

from scoreface.base.arrays import NUMBERS, TRUTHS, WHOLE_NUMBERS, Array, read_npz
from scoreface.base.errors import InputError
from scoreface.fitting.silhouette import covered, paired_edges, rim_edges

#: With as few points of bare skin or fewer, the outline is left aside.
FEWEST_MATCHES = 10
#: A point is matched to no edge that is further off than this, as a share of the face's size; in the first iteration,
#: when the head may lie beside its place, somewhat more.
_GATE, _FIRST_GATE = 0.10, 0.16
#: Cosine of the largest angle between the normals of a point and its edge.
_MIN_COSINE = 0.6
#: Beyond this distance, as a share of the face's size, a match counts linearly (Huber).
_HUBER = 0.04
#: Each of at least so many matches counts as much as if there were so many: a few, of which some are wrong, pull less.
_FULL = 50

#: Values of ``sides`` that count: pixels that are surely nobody's, and bare skin of the head.
_OUTSIDE, _INSIDE = 1, 2

_ARRAYS = {
    "points": Array(NUMBERS, ("N", 2)),
    "normals": Array(NUMBERS, ("N", 2)),
    "bare": Array(TRUTHS, ("N",)),
    "sides": Array(WHOLE_NUMBERS, ("h", "w")),
    "step": Array(WHOLE_NUMBERS),
}


class Outline(NamedTuple):
    """What a parse of the photo tells the fit.

    Attributes:
        points: (N, 2) where the person ends before the background, in pixels whose centres are halves, y down.
        normals: (N, 2) unit vectors from there to the background.
        bare: (N,) bool, whether it is bare skin that ends there; else hair or clothes do.
        sides: (h, w) uint8 of every ``step``-th pixel from the first on: 1 where surely nothing of a person is, 2 for
            bare skin of the head without the neck, 0 elsewhere.
        step: in pixels of the photo.
    """

    points: np.ndarray
    normals: np.ndarray
    bare: np.ndarray
    sides: np.ndarray
    step: int


class Rim(NamedTuple):
    """What of a head's surface may be matched.

    Attributes:
        faces: (F, 3).
        edges: (E, 2) their vertices.
        triangles: (E, 2) of each edge.
    """

    faces: np.ndarray
    edges: np.ndarray
    triangles: np.ndarray


class Matches(NamedTuple):
    """Points of the outline with their places on the head's rim.

    Attributes:
        edges: (M, 2) vertices of the edge that a point is matched to.
        places: (M,) where on it, from 0 to 1.
        points: (M, 2) the points in pixels, y up.
        normals: (M, 2) unit vectors across the edges, in the picture's plane, out of the head.
        bare: (M,) bool, the head ends there; else it ends no further out.
        weights: (M,) of the squared distances; their sum is 1 at most for the points of each of the two kinds.
    """

    edges: np.ndarray
    places: np.ndarray
    points: np.ndarray
    normals: np.ndarray
    bare: np.ndarray
    weights: np.ndarray

    @property
    def drawn(self) -> int:
        """How many of the points the head is drawn to."""
        return int(self.bare.sum())


def load_outline(path: Path) -> Outline:
    """Read what the parse has left for the fit.

    Raises:
        InputError: the file is missing or damaged.
    """
    found = read_npz(path, _ARRAYS, "outline")
    step = int(found["step"])
    if step < 1:
        raise InputError(
            "{}: no readable outline (step is {}); delete it and run again".format(path, step)
        )
    points, normals = found["points"].astype(np.float64), found["normals"].astype(np.float64)
    return Outline(points, normals, found["bare"], found["sides"].astype(np.uint8), step)


def find_rim(faces: np.ndarray) -> Rim:
    """What of a head with ``faces`` (F, 3) int64 may be matched."""
    return Rim(faces, *paired_edges(faces))


def match(
    outline: Outline,
    image_height: int,
    rim: Rim,
    vertices: np.ndarray,
    scale: float,
    size: float,
    first: bool,
) -> Matches:
    """Match the points of an outline to the edges at the rim of a head.

    Args:
        outline: in pixels, y down.
        image_height: in pixels.
        rim: from :func:`find_rim`.
        vertices: (V, 3) of the head; ``scale * vertices[:, :2]`` are pixels, y up.
        scale: pixels per mesh unit.
        size: of the face, in pixels.
        first: whether the head has not been drawn to the outline yet.
    """
    points = np.stack([outline.points[:, 0], image_height - outline.points[:, 1]], axis=1)
    normals = outline.normals * [1.0, -1.0]
    chosen, outwards = rim_edges(vertices, rim.faces, rim.edges, rim.triangles)
    gate = (_FIRST_GATE if first else _GATE) * size
    edges = rim.edges[chosen]
    ends = scale * vertices[edges, :2]
    parts = []
    for bare in (True, False):
        of = outline.bare == bare
        parts.append(_match(points[of], normals[of], edges, ends, outwards, gate, size, bare))
    return Matches(*(np.concatenate(values) for values in zip(*parts)))


def _match(
    points: np.ndarray,
    normals: np.ndarray,
    edges: np.ndarray,
    ends: np.ndarray,
    outwards: np.ndarray,
    gate: float,
    size: float,
    bare: bool,
) -> Matches:
    """Match points (N, 2) with ``normals`` to ``edges`` (S, 2) whose ``ends`` lie at (S, 2, 2) in the picture."""
    nearest = np.zeros(0, np.int64)
    if len(points) and len(edges):
        nearest, places, distances = _nearest(points, ends[:, 0], ends[:, 1])
        kept = distances < gate
        kept &= (outwards[nearest] * normals).sum(axis=1) > _MIN_COSINE
        nearest, places, distances, points = (
            values[kept] for values in (nearest, places, distances, points)
        )
    if not len(nearest):
        none = np.zeros((0, 2))
        return Matches(none.astype(np.int64), none[:, 0], none, none, np.zeros(0, bool), none[:, 0])
    along = (ends[:, 1] - ends[:, 0])[nearest]
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    across = np.stack([along[:, 1], -along[:, 0]], axis=1)
    across *= np.sign((across * outwards[nearest]).sum(axis=1, keepdims=True))
    weights = np.minimum(1.0, _HUBER * size / np.maximum(distances, 1e-9)) / max(
        len(nearest), _FULL
    )
    kind = np.full(len(nearest), bare)
    return Matches(edges[nearest], places, points, across, kind, weights)


def _nearest(
    points: np.ndarray, start: np.ndarray, end: np.ndarray
) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For points (N, 2) the nearest of segments (S, 2): its index, the place on it from 0 to 1, and the distance."""
    along = end - start
    squared = (along**2).sum(axis=1) + 1e-12
    offsets = points[:, None] - start[None]
    places = np.clip((offsets * along[None]).sum(axis=2) / squared, 0.0, 1.0)
    distances = np.linalg.norm(offsets - places[..., None] * along[None], axis=2)
    nearest = distances.argmin(axis=1)
    rows = np.arange(len(points))
    return nearest, places[rows, nearest], distances[rows, nearest]


def outline_iou(outline: Outline, faces: np.ndarray, points: np.ndarray) -> Optional[float]:
    """How well a head covers the bare skin and nothing of the background: intersection over union.

    Hair, clothes, neck and what is not known count neither way.

    Args:
        outline: from the parse.
        faces: (F, 3).
        points: (V, 2) vertices of the head in pixels, y down.

    Returns:
        0 to 1, or None where no bare skin is known.
    """
    inside, outside = outline.sides == _INSIDE, outline.sides == _OUTSIDE
    if not inside.any():
        return None
    height, width = outline.sides.shape
    # Pixel (i, j) of them is the photo's (i * step, j * step), whose centre is half a pixel further.
    corners = (points - 0.5) / outline.step + 0.5
    head = covered(corners, faces, (width, height))
    return int((head & inside).sum()) / int((inside | (head & outside)).sum())
