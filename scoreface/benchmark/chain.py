"""The workflow's stages from a photo to its texels, run for one photo with one configuration.

Each stage's files lie in a folder whose name holds a hash of all that they depend on: its settings and version, and
those of the stages before it. So configurations share what is the same for them, and nothing is done twice.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scoreface import stages
from scoreface.base.arrays import read_mask
from scoreface.base.errors import InputError
from scoreface.base.files import read_json, write_json
from scoreface.base.settings import read, subtree
from scoreface.config.assets import Assets
from scoreface.config.workflow import Threads
from scoreface.demo.assets import write_model
from scoreface.geometry.fitted import FittedHead, load_fit


@dataclass(frozen=True)
class Models:
    """The embedded head's files, which all photos share."""

    flame_model: Path
    landmark_embedding: Path
    texture_data: Path


@dataclass(frozen=True)
class Job:
    """One photo on its way through the stages.

    Attributes:
        photo: its file.
        id: its id.
        config: the workflow's configuration.
        models: the head's files.
        folders: of the stages that are done, by the stage.
    """

    photo: Path
    id: str
    config: dict[str, Any]
    models: Models
    folders: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Lifted:
    """What the stages made of a photo.

    Attributes:
        head: as fitted.
        observed: (L, L) bool, the texels that are called observed.
        seconds: of each stage, by its name.
    """

    head: FittedHead
    observed: Any
    seconds: dict[str, float]


def write_models(folder: Path, config: dict[str, Any]) -> Models:
    """Write the embedded head's files, with the UV layout at the texture's size; those that are there are kept."""
    size = config["texture"]["large"]
    models = Models(
        folder / "model.pkl", folder / "embedding.pkl", folder / f"texture_data_{size}.npy"
    )
    if not all(path.exists() for path in vars(models).values()):
        write_model(models.flame_model, models.landmark_embedding, models.texture_data, size)
    return models


def chain_keys(config: dict[str, Any]) -> dict[str, str]:
    """For each stage in its order, a hash of all that its files depend on but the photo."""
    keys: dict[str, str] = {}
    before = ""
    for name in STEPS:
        stage = stages.load(name)
        content = [before, name, stage.VERSION, subtree(stage.Settings, config)]
        before = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        keys[name] = before
    return keys


def run_chain(
    photo: Path, id: str, config: dict[str, Any], models: Models, folder: Path
) -> Lifted | str:
    """Run the stages for a photo, those that have not been run with these settings.

    Args:
        photo: its file.
        id: its id.
        config: the workflow's configuration.
        models: from :func:`write_models`.
        folder: gets a folder for each stage; its own for each photo.

    Returns:
        what they made, or why they make nothing of the photo.
    """
    job = Job(photo, id, config, models)
    seconds = {}
    for name, key in chain_keys(config).items():
        out = folder / f"{name}-{key[:12]}"
        done = out / "done.json"
        if not done.exists():
            out.mkdir(parents=True, exist_ok=True)
            started = time.perf_counter()
            reason = STEPS[name](job, out)
            write_json(done, {"seconds": time.perf_counter() - started, "reason": reason})
        record = read_json(done)
        if record["reason"]:
            return str(record["reason"])
        seconds[name] = float(record["seconds"])
        job.folders[name] = out
    observed = read_mask(job.folders["project"] / "seen.png")
    return Lifted(load_fit(job.folders["fit"] / "fit.npz"), observed, seconds)


def _fit(job: Job, out: Path) -> str:
    """In a process of its own, as in the workflow: TensorFlow and torch need not share one."""
    config = job.config
    options = {
        "settings": json.dumps(subtree(stages.load("fit").Settings, config)),
        "image": job.photo,
        "id": job.id,
        "flame-model": job.models.flame_model,
        "landmark-embedding": job.models.landmark_embedding,
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
        raise InputError(f"{job.id}: the fit cannot run; {out / 'log.txt'} says why")
    record = read_json(out / "fit.json")
    return str(record["reason"]) if record["status"] == "rejected" else ""


def _project(job: Job, out: Path) -> str:
    stage = stages.load("project")
    fitted = job.folders["fit"]
    inputs = stage.Inputs(
        photo=fitted / "photo.png", fit=fitted / "fit.npz", texture_data=job.models.texture_data
    )
    outputs = stage.Outputs(
        mesh=out / "mesh" / "head.obj",
        axis_angle=out / "axis_angle.npy",
        texture=out / "photo.png",
        seen=out / "seen.png",
    )
    try:
        stage.run(inputs, outputs, read(stage.Settings, job.config))
    except InputError as error:
        return str(error)
    return ""


#: The stages that a photo goes through, in their order: each fills its folder, and says why where it cannot.
STEPS: dict[str, Callable[[Job, Path], str]] = {"fit": _fit, "project": _project}
