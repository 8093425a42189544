"""One photo with a face from its pixels to the fit, or to the reason why there is none."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Optional

import numpy as np

from scoreface.base.angles import head_angles
from scoreface.base.errors import InputError
from scoreface.base.photo import MOST_PIXELS, load_photo
from scoreface.fitting.detection import N_JAW, Detection, load_detection
from scoreface.fitting.flame import FlameModel, LandmarkEmbedding, load_embedding, load_flame
from scoreface.fitting.job import AUTO, Inputs, Outputs, Settings
from scoreface.fitting.outline import Outline, load_outline
from scoreface.fitting.record import Outcome, write_outcome
from scoreface.fitting.regions import find_regions
from scoreface.fitting.result import FitResult, Stage


@dataclass(frozen=True)
class Models:
    """What the fit of any face needs.

    Attributes:
        flame: the head.
        embedding: its landmarks.
        regions: (V,) uint8, what part of the head each vertex is.
    """

    flame: FlameModel
    embedding: LandmarkEmbedding
    regions: np.ndarray


def load_models(inputs: Inputs) -> Optional[Models]:
    """Load what the fit of any face needs, TensorFlow included; None where the photo's face was rejected before.

    Raises:
        InputError: model, embedding, masks or detection is missing or corrupted.
    """
    if load_detection(inputs.detection).landmarks is None:
        return None
    # Here, where a failure is no fault of the photo's. A rejected face does without: the import takes seconds.
    import scoreface.fitting.fit  # noqa: F401

    flame = load_flame(str(inputs.flame_model))
    embedding = load_embedding(str(inputs.landmark_embedding), len(flame.faces))
    masks = None if inputs.flame_masks == AUTO else inputs.flame_masks
    return Models(flame, embedding, find_regions(flame, embedding, masks))


def run(
    models: Optional[Models], inputs: Inputs, outputs: Outputs, settings: Settings, version: str
) -> str:
    """Fit one photo and write its three files, with a reason in them where it is rejected.

    Args:
        models: from :func:`load_models`.
        inputs: the photo and its face.
        outputs: the files; their folders are made where they do not exist.
        settings: of the fit, and limits.
        version: of the stage, for the record.

    Returns:
        the id and ``accepted``, or ``rejected: `` and the reason.

    Raises:
        InputError: the photo is damaged or another than the detection's, the outline is damaged, or the results
            cannot be written.
        OSError: the photo is missing or its disk fails.
        MemoryError: the photo is too large for this machine.
    """
    started = time.time()
    detection = load_detection(inputs.detection)
    outcome = Outcome(detection, detection.reason)
    if detection.image_width is not None:
        outcome.photo = _read_photo(inputs, detection)
    if models is not None and outcome.photo is not None:
        _fit(outcome, models, load_outline(inputs.outline), len(outcome.photo), inputs, settings)
    return write_outcome(inputs, outputs, settings, outcome, version, time.time() - started)


def _read_photo(inputs: Inputs, detection: Detection) -> np.ndarray:
    photo = load_photo(str(inputs.photo), MOST_PIXELS)
    if photo.shape[:2] != (detection.image_height, detection.image_width):
        raise InputError(
            "{}: {} x {} pixels, but {} is of a photo of {} x {}; delete both and run again".format(
                inputs.photo,
                *(photo.shape[1], photo.shape[0], inputs.detection),
                *(detection.image_width, detection.image_height),
            )
        )
    return photo


def _fit(
    outcome: Outcome,
    models: Models,
    outline: Outline,
    height: int,
    inputs: Inputs,
    settings: Settings,
) -> None:
    """Fit the head to the face in a photo of so many pixels' height, and judge it."""
    from scoreface.fitting.fit import fit_head

    landmarks = outcome.detection.landmarks
    assert landmarks is not None  # or there would be no models
    fit = fit_head(
        models.flame,
        models.embedding,
        landmarks[N_JAW:],
        height,
        settings,
        inputs.threads,
        models.regions,
        outline,
        progress=_say_stage,
    )
    outcome.fit = fit
    if fit.finite:
        outcome.angles = head_angles(fit.axis_angle)
    image = outcome.detection.image
    outcome.reason = _judge(fit, image, settings.max_error)
    doubt = _doubt(fit, settings.min_outline_iou)
    if doubt is not None and outcome.reason is None:
        if settings.outline_gate == "reject":
            outcome.reason = "The fit to the photo {} {}.".format(image, doubt)
        else:
            outcome.flag = "Look at overlay.png: the fit {}.".format(doubt)


def _judge(fit: FitResult, image: str, max_error: float) -> Optional[str]:
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


def _doubt(fit: FitResult, least: float) -> Optional[str]:
    """Return how the outline of skin speaks against a fit, or None."""
    iou = fit.outline.iou
    if iou is None or iou >= least:
        return None
    return "covers the bare skin with an intersection over union of {:.3f}, less than {:g}".format(
        iou, least
    )


def _say_stage(stage: Stage) -> None:
    line = "{} stage: loss {:.6g} after {} iterations ({})".format(
        stage.name, stage.loss, stage.iterations, stage.message
    )
    print(line, file=sys.stderr, flush=True)
