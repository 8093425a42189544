"""What becomes of one photo at the fit, as files: a record, arrays and a picture, whether it is accepted or not."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, Optional

import numpy as np
from PIL import Image

from scoreface.base.files import atomic
from scoreface.fitting import overlay
from scoreface.fitting.detection import ACCEPTED, REJECTED, Detection, load_detection, summary
from scoreface.fitting.job import Inputs, Outputs, Settings
from scoreface.fitting.result import FitResult


@dataclass
class Outcome:
    """What is known about a photo when its fit ends, early or late.

    Attributes:
        detection: of the face in the photo.
        reason: why the photo is rejected; None when it is accepted.
        flag: why an accepted one is better looked at; None where nothing speaks for that.
        photo: (H, W, 3) uint8; None where it could not be read, or no longer is.
        fit: the head.
        angles: of the head, in degrees; none where the fit is not finite.
    """

    detection: Detection
    reason: Optional[str] = None
    flag: Optional[str] = None
    photo: Optional[np.ndarray] = None
    fit: Optional[FitResult] = None
    angles: Dict[str, float] = field(default_factory=dict)


def write_outcome(
    inputs: Inputs,
    outputs: Outputs,
    settings: Settings,
    outcome: Outcome,
    version: str,
    seconds: float,
) -> str:
    """Write the three files, the record last: where it stands, the others do.

    Of a rejected photo all three are written too: the record with the reason, the npz with nothing but the status.

    Args:
        inputs: the photo and the models.
        outputs: the files; their folders are made where they do not exist.
        settings: of the fit, for the record.
        outcome: what is known about the photo.
        version: of the stage, for the record.
        seconds: that it took.

    Returns:
        the id and ``accepted``, or ``rejected: `` and the reason.

    Raises:
        InputError: the files cannot be written.
    """
    record = _record(inputs, settings, outcome, version, seconds)
    drawn = _picture(record, outcome)
    arrays = _arrays(outcome)
    text = json.dumps(record, indent=2, allow_nan=False) + "\n"
    writers: Dict[Path, Callable[[Path], Any]] = {
        outputs.overlay: drawn.save,
        outputs.fit: lambda path: np.savez_compressed(str(path), **arrays),
        outputs.record: lambda path: path.write_text(text, encoding="utf-8"),
    }
    for path, write in writers.items():
        with atomic(path) as temporary:
            write(temporary)
    return summary(outcome.detection.id, outcome.reason)


def reject(
    inputs: Inputs, outputs: Outputs, settings: Settings, how: str, version: str, seconds: float
) -> str:
    """Write the three files where the fit has ended as ``how`` says; the photo itself is not decoded again.

    Raises:
        InputError: the detection is missing or damaged, or the files cannot be written.
    """
    detection = load_detection(inputs.detection)
    outcome = Outcome(detection, "The fit to the photo {} {}.".format(detection.image, how))
    return write_outcome(inputs, outputs, settings, outcome, version, seconds)


def _record(
    inputs: Inputs, settings: Settings, outcome: Outcome, version: str, seconds: float
) -> Dict[str, Any]:
    """Return the content of ``fit.json``; what is not known is None."""
    fit, detection = outcome.fit, outcome.detection
    finite = fit is not None and fit.finite
    return {
        "id": detection.id,
        "status": ACCEPTED if outcome.reason is None else REJECTED,
        "reason": outcome.reason,
        "flag": outcome.flag,
        "image": detection.image,
        "image_sha256": detection.image_sha256,
        "image_width": detection.image_width,
        "image_height": detection.image_height,
        "n_faces": detection.n_faces,
        "face_box": None if detection.face_box is None else detection.face_box.tolist(),
        "found_by": detection.found_by,
        "yaw": outcome.angles.get("yaw"),
        "pitch": outcome.angles.get("pitch"),
        "roll": outcome.angles.get("roll"),
        "reprojection_error": fit.reprojection_error if fit is not None and finite else None,
        "outline_iou": fit.outline.iou if fit is not None and finite else None,
        "outline": asdict(fit.outline) if fit is not None and finite else None,
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
            "flame_masks": inputs.flame_masks,
        },
    }


def _arrays(outcome: Outcome) -> Dict[str, Any]:
    """Return the content of ``fit.npz``."""
    fit = outcome.fit
    if fit is None or outcome.photo is None or outcome.reason is not None:
        return {"status": REJECTED}
    return {
        "status": ACCEPTED,
        "vertices": fit.vertices,
        "open_vertices": fit.open_vertices,
        "faces": fit.faces,
        "regions": fit.regions,
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


def _picture(record: Dict[str, Any], outcome: Outcome) -> Image.Image:
    """Return the overlay."""
    photo, fit, reason = outcome.photo, outcome.fit, outcome.reason
    if photo is None:
        return overlay.draw_card(str(reason))
    if fit is None or not fit.finite:
        return overlay.draw_rejected(photo, str(reason))
    caption = [
        "{id}: yaw {yaw:+.1f}, pitch {pitch:+.1f}, roll {roll:+.1f} degrees".format(**record),
        "error {reprojection_error:.3f} of the inter-ocular distance, "
        "{iterations} iterations, faces found: {n_faces}".format(**record),
    ]
    picture = overlay.draw_overlay(photo, fit, caption)
    return picture if reason is None else overlay.add_banner(picture, reason)
