"""The workflow's stages from a photo to its texels, run for one photo with one configuration.

Each stage's files lie in a folder whose name holds a hash of all that they depend on: its settings and version, and
those of the stages before it. So configurations share what is the same for them, and nothing is done twice.
"""

from __future__ import annotations

import hashlib
import json
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
from scoreface.benchmark.fits import Models, run_fit
from scoreface.geometry.fitted import FittedHead, load_fit
from scoreface.stages import demo_head


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


def chain_keys(config: dict[str, Any]) -> dict[str, str]:
    """For each stage in its order, a hash of all that its files depend on but the photo."""
    keys: dict[str, str] = {}
    before = f"head {demo_head.VERSION}"
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
    return run_fit(job.photo, job.id, job.models, job.config, out)


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
