"""What a fit makes of landmarks, on photos whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from scoreface.api.steps import LIFTING, Job
from scoreface.base.angles import head_angles
from scoreface.base.arrays import write_image
from scoreface.base.files import read_json
from scoreface.benchmark.chain import prepare
from scoreface.config.schema import checked_config
from scoreface.demo.photos import Photo


class Fitted(NamedTuple):
    """Attributes:
    accepted: whether it stood the fit's own checks.
    yaw_error: degrees, without sign; None where the fit has none, as for ``outline_iou``.
    outline_iou: of head and bare skin, see ``fit.json``.
    """

    accepted: bool
    yaw_error: float | None
    outline_iou: float | None


def fit_landmarks(landmarks: np.ndarray, photo: Photo, folder: Path) -> Fitted:
    """Parse and fit a photo of the embedded head as the default configuration does, by landmarks that are given.

    Args:
        landmarks: (68, 2) pixels.
        photo: with its truth.
        folder: gets the stages' files, and in ``models/`` beside it those that all photos share.

    Raises:
        InputError: a stage cannot run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "face.npy", landmarks)
    write_image(folder / "given.png", photo.image)
    config = checked_config([], {"fit": {"landmarks": str(folder / "{id}.npy")}})
    job = Job(
        folder / "given.png",
        "face",
        config,
        *prepare(config, folder.parent / "models"),
        lambda name: folder / name,
    )
    for stage in ("detect", "parse", "fit"):
        LIFTING[stage](job)
    record = read_json(folder / "fit" / "fit.json")
    yaw = record["yaw"]
    error = None if yaw is None else abs(yaw - head_angles(photo.axis_angle)["yaw"])
    return Fitted(record["status"] == "accepted", error, record["outline_iou"])
