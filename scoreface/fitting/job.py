"""One fit as the workflow asks for it: what it reads, what it writes, and its keys of the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import count, option
from scoreface.base.settings import key

#: For a model that is found elsewhere, or done without.
AUTO = "auto"
#: Where the workflow makes the embedded models that a fit reads, in the working directory.
DEMO_MODELS = {
    "flame_model": "resources/demo/flame_model.pkl",
    "landmark_embedding": "resources/demo/landmark_embedding.pkl",
}


@dataclass(frozen=True)
class Inputs:
    """What one fit reads.

    Attributes:
        photo: upright RGB, as stage ``detect`` leaves it.
        detection: the face in it, by the same stage.
        flame_model: FLAME's pickle.
        landmark_embedding: the embedding's pickle.
        outline: the person's outline, by stage ``parse``.
        flame_masks: FLAME_masks.pkl, or ``auto``.
        threads: that TensorFlow and numpy may use.
    """

    photo: Path = option("the photo, as stage detect leaves it")
    detection: Path = option("the face in it, detection.json of stage detect")
    flame_model: Path = option("FLAME model, a pickle")
    landmark_embedding: Path = option("embedding of the 51 or 68 landmarks, a pickle")
    outline: Path = option("the person's outline, outline.npz of stage parse")
    flame_masks: str = option(
        "FLAME_masks.pkl, which parts of the head there are; auto: found by where the landmarks lie",
        "auto",
    )
    threads: int = option("threads of TensorFlow and numpy", 1, type=count)


@dataclass(frozen=True)
class Outputs:
    """What it writes, whether or not the photo is accepted.

    Attributes:
        record: JSON with status, reason, errors and angles.
        fit: npz with the head; of a rejected photo with nothing but the status.
        overlay: the fit drawn over the photo.
    """

    record: Path
    fit: Path
    overlay: Path


@dataclass(frozen=True)
class Weights:
    """Weights of the loss terms.

    ``landmarks`` multiplies the squared distances over the squared face size, ``outline`` those of the outline's points
    as if they were 17; the others multiply sums of squared coefficients (shape, expression: standard deviations) or
    angles (radians).
    """

    landmarks: float = key("fit.weights.landmarks")
    shape: float = key("fit.weights.shape")
    expression: float = key("fit.weights.expression")
    neck: float = key("fit.weights.neck")
    jaw: float = key("fit.weights.jaw")
    eyeballs: float = key("fit.weights.eyeballs")
    outline: float = key("fit.weights.outline")


@dataclass(frozen=True)
class Settings:
    """By what a photo is fitted and judged.

    Attributes:
        weights: weights of the loss terms.
        rigid_ftol: L-BFGS-B ends the rigid stage when an iteration lowers the loss by less than
            this, times the loss where that is above 1.
        ftol: the same for the full stage. TF_FLAME has 1e-7, with which L-BFGS-B takes one short
            step for the end: of fits that differ by rounding only, some stop with a 5 % larger loss
            and 1 mm away. With 1e-9 they agree to 0.1 mm and reach a loss below TF_FLAME's.
        max_error: largest root mean square landmark distance of an accepted fit, as a fraction of
            the inter-ocular distance.
        time_limit: seconds after which a fit is given up.
        outline: draw the head to the outline of bare skin, with the translation free; else the published fit.
        min_outline_iou: least outline IoU of a fit that need not be looked at.
        outline_gate: what becomes of the others: ``flag`` or ``reject``.
    """

    weights: Weights
    rigid_ftol: float = key("fit.rigid_ftol")
    ftol: float = key("fit.ftol")
    max_error: float = key("fit.max_error")
    time_limit: float = key("fit.time_limit")
    outline: bool = key("fit.outline")
    min_outline_iou: float = key("fit.min_outline_iou")
    outline_gate: str = key("fit.outline_gate")


@dataclass(frozen=True)
class Needs:
    """What has to be there before a first fit; the keys belong to the workflow.

    Attributes:
        engine: ``flame``, or ``external`` where another fitter made the heads.
        flame_model: a path, or ``demo``.
        landmark_embedding: a path, or ``demo``.
        landmark_predictor: a path, or ``auto``.
        flame_masks: a path, or ``auto``.
        second_tries: see :class:`scoreface.fitting.detect_job.Settings`.
    """

    engine: str = key("fit.engine", borrowed=True)
    flame_model: str = key("assets.flame_model", borrowed=True)
    landmark_embedding: str = key("assets.landmark_embedding", borrowed=True)
    landmark_predictor: str = key("assets.landmark_predictor", borrowed=True)
    flame_masks: str = key("assets.flame_masks", borrowed=True)
    second_tries: bool = key("fit.second_tries", borrowed=True)
