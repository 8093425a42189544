"""What MediaPipe's networks have found in a photo, as a file. Needs none of their libraries."""

from __future__ import annotations

from typing import Any

import numpy as np

from scoreface.base.arrays import write_npz
from scoreface.parse.mesh_job import Inputs, Outputs, Settings

#: The arrays of a photo in which no face was found.
NONE = {"landmarks": np.zeros((0, 2)), "score": 0.0, "yaw": 0.0, "eyes": 0.0, "n_faces": 0}


def write_mesh(inputs: Inputs, outputs: Outputs, arrays: dict[str, Any], said: str) -> str:
    """Write the file, and give the id and what is said of it.

    Args:
        inputs: the photo.
        outputs: the file; its folder is made where it does not exist.
        arrays: those of :class:`scoreface.parse.face_mesh.MeshFace`, or :data:`NONE`.
        said: of the photo.

    Raises:
        InputError: the file cannot be written.
    """
    write_npz(outputs.out, **arrays)
    return f"{inputs.id}: {said}"


def reject(
    inputs: Inputs, outputs: Outputs, settings: Settings, how: str, version: str, seconds: float
) -> str:
    """Write that there is no face where the search has ended as ``how`` says; the stage ``detect`` decides."""
    return write_mesh(inputs, outputs, NONE, f"no face by the mesh: the search {how}")
