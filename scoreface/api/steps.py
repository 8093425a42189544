"""The stages from a photo to its texture, called with the files that the workflow's rules give them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoreface.api.models import Models
from scoreface.base.errors import InputError
from scoreface.base.files import read_json
from scoreface.base.settings import read, subtree
from scoreface.config.assets import Assets
from scoreface.config.detector import DetectorSettings
from scoreface.config.workflow import Threads, WorkflowSettings, inpaint_jobs
from scoreface.parse.face_mesh_model import FaceMeshFiles
from scoreface.stages import inpaint, load, merge, order_views, parse, preprocess, project


@dataclass(frozen=True)
class Job:
    """One photo on its way through the stages.

    Attributes:
        photo: its file.
        id: its id.
        config: the workflow's configuration.
        models: the head's files.
        person_model: the person network, where the configuration has it fetched.
        face_mesh: MediaPipe's networks that find faces, likewise.
        at: where a file is, by its name in ``results/{id}/``.
    """

    photo: Path
    id: str
    config: dict[str, Any]
    models: Models
    person_model: Path
    face_mesh: FaceMeshFiles
    at: Callable[[str], Path]

    def settings(self, stage: Any) -> Any:
        """What a stage reads of the configuration."""
        return read(stage.Settings, self.config)


def run_detect(job: Job) -> str:
    """Look for the face, with MediaPipe's networks first where they are asked.

    A photo without one goes on until the fit, which says so in its record and its picture.

    Raises:
        InputError: the stage cannot run.
    """
    plan = read(DetectorSettings, job.config)
    looked_at = {"image": job.photo, "id": job.id}
    mesh = job.at("detect/mesh.npz")
    if plan.asks_mesh:
        _run_apart("mesh-landmarks", job, {**looked_at, **job.face_mesh._asdict(), "out": mesh})
    options = {
        **looked_at,
        "landmark-predictor": read(Assets, job.config).landmark_predictor,
        "landmarks": plan.landmarks.replace("{id}", job.id),
        "mesh": mesh if plan.asks_mesh else "",
        "record": job.at("detect/detection.json"),
        "photo": job.at("photo.png"),
    }
    _run_apart("detect", job, options)
    return ""


def run_parse(job: Job) -> str:
    """Tell what each pixel is.

    Raises:
        InputError: the stage cannot run.
    """
    inputs = parse.Inputs(
        job.id, job.at("photo.png"), job.at("detect/detection.json"), job.person_model
    )
    outputs = parse.Outputs(
        labels=job.at("parse/labels.png"),
        overlay=job.at("parse/overlay.png"),
        record=job.at("parse/parse.json"),
        outline=job.at("parse/outline.npz"),
    )
    parse.run(inputs, outputs, job.settings(parse))
    return ""


def run_fit(job: Job) -> str:
    """Fit the head.

    Returns:
        why the photo is rejected, by the stage ``detect`` or this one; empty where it is not.

    Raises:
        InputError: the stage cannot run.
    """
    options = {
        "photo": job.at("photo.png"),
        "detection": job.at("detect/detection.json"),
        "outline": job.at("parse/outline.npz"),
        "flame-model": job.models.flame_model,
        "landmark-embedding": job.models.landmark_embedding,
        "flame-masks": read(Assets, job.config).flame_masks,
        "threads": read(Threads, job.config).fit,
        "record": job.at("fit/fit.json"),
        "fit": job.at("fit/fit.npz"),
        "overlay": job.at("fit/overlay.png"),
    }
    _run_apart("fit", job, options)
    record = read_json(job.at("fit/fit.json"))
    return str(record["reason"]) if record["status"] == "rejected" else ""


def run_project(job: Job) -> str:
    """Lift the photo onto the texture.

    Returns:
        why the photo is rejected; empty where it is not.
    """
    inputs = project.Inputs(
        photo=job.at("photo.png"),
        fit=job.at("fit/fit.npz"),
        labels=job.at("parse/labels.png"),
        texture_data=job.models.texture_data,
    )
    outputs = project.Outputs(
        mesh=job.at("mesh/head.obj"),
        axis_angle=job.at("mesh/axis_angle.npy"),
        texture=job.at("texture/photo.png"),
        seen=job.at("texture/seen.png"),
        texel_labels=job.at("texture/labels.png"),
        regions=job.at("texture/regions.png"),
    )
    try:
        project.run(inputs, outputs, job.settings(project))
    except InputError as error:
        return str(error)
    return ""


#: From the photo to its texels: each fills its files, and says why the photo is rejected.
LIFTING: dict[str, Callable[[Job], str]] = {
    "detect": run_detect,
    "parse": run_parse,
    "fit": run_fit,
    "project": run_project,
}


def run_completion(job: Job, score_model: str) -> None:
    """From the photo's texels to the finished texture.

    Args:
        job: a face that has gone through :data:`LIFTING`.
        score_model: path, or name on the hub.

    Raises:
        InputError: a stage cannot run.
    """
    large, known = job.at("texture/large.png"), job.at("texture/known.png")
    preprocess.run(
        preprocess.Inputs(job.at("texture/photo.png"), job.at("texture/seen.png")),
        preprocess.Outputs(large, known),
        job.settings(preprocess),
    )
    order_views.run(
        order_views.Inputs(job.at("mesh/axis_angle.npy")),
        order_views.Outputs(job.at("views.json")),
        job.settings(order_views),
    )
    face = {
        "mesh": job.at("mesh/head.obj"),
        "axis_angle": job.at("mesh/axis_angle.npy"),
        "large": large,
        "known": known,
        "texel_labels": job.at("texture/labels.png"),
        "regions": job.at("texture/regions.png"),
    }
    plan = read(WorkflowSettings, job.config)
    for walk in inpaint_jobs(plan, len(read_json(job.at("views.json")))):
        states = tuple(job.at(_within_face(state)) for state in walk.states)
        inputs = inpaint.Inputs(
            id=job.id,
            round=walk.round,
            first=walk.first,
            **face,
            views=job.at("views.json"),
            score_model=score_model,
            state=job.at(_within_face(walk.before)) if walk.before else None,
            threads=plan.threads.inpaint,
            gpu=plan.gpu,
            batch=plan.most_pictures,
            discard_finished=not plan.keep_finished,
        )
        inpaint.run(inputs, inpaint.Outputs(states), job.settings(inpaint))
    several = range(2, job.settings(inpaint).pipeline.samples + 1)
    merge.run(
        merge.Inputs(**face, state=states[-1]),
        merge.Outputs(
            texture=job.at("texture.png"),
            provenance=job.at("provenance.png"),
            light=job.at("texture/light.json"),
            further=tuple(job.at(f"samples/texture_{sample:02d}.png") for sample in several),
            uncertainty=job.at("uncertainty.png") if several else None,
        ),
        job.settings(merge),
    )


def _within_face(path: Any) -> str:
    """The workflow's name of a file, without the folder of the face."""
    return str(path).removeprefix("<results>/{id}/")


def _run_apart(name: str, job: Job, options: dict[str, Any]) -> None:
    """Run a stage in a process of its own, as in the workflow: TensorFlow and torch need not share one.

    What it says goes to ``logs/``.
    """
    command = [sys.executable, "-m", "scoreface", name]
    command.append(f"--settings={json.dumps(subtree(load(name).Settings, job.config))}")
    command += [f"--{option}={value}" for option, value in options.items()]
    log = job.at(f"logs/{name}.log")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as handle:
        if subprocess.run(command, stdout=handle, stderr=handle, check=False).returncode:
            raise InputError(f"{job.id}: stage {name} cannot run; {log} says why")
