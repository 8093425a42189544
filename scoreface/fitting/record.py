"""What becomes of one photo, as files: a record, arrays and pictures, whether it is accepted or not."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, Optional, Tuple

import numpy as np
from PIL import Image

from scoreface.base.files import atomic
from scoreface.fitting import overlay
from scoreface.fitting.job import Inputs, Outputs, Settings
from scoreface.fitting.result import Detection, FitResult


@dataclass
class Outcome:
    """What is known about a photo when its fit ends, early or late.

    Attributes:
        reason: why the photo is rejected; None when it is accepted.
        checksum: SHA-256 of its file.
        photo: (H, W, 3) uint8.
        detection: the face in it.
        fit: the head.
        angles: of the head, in degrees; none where the fit is not finite.
    """

    reason: Optional[str] = None
    checksum: Optional[str] = None
    photo: Optional[np.ndarray] = None
    detection: Optional[Detection] = None
    fit: Optional[FitResult] = None
    angles: Dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return "accepted" if self.reason is None else "rejected: " + self.reason


def write_outcome(
    inputs: Inputs,
    outputs: Outputs,
    settings: Settings,
    outcome: Outcome,
    version: str,
    seconds: float,
) -> None:
    """Write the four files, the record last: where it stands, the others do.

    Of a rejected photo all four are written too: the record with the reason, the npz with nothing but the status.

    Args:
        inputs: the photo and the models.
        outputs: the files; their folders are made where they do not exist.
        settings: of the fit, for the record.
        outcome: what is known about the photo.
        version: of the stage, for the record.
        seconds: that it took.

    Raises:
        InputError: the files cannot be written.
    """
    record = _record(inputs, settings, outcome, version, seconds)
    drawn, photo = _pictures(record, outcome)
    arrays = _arrays(outcome)
    text = json.dumps(record, indent=2, allow_nan=False) + "\n"
    writers: Dict[Path, Callable[[Path], Any]] = {
        outputs.overlay: drawn.save,
        outputs.photo: photo.save,
        outputs.fit: lambda path: np.savez_compressed(str(path), **arrays),
        outputs.record: lambda path: path.write_text(text, encoding="utf-8"),
    }
    for path, write in writers.items():
        with atomic(path) as temporary:
            write(temporary)


def _record(
    inputs: Inputs, settings: Settings, outcome: Outcome, version: str, seconds: float
) -> Dict[str, Any]:
    """Return the content of ``fit.json``; what is not known is None."""
    fit, photo, detection = outcome.fit, outcome.photo, outcome.detection
    finite = fit is not None and fit.finite
    return {
        "id": inputs.id,
        "status": "accepted" if outcome.reason is None else "rejected",
        "reason": outcome.reason,
        "image": str(inputs.image),
        "image_sha256": outcome.checksum,
        "image_width": None if photo is None else photo.shape[1],
        "image_height": None if photo is None else photo.shape[0],
        "n_faces": None if photo is None else detection.n_faces if detection else 0,
        "face_box": None if detection is None else detection.box.tolist(),
        "yaw": outcome.angles.get("yaw"),
        "pitch": outcome.angles.get("pitch"),
        "roll": outcome.angles.get("roll"),
        "reprojection_error": fit.reprojection_error if fit is not None and finite else None,
        "losses": fit.losses if fit is not None and finite else None,
        "converged": None if fit is None else finite and fit.converged,
        "iterations": None if fit is None else fit.iterations,
        "stages": None if fit is None or not finite else [asdict(stage) for stage in fit.stages],
        "seconds": round(seconds, 3),
        "version": version,
        "settings": {
            **asdict(settings),
            "threads": inputs.threads,
            "flame_model": str(inputs.flame_model),
            "landmark_embedding": str(inputs.landmark_embedding),
            "landmark_predictor": inputs.landmark_predictor,
        },
    }


def _arrays(outcome: Outcome) -> Dict[str, Any]:
    """Return the content of ``fit.npz``."""
    fit = outcome.fit
    if fit is None or outcome.photo is None or outcome.reason is not None:
        return {"status": "rejected"}
    return {
        "status": "accepted",
        "vertices": fit.vertices,
        "faces": fit.faces,
        "axis_angle": fit.axis_angle,
        "scale": fit.scale,
        "translation": fit.translation,
        "shape": fit.shape,
        "expression": fit.expression,
        "pose": fit.pose,
        "jaw": fit.jaw,
        "landmarks": fit.landmarks,
        "projected": fit.projected,
        "image_size": np.array([outcome.photo.shape[1], outcome.photo.shape[0]]),
    }


def _pictures(record: Dict[str, Any], outcome: Outcome) -> Tuple[Image.Image, Image.Image]:
    """Return the overlay and the photo."""
    photo, fit, reason = outcome.photo, outcome.fit, outcome.reason
    if photo is None:
        card = overlay.draw_card(str(reason))
        return card, card
    if fit is None or not fit.finite:
        picture = overlay.draw_rejected(photo, str(reason))
    else:
        caption = [
            "{id}: yaw {yaw:+.1f}, pitch {pitch:+.1f}, roll {roll:+.1f} degrees".format(**record),
            "error {reprojection_error:.3f} of the inter-ocular distance, "
            "{iterations} iterations, faces found: {n_faces}".format(**record),
        ]
        picture = overlay.draw_overlay(photo, fit, caption)
        if reason is not None:
            picture = overlay.add_banner(picture, reason)
    return picture, Image.fromarray(photo)
