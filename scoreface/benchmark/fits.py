"""The face found in a photo and the embedded head fitted to it, by the stages themselves."""

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
from scoreface.stages import demo_head, load


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


def run_detect(photo: Path, id: str, config: dict[str, Any], out: Path) -> None:
    """Look for the face in a photo.

    Args:
        photo: its file.
        id: its id.
        config: the workflow's configuration.
        out: gets ``photo.png``, ``detection.json`` and what the stage said, ``log.txt``.

    Raises:
        InputError: the stage cannot run.
    """
    options = {
        "image": photo,
        "id": id,
        "landmark-predictor": read(Assets, config).landmark_predictor,
        "record": out / "detection.json",
        "photo": out / "photo.png",
    }
    _run_apart("detect", id, config, options, out)


def run_fit(
    detected: Path, outline: Path, id: str, models: Models, config: dict[str, Any], out: Path
) -> str:
    """Fit the head to a photo.

    Args:
        detected: folder that :func:`run_detect` has filled.
        outline: of the person, by stage ``parse``.
        id: the photo's.
        models: the head's files.
        config: the workflow's configuration.
        out: gets ``fit.json``, ``fit.npz``, ``overlay.png`` and what the stage said, ``log.txt``.

    Returns:
        why the photo is rejected, by the stage ``detect`` or this one; empty where it is not.

    Raises:
        InputError: the stage cannot run.
    """
    options = {
        "photo": detected / "photo.png",
        "detection": detected / "detection.json",
        "outline": outline,
        "flame-model": models.flame_model,
        "landmark-embedding": models.landmark_embedding,
        "flame-masks": read(Assets, config).flame_masks,
        "threads": read(Threads, config).fit,
        "record": out / "fit.json",
        "fit": out / "fit.npz",
        "overlay": out / "overlay.png",
    }
    _run_apart("fit", id, config, options, out)
    record = read_json(out / "fit.json")
    return str(record["reason"]) if record["status"] == "rejected" else ""


def _run_apart(
    name: str, id: str, config: dict[str, Any], options: dict[str, Any], out: Path
) -> None:
    """Run a stage in a process of its own, as in the workflow: TensorFlow and torch need not share one."""
    command = [sys.executable, "-m", "scoreface", name]
    command.append(f"--settings={json.dumps(subtree(load(name).Settings, config))}")
    command += [f"--{option}={value}" for option, value in options.items()]
    log = out / "log.txt"
    with log.open("w") as handle:
        if subprocess.run(command, stdout=handle, stderr=handle, check=False).returncode:
            raise InputError(f"{id}: stage {name} cannot run; {log} says why")
