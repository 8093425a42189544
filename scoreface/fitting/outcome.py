"""One photo from the file to the fit, or to the reason why there is none."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from scoreface.base.angles import head_angles
from scoreface.base.errors import PhotoError
from scoreface.base.files import sha256_of
from scoreface.base.photo import load_photo, open_photo
from scoreface.fitting.fit import fit_landmarks
from scoreface.fitting.flame import FlameModel, LandmarkEmbedding, load_embedding, load_flame
from scoreface.fitting.job import Inputs, Outputs, Settings
from scoreface.fitting.landmarks import detect, find_predictor, load_predictor
from scoreface.fitting.record import Outcome, write_outcome
from scoreface.fitting.result import FitResult, Stage


@dataclass(frozen=True)
class Models:
    """What every fit needs, whatever the photo.

    Attributes:
        flame: the head.
        embedding: its landmarks.
        predictor: dlib's, of 68 points.
        predictor_path: its file.
    """

    flame: FlameModel
    embedding: LandmarkEmbedding
    predictor: Any
    predictor_path: str


def load_models(inputs: Inputs) -> Models:
    """Load what every fit needs.

    Raises:
        InputError: model, embedding or predictor is missing or corrupted.
    """
    flame = load_flame(str(inputs.flame_model))
    embedding = load_embedding(str(inputs.landmark_embedding), len(flame.faces))
    path = inputs.landmark_predictor
    if path == "auto":
        path = find_predictor()
    return Models(flame, embedding, load_predictor(path), path)


def fit_photo(
    models: Models, inputs: Inputs, outputs: Outputs, settings: Settings, version: str
) -> str:
    """Fit one photo and write its four files, with a reason in them where it cannot be used.

    Args:
        models: from :func:`load_models`.
        inputs: the photo.
        outputs: the files; their folders are made where they do not exist.
        settings: of the fit, and limits.
        version: of the stage, for the record.

    Returns:
        ``accepted``, or ``rejected: `` and the reason.

    Raises:
        InputError: the predictor has not 68 points, or the results cannot be written.
        OSError: the photo is missing or its disk fails.
        MemoryError: the photo is too large for this machine.
    """
    started = time.time()
    outcome = _fit_photo(models, inputs, settings)
    write_outcome(inputs, outputs, settings, outcome, version, time.time() - started)
    return str(outcome)


def _fit_photo(models: Models, inputs: Inputs, settings: Settings) -> Outcome:
    outcome = Outcome()
    try:
        with open_photo(str(inputs.image)):
            outcome.checksum = sha256_of(inputs.image)
        outcome.photo = load_photo(str(inputs.image), settings.max_pixels)
    except PhotoError as error:
        outcome.reason = str(error)
        return outcome
    outcome.detection = detect(outcome.photo, models.predictor, models.predictor_path)
    if outcome.detection is None:
        outcome.reason = "No face was found in the photo {}.".format(inputs.image)
        return outcome
    _say("{} face(s) found; fitting the largest".format(outcome.detection.n_faces))
    outcome.fit = fit_landmarks(
        models.flame,
        models.embedding,
        outcome.detection.landmarks,
        len(outcome.photo),
        settings,
        inputs.threads,
        progress=_say_stage,
    )
    if outcome.fit.finite:
        outcome.angles = head_angles(outcome.fit.axis_angle)
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


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _say_stage(stage: Stage) -> None:
    _say(
        "{} stage: loss {:.6g} after {} iterations ({})".format(
            stage.name, stage.loss, stage.iterations, stage.message
        )
    )
