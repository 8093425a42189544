"""The head that a fit leaves in its npz."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scoreface.base.angles import check_axis_angle
from scoreface.base.arrays import NUMBERS, TEXT, WHOLE_NUMBERS, Array, read_npz
from scoreface.base.errors import InputError
from scoreface.base.regions import LEGEND as REGIONS
from scoreface.geometry.mesh import shape_problem

_ARRAYS = {
    "vertices": Array(NUMBERS, ("V", 3)),
    "faces": Array(WHOLE_NUMBERS, ("F", 3)),
    "axis_angle": Array(NUMBERS, (3,)),
}
# What the project's own fit leaves besides, and another fitter does not.
_OF_A_PHOTO = {
    "scale": Array(NUMBERS),
    "open_vertices": Array(NUMBERS, ("V", 3)),
    "regions": Array(WHOLE_NUMBERS, ("V",)),
    "landmarks": Array(NUMBERS, (51, 2)),
}


class InPhoto(NamedTuple):
    """A head as its photo shows it.

    Attributes:
        scale: pixels a unit.
        open_vertices: (V, 3) posed, in the mesh's units, the mouth as in the photo.
        regions: (V,) which part of the head each vertex is, see :mod:`scoreface.base.regions`.
        landmarks: (51, 2) in the photo's pixels, y down, without the jaw line.
    """

    scale: float
    open_vertices: np.ndarray
    regions: np.ndarray
    landmarks: np.ndarray


@dataclass(frozen=True)
class FittedHead:
    """A head before the camera of its photo.

    Attributes:
        vertices: (V, 3) posed, in the mesh's units, the mouth closed.
        faces: (F, 3) int64.
        axis_angle: (3,) the global rotation in radians.
        scale: pixels a unit; None where another fitter made the head, whose camera is not known.
        path: where it was read.
        open_vertices, regions, landmarks: see :class:`InPhoto`; None as the scale.
    """

    vertices: np.ndarray
    faces: np.ndarray
    axis_angle: np.ndarray
    scale: float | None
    path: Path
    open_vertices: np.ndarray | None = None
    regions: np.ndarray | None = None
    landmarks: np.ndarray | None = None

    @property
    def known_scale(self) -> float:
        """The scale.

        Raises:
            InputError: there is none.
        """
        if self.scale is None:
            raise InputError(f"{self.path}: another fitter's head, whose camera is not known")
        return self.scale

    @property
    def in_photo(self) -> InPhoto:
        """The head as the photo shows it.

        Raises:
            InputError: it is not known.
        """
        if self.open_vertices is None or self.regions is None or self.landmarks is None:
            raise InputError(f"{self.path}: another fitter's head, of whose photo nothing is known")
        return InPhoto(self.known_scale, self.open_vertices, self.regions, self.landmarks)


def load_fit(path: Path) -> FittedHead:
    """Read what a fit leaves of an accepted photo.

    Raises:
        InputError: the file is missing or damaged, holds no head, or the photo was rejected.
    """
    first = {"status": Array(TEXT), "scale": _OF_A_PHOTO["scale"]}
    there = read_npz(path, first, "fit", optional=list(first))
    if str(there.get("status")) == "rejected":
        raise InputError(f"{path}: the photo was rejected, and there is no head; fit.json says why")
    arrays = {**_ARRAYS, **_OF_A_PHOTO} if "scale" in there else _ARRAYS
    found = read_npz(path, arrays, "fit")
    faces = found["faces"].astype(np.int64)
    head = FittedHead(
        found["vertices"],
        faces,
        check_axis_angle(found["axis_angle"], path),
        float(found["scale"]) if "scale" in found else None,
        path,
        found.get("open_vertices"),
        found.get("regions"),
        found.get("landmarks"),
    )
    problem = _problem(head)
    if problem:
        raise InputError(f"{path}: no head: {problem}; delete it and run again")
    return head


def _problem(head: FittedHead) -> str | None:
    if len(head.faces) == 0 or head.faces.min() < 0 or head.faces.max() >= len(head.vertices):
        return "no faces, or a vertex index out of range"
    if head.scale is not None and head.scale <= 0:
        return f"a scale of {head.scale:g}"
    if head.regions is not None and not np.isin(head.regions, list(REGIONS)).all():
        return "regions that no head has"
    if head.open_vertices is not None:
        problem = shape_problem(head.open_vertices, head.faces)
        if problem:
            return f"with the mouth open {problem}"
    return shape_problem(head.vertices, head.faces)
