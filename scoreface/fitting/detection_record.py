"""What becomes of one photo at the search for a face, as files: the record and the photo in the project's own form."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Optional

import numpy as np
from PIL import Image

from scoreface.base.files import atomic, sha256_of
from scoreface.fitting import overlay
from scoreface.fitting.detect_job import Inputs, Outputs, Settings
from scoreface.fitting.detection import ACCEPTED, REJECTED, Detection, Face


@dataclass
class Found:
    """What is known about a photo when the search ends, early or late.

    Attributes:
        reason: why the photo is rejected; None when it is accepted.
        checksum: SHA-256 of its file.
        photo: (H, W, 3) uint8.
        face: the face in it.
    """

    reason: Optional[str] = None
    checksum: Optional[str] = None
    photo: Optional[np.ndarray] = None
    face: Optional[Face] = None


def write_detection(
    inputs: Inputs,
    outputs: Outputs,
    settings: Settings,
    found: Found,
    version: str,
    seconds: float,
) -> str:
    """Write the photo and the record, the record last: where it stands, the photo does.

    Args:
        inputs: the photo and the predictor.
        outputs: the files; their folders are made where they do not exist.
        settings: of the search, for the record.
        found: what is known about the photo.
        version: of the stage, for the record.
        seconds: that it took.

    Returns:
        the id and ``accepted``, or ``rejected: `` and the reason.

    Raises:
        InputError: the files cannot be written.
    """
    photo, face = found.photo, found.face
    picture = overlay.draw_card(str(found.reason)) if photo is None else Image.fromarray(photo)
    record = Detection(
        id=inputs.id,
        status=ACCEPTED if found.reason is None else REJECTED,
        reason=found.reason,
        image=str(inputs.image),
        image_sha256=found.checksum,
        image_width=None if photo is None else photo.shape[1],
        image_height=None if photo is None else photo.shape[0],
        n_faces=None if photo is None else 0 if face is None else face.n_faces,
        face_box=None if face is None else face.box,
        found_by=None if face is None else face.found_by,
        landmarks=None if face is None else face.landmarks,
        seconds=round(seconds, 3),
        version=version,
        settings={
            **asdict(settings),
            "landmark_predictor": inputs.landmark_predictor,
            "landmarks": inputs.landmarks,
            "mesh": inputs.mesh,
        },
    )
    text = record.as_json()
    with atomic(outputs.photo) as temporary:
        picture.save(temporary)
    with atomic(outputs.record) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return record.summary


def reject(
    inputs: Inputs, outputs: Outputs, settings: Settings, how: str, version: str, seconds: float
) -> str:
    """Write both files where the search has ended as ``how`` says; the photo itself is not decoded again."""
    found = Found("The search for a face in the photo {} {}.".format(inputs.image, how))
    try:
        found.checksum = sha256_of(inputs.image)
    except OSError:
        pass  # It can no longer be read: its checksum is not known.
    return write_detection(inputs, outputs, settings, found, version, seconds)
