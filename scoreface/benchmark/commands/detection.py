"""Measure on photos with known truth which faces are found, and their landmarks, by how far the head is turned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scoreface.base.command import option

if TYPE_CHECKING:
    import numpy as np

    from scoreface.benchmark.detection_fit import Fitted
    from scoreface.demo.photos import Photo


@dataclass(frozen=True)
class Settings:
    """Which photos."""

    heads: int = option("random heads, each at every yaw", 20)
    yaws: tuple[float, ...] = option("degrees", (0.0, 30.0, 45.0, 60.0, 75.0, 90.0))
    ways: tuple[str, ...] = option(
        "who looks: hog, cnn, 'all tries' of dlib, which take minutes a photo, mediapipe, auto: hog or mediapipe, as "
        "fit.detector has it",
        ("hog", "cnn", "mediapipe", "auto"),
    )
    seed: int = option("of the heads", 0)
    fit: bool = option("fit the head to what is found too; seconds a photo and way", False)


@dataclass(frozen=True)
class Inputs:
    """None."""


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: folder of the tables, of MediaPipe's networks, and of the fits.
    """

    out: Path = option("folder of the tables and of MediaPipe's networks")


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Look at the photos, and write a row for each and the table by yaw.

    Raises:
        InputError: a way is unknown, or a model is missing and cannot be had.
    """
    import pandas

    from scoreface.base.errors import InputError
    from scoreface.base.files import atomic
    from scoreface.benchmark.detection import finders, measure, summarise
    from scoreface.benchmark.detection_fit import fit_landmarks

    known = finders(outputs.out)
    unknown = [way for way in settings.ways if way not in known]
    if unknown:
        raise InputError(f"--ways: {unknown[0]} is none of {', '.join(known)}")
    ways = {way: known[way] for way in settings.ways}
    rows = []

    def fit(landmarks: np.ndarray, photo: Photo, name: str) -> Fitted:
        return fit_landmarks(landmarks, photo, outputs.out / "fits" / name)

    fitter = fit if settings.fit else None
    for row in measure(ways, settings.heads, settings.yaws, settings.seed, fitter):
        rows.append(row)
        # After each, so that a run that is cut has a table too.
        with atomic(outputs.out / "results.csv") as temporary:
            pandas.DataFrame(rows).to_csv(temporary, index=False)
    summary = pandas.DataFrame(summarise(rows))
    with atomic(outputs.out / "summary.csv") as temporary:
        summary.to_csv(temporary, index=False)
    print(summary.to_string(index=False, float_format=lambda value: f"{value:.3f}"))
