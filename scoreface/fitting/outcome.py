"""What becomes of one photo: its fit, or the reason why there is none, as a record, arrays and pictures."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Optional, Tuple

import numpy as np
from PIL import Image

from scoreface.base.angles import head_angles
from scoreface.base.errors import PhotoError
from scoreface.base.files import atomic, sha256_of
from scoreface.base.photo import load_photo, open_photo
from scoreface.fitting import overlay
from scoreface.fitting.fit import FitResult, Stage, fit_landmarks
from scoreface.fitting.flame import load_embedding, load_flame
from scoreface.fitting.job import Inputs, Outputs, Settings
from scoreface.fitting.landmarks import Detection, detect, find_predictor, load_predictor


@dataclass
class _Outcome:
    """What is known about a photo when its fit ends, early or late."""

    reason: Optional[str] = None  # why the photo is rejected; None when it is accepted
    checksum: Optional[str] = None
    photo: Optional[np.ndarray] = None
    detection: Optional[Detection] = None
    fit: Optional[FitResult] = None


def fit_photo(inputs: Inputs, outputs: Outputs, settings: Settings, version: str) -> str:
    """Fit one photo and write its four files.

    A photo that cannot be used is rejected: all four files are written, the record with the reason, the npz with
    nothing but the status.

    Args:
        inputs: the photo and the models.
        outputs: the files; their folders are made where they do not exist.
        settings: of the fit, and limits.
        version: of the stage, for the record.

    Returns:
        ``accepted``, or ``rejected: `` and the reason.

    Raises:
        InputError: model, embedding or predictor is missing or corrupted, or the results cannot be written.
        OSError: the photo is missing or its disk fails.
        MemoryError: the photo is too large for this machine.
    """
    started = time.time()
    outcome = _fit_photo(inputs, settings)
    record = _record(inputs, settings, outcome, version, time.time() - started)
    _write(outputs, record, outcome)
    return "accepted" if outcome.reason is None else "rejected: " + outcome.reason


def _fit_photo(inputs: Inputs, settings: Settings) -> _Outcome:
    # Assets come first: a missing one is an error whatever the photo is like.
    flame = load_flame(str(inputs.flame_model))
    embedding = load_embedding(str(inputs.landmark_embedding), len(flame.faces))
    predictor_path = inputs.landmark_predictor
    if predictor_path == "auto":
        predictor_path = find_predictor()
    predictor = load_predictor(predictor_path)

    outcome = _Outcome()
    try:
        with open_photo(str(inputs.image)):
            outcome.checksum = sha256_of(inputs.image)
        outcome.photo = load_photo(str(inputs.image), settings.max_pixels)
    except PhotoError as error:
        outcome.reason = str(error)
        return outcome
    outcome.detection = detect(outcome.photo, predictor, predictor_path)
    if outcome.detection is None:
        outcome.reason = "No face was found in the photo {}.".format(inputs.image)
        return outcome
    _say("{} face(s) found; fitting the largest".format(outcome.detection.n_faces))
    outcome.fit = fit_landmarks(
        flame,
        embedding,
        outcome.detection.landmarks,
        len(outcome.photo),
        settings,
        inputs.threads,
        progress=_say_stage,
    )
    outcome.reason = _judge(outcome.fit, inputs.image, settings.max_error)
    return outcome


def _judge(fit: FitResult, image: Path, max_error: float) -> Optional[str]:
    """Return why a fit is rejected, or None."""
    if not fit.finite:
        return "The fit to the photo {} did not converge: its loss is not finite.".format(image)
    if fit.reprojection_error <= max_error:
        return None
    ending = "" if fit.converged else ", and the optimisation ended abnormally"
    return (
        "The fit to the photo {} misses its landmarks by {:.3f} of the inter-ocular distance, "
        "more than the limit of {:g}{}.".format(image, fit.reprojection_error, max_error, ending)
    )


def _record(
    inputs: Inputs, settings: Settings, outcome: _Outcome, version: str, seconds: float
) -> Dict[str, Any]:
    """Return the content of ``fit.json``; what is not known is None."""
    fit, photo, detection = outcome.fit, outcome.photo, outcome.detection
    finite = fit is not None and fit.finite
    angles = head_angles(fit.axis_angle) if fit is not None and finite else {}
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
        "yaw": angles.get("yaw"),
        "pitch": angles.get("pitch"),
        "roll": angles.get("roll"),
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


def _arrays(outcome: _Outcome) -> Dict[str, Any]:
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


def _pictures(record: Dict[str, Any], outcome: _Outcome) -> Tuple[Image.Image, Image.Image]:
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


def _write(outputs: Outputs, record: Dict[str, Any], outcome: _Outcome) -> None:
    """Write the four files, the record last: where it stands, the others do."""
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


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _say_stage(stage: Stage) -> None:
    _say(
        "{} stage: loss {:.6g} after {} iterations ({})".format(
            stage.name, stage.loss, stage.iterations, stage.message
        )
    )
