"""The benchmark on real photos: each lifted once, a part of it hidden, completed by each method and measured."""

from __future__ import annotations

import functools
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from scoreface.api.models import Models
from scoreface.base.arrays import read_image, write_image
from scoreface.base.errors import InputError, PhotoError
from scoreface.base.settings import read
from scoreface.benchmark.chain import Lifted, Rejected, prepare, run_chain
from scoreface.benchmark.features import Features
from scoreface.benchmark.gallery import Gallery
from scoreface.benchmark.holdout.hide import hide
from scoreface.benchmark.holdout.measure import HoldoutJudge
from scoreface.benchmark.holdout.pictures import draw_trial
from scoreface.benchmark.holdout.plan import HoldoutPlan, Trial
from scoreface.benchmark.methods import Completed, run_methods
from scoreface.benchmark.pool import each
from scoreface.benchmark.records import FACE, Records
from scoreface.config.parser import is_fetched
from scoreface.fitting.flame import load_embedding
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.settings import LensSettings
from scoreface.parse.engines import EmbeddedSettings
from scoreface.results.render import portrait_studio
from scoreface.stages import parse


def run_holdout(plan: HoldoutPlan, ids: Collection[str] | None, jobs: int) -> list[dict[str, Any]]:
    """Complete and measure what has not been yet.

    Under ``faces/{photo}_yaw{yaw}/`` of the plan's folder each method leaves its texture and a record with its figures
    and the hash of its settings; a method whose record has the plan's hash is not run again. ``pictures/{photo}.png``
    shows all of them.

    Args:
        plan: of the run.
        ids: the photos to do now; None: all.
        jobs: processes at once.

    Returns:
        one row a photo, yaw and method, of those that are done, by this run or an earlier one.

    Raises:
        InputError: an id is none of the photos', or a stage cannot run.
    """
    unknown = set(ids or ()) - set(plan.photos)
    if unknown:
        raise InputError(
            f"--ids: {', '.join(sorted(unknown))}: no such photo; they are called as {next(iter(plan.photos))}, by "
            "their files' names"
        )
    todo = [photo for photo in plan.photos if ids is None or photo in ids]
    prepare(plan.config, plan.models)
    with tqdm(total=len(todo), desc="holdout", unit="photo") as bar:
        for _ in each(functools.partial(run_photo, plan), todo, jobs):
            bar.update(1)
    return [row for photo in plan.photos for row in finished_rows(plan, photo)]


def run_photo(plan: HoldoutPlan, photo: str) -> None:
    """Run the methods that have not finished this photo with the plan's settings, and draw its picture."""
    trials = plan.trials(photo)
    records = {trial: _records(plan, trial) for trial in trials}
    picture = plan.out / "pictures" / f"{photo}.png"
    if picture.exists() and not any(record.missing for record in records.values()):
        return
    # It is drawn last, and shows all methods: as long as it is missing, the photo is not finished.
    picture.unlink(missing_ok=True)
    folder = plan.out / "stages" / photo
    lifted = run_chain(plan.photos[photo], photo, plan.config, plan.models, folder)
    if isinstance(lifted, Rejected):
        for record in records.values():
            record.reject(record.missing, lifted.reason)
        write_image(picture, read_image(lifted.overlay))
        return
    models, person_model, _ = prepare(plan.config, plan.models)
    gallery = _gallery(plan.config, models, lifted)
    features = _features(plan.config, person_model)
    drawn = []
    for trial in trials:
        try:
            held = hide(lifted, plan.config, trial.yaw)
        except PhotoError as error:
            records[trial].reject(records[trial].missing, str(error))
            continue
        judge = HoldoutJudge(held, lifted, gallery, features)
        drawn.append(draw_trial(judge, trial.id, _run_trial(plan, trial, judge, records[trial])))
    write_image(picture, np.concatenate(drawn) if drawn else read_image(lifted.photo))


def _run_trial(
    plan: HoldoutPlan, trial: Trial, judge: HoldoutJudge, records: Records
) -> dict[str, np.ndarray]:
    """Run the methods that are missing; all methods' textures (L, L, 3) uint8 by their names."""
    wanted = records.missing
    if FACE in wanted:
        wanted.remove(FACE)
        records.write(FACE, judge.measure_face())

    def measure(completed: Completed) -> dict[str, Any]:
        return judge.measure(completed.textures[0])

    run_methods(plan, judge.held.scene, trial.id, records, wanted, measure)
    return {name: read_image(records.texture(name)) for name in plan.methods}


def finished_rows(plan: HoldoutPlan, photo: str) -> list[dict[str, Any]]:
    """The figures of a photo, one row a yaw and method of the plan that is done with the plan's settings."""
    return [
        {"photo": photo, "yaw": trial.yaw, **row}
        for trial in plan.trials(photo)
        for row in _records(plan, trial).rows()
    ]


def _records(plan: HoldoutPlan, trial: Trial) -> Records:
    return Records(plan.out / "faces" / trial.id, plan.keys(trial))


def _gallery(config: dict[str, Any], models: Models, lifted: Lifted) -> Gallery:
    """Pictures of the fitted head by the camera of the workflow's own pictures."""
    head, layout = lifted.head, lifted.layout
    embedding = load_embedding(str(models.landmark_embedding), len(head.faces))
    mesh = Mesh(head.vertices, head.faces, layout.vt, layout.ft)
    studio = portrait_studio(mesh, head.axis_angle, read(LensSettings, config))

    def landmarks(vertices: np.ndarray) -> np.ndarray:
        corners = vertices[head.faces[embedding.faces]]
        return np.einsum("lkc,lk->lc", corners, embedding.barycentric)

    return Gallery(studio, layout.chart, landmarks)


def _features(config: dict[str, Any], person_model: Path) -> Features | None:
    """The person network, where the configured parser has it."""
    parser = read(parse.Settings, config).parser
    if not isinstance(parser, EmbeddedSettings):
        return None
    return Features(person_model if is_fetched(parser) else Path(parser.person_model))
