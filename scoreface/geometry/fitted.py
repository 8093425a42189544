"""The head that a fit leaves in its npz."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scoreface.base.angles import check_axis_angle
from scoreface.base.arrays import NUMBERS, TEXT, WHOLE_NUMBERS, Array, read_npz
from scoreface.base.errors import InputError
from scoreface.geometry.mesh import shape_problem

_ARRAYS = {
    "vertices": Array(NUMBERS, ("V", 3)),
    "faces": Array(WHOLE_NUMBERS, ("F", 3)),
    "axis_angle": Array(NUMBERS, (3,)),
    "scale": Array(NUMBERS),
}


@dataclass(frozen=True)
class FittedHead:
    """A head before the camera of its photo.

    Attributes:
        vertices: (V, 3) posed, in the mesh's units.
        faces: (F, 3) int64.
        axis_angle: (3,) the global rotation in radians.
        scale: pixels a unit; None where another fitter made the head, whose camera is not known.
        path: where it was read.
    """

    vertices: np.ndarray
    faces: np.ndarray
    axis_angle: np.ndarray
    scale: float | None
    path: Path

    @property
    def known_scale(self) -> float:
        """The scale.

        Raises:
            InputError: there is none.
        """
        if self.scale is None:
            raise InputError(f"{self.path}: another fitter's head, whose camera is not known")
        return self.scale


def load_fit(path: Path) -> FittedHead:
    """Read what a fit leaves of an accepted photo.

    Raises:
        InputError: the file is missing or damaged, holds no head, or the photo was rejected.
    """
    status = read_npz(path, {"status": Array(TEXT)}, "fit", optional=["status"])
    if str(status.get("status")) == "rejected":
        raise InputError(f"{path}: the photo was rejected, and there is no head; fit.json says why")
    found = read_npz(path, _ARRAYS, "fit", optional=["scale"])
    faces = found["faces"].astype(np.int64)
    head = FittedHead(
        found["vertices"],
        faces,
        check_axis_angle(found["axis_angle"], path),
        float(found["scale"]) if "scale" in found else None,
        path,
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
    return shape_problem(head.vertices, head.faces)
