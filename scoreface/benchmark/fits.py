"""The fit of the embedded head to a photo, by the stage itself."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoreface.base.errors import InputError
from scoreface.base.files import read_json
from scoreface.base.settings import read, subtree
from scoreface.config.assets import Assets
from scoreface.config.workflow import Threads
from scoreface.demo.assets import write_model
from scoreface.stages import demo_head, fit


@dataclass(frozen=True)
class Models:
    """The embedded head's files, which all photos share."""

    flame_model: Path
    landmark_embedding: Path
    texture_data: Path


def write_models(folder: Path, size: int) -> Models:
    """Write the embedded head's files, with a UV layout of ``size`` texels a side; those of this version are kept."""
    place = folder / f"head-{demo_head.VERSION}"
    names = ("model.pkl", "embedding.pkl", f"texture_data_{size}.npy")
    models = Models(*(place / name for name in names))
    if not all(path.exists() for path in vars(models).values()):
        write_model(models.flame_model, models.landmark_embedding, models.texture_data, size)
    return models


def run_fit(photo: Path, id: str, models: Models, config: dict[str, Any], out: Path) -> str:
    """Fit a photo in a process of its own, as in the workflow: TensorFlow and torch need not share one.

    Args:
        photo: its file.
        id: its id.
        models: the head's files.
        config: the workflow's configuration.
        out: gets ``fit.json``, ``fit.npz``, ``overlay.png``, ``photo.png``, and what the fit said in ``log.txt``.

    Returns:
        why the photo is rejected; empty where it is not.

    Raises:
        InputError: the fit cannot run.
    """
    options = {
        "settings": json.dumps(subtree(fit.Settings, config)),
        "image": photo,
        "id": id,
        "flame-model": models.flame_model,
        "landmark-embedding": models.landmark_embedding,
        "landmark-predictor": read(Assets, config).landmark_predictor,
        "threads": read(Threads, config).fit,
        "record": out / "fit.json",
        "fit": out / "fit.npz",
        "overlay": out / "overlay.png",
        "photo": out / "photo.png",
    }
    command = [sys.executable, "-m", "scoreface", "fit"]
    command += [f"--{name}={value}" for name, value in options.items()]
    with (out / "log.txt").open("w") as log:
        ended = subprocess.run(command, stdout=log, stderr=log, check=False)
    if ended.returncode:
        raise InputError(f"{id}: the fit cannot run; {out / 'log.txt'} says why")
    record = read_json(out / "fit.json")
    return str(record["reason"]) if record["status"] == "rejected" else ""
