"""One photo from the file to the face that MediaPipe's networks find in it."""

from __future__ import annotations

import cv2

from scoreface.base.errors import PhotoError
from scoreface.base.photo import load_photo
from scoreface.parse.face_mesh import FaceMesh
from scoreface.parse.face_mesh_model import FaceMeshFiles
from scoreface.parse.mesh_job import Inputs, Outputs, Settings
from scoreface.parse.mesh_record import NONE, write_mesh


def load_models(inputs: Inputs) -> FaceMesh:
    """Load the networks.

    Raises:
        InputError: one is missing or corrupted.
    """
    # OpenCV's own threads do not heed OMP_NUM_THREADS.
    cv2.setNumThreads(1)
    return FaceMesh(FaceMeshFiles(inputs.finder, inputs.mesh))


def run(mesh: FaceMesh, inputs: Inputs, outputs: Outputs, settings: Settings, version: str) -> str:
    """Look for a face and write the file; of a photo that cannot be read, that there is none.

    Returns:
        the id and what was found.

    Raises:
        InputError: the file cannot be written.
        OSError: the photo is missing or its disk fails.
        MemoryError: the photo is too large for this machine.
    """
    try:
        photo = load_photo(str(inputs.image), settings.max_pixels)
    except PhotoError as error:
        return write_mesh(inputs, outputs, NONE, f"no face by the mesh: {error}")
    face = mesh.find(photo)
    if face is None:
        return write_mesh(inputs, outputs, NONE, "no face by the mesh")
    said = f"a face by the mesh, score {face.score:.3f}, yaw {face.yaw:.0f} degrees"
    return write_mesh(inputs, outputs, face._asdict(), said)
