"""One face completed by one method: by a pipeline as the workflow would run it, or by a plain baseline."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from scoreface.base.arrays import write_image
from scoreface.base.settings import read
from scoreface.benchmark.baselines import BASELINES
from scoreface.benchmark.contest import Contest, score_model
from scoreface.benchmark.metrics import disagreement
from scoreface.benchmark.records import Records
from scoreface.config.workflow import WorkflowSettings
from scoreface.geometry.views import order_views as order_views_by_angle
from scoreface.geometry.views import view_grid
from scoreface.inpaint.pipeline import FilledView, Pipeline, make_pipeline
from scoreface.inpaint.scene import Scene
from scoreface.inpaint.walk import Walk
from scoreface.score.evaluation import evaluated
from scoreface.score.gpu import claimed_device
from scoreface.score.model import ScoreModel, load_score_model
from scoreface.stages import inpaint, merge, order_views
from scoreface.texture.merge import merge_textures
from scoreface.texture.state import COMPLETED, OUTSIDE


@dataclass(frozen=True)
class Completed:
    """What a method makes of a face.

    Attributes:
        textures: (N, L, L, 3) uint8, its completions, the first of which is measured.
        share_filled: share of the chart that the photo or the method's own filling gave, before what is left is
            completed from its surroundings.
        view_disagreement: see :func:`scoreface.benchmark.metrics.disagreement`; None for a method without views.
        evaluations: of the network.
        seconds: wall-clock, without loading the model.
    """

    textures: np.ndarray
    share_filled: float
    view_disagreement: float | None
    evaluations: int
    seconds: float


def run_methods(
    contest: Contest,
    scene: Scene,
    id: str,
    records: Records,
    names: Sequence[str],
    measure: Callable[[Completed], dict[str, Any]],
) -> None:
    """Complete a face by some methods, and keep each one's texture and figures.

    Args:
        contest: knows the methods.
        scene: the face, as all of them are given it.
        id: the face's, which counts among the seeds.
        records: where textures and figures go.
        names: of the methods.
        measure: what a completion comes to.
    """
    for name in names:
        completed = complete_by(contest, scene, id, name)
        write_image(records.texture(name), completed.textures[0])
        cost = {"seconds": completed.seconds, "evaluations": completed.evaluations}
        shares = {"share_filled": completed.share_filled}
        records.write(name, {**measure(completed), **shares, **cost})


def complete_by(contest: Contest, scene: Scene, id: str, name: str) -> Completed:
    """What one of a contest's methods makes of a face, whose id counts among the seeds."""
    if name in contest.variants:
        return run_pipeline(scene, id, contest.variants[name])
    return run_baseline(scene, name)


def run_baseline(scene: Scene, name: str) -> Completed:
    """Complete a face by one of :data:`scoreface.benchmark.baselines.BASELINES`."""
    start = time.perf_counter()
    texture = BASELINES[name](scene)
    return Completed(texture[None], 1.0, None, 0, time.perf_counter() - start)


def run_pipeline(scene: Scene, id: str, config: dict[str, Any]) -> Completed:
    """Complete a face by the pipeline of a configuration: all views of all rounds, then merge."""
    settings, asked = read(inpaint.Settings, config), read(WorkflowSettings, config)
    grid = read(order_views.Settings, config)
    torch.set_num_threads(asked.threads.inpaint)
    device = claimed_device(asked.gpu)
    model = _model(score_model(config), device, settings.precision, asked.most_pictures)
    scene = replace(scene, small_size=settings.small_size, shrunk=settings.shrink)
    pipeline = make_pipeline(settings.pipeline)
    ordered = view_grid(grid.elevations, grid.azimuths)
    views = [view for view, _ in order_views_by_angle(ordered, scene.axis_angle, grid.start)]
    start = time.perf_counter()
    state, filled = scene.first_state(settings.pipeline.samples), []
    for number in range(1, asked.rounds + 1):
        walk = Walk(
            id,
            settings.seed,
            number,
            views,
            range(len(views)),
            scene,
            state,
            lambda: model,
        )
        filled += _filled(pipeline, walk)
        state = filled[-1].state
    merged = merge_textures(
        scene.mesh,
        scene.axis_angle,
        scene.large,
        scene.known,
        state,
        scene.carried,
        detail=read(merge.Settings, config).detail,
    )
    seconds = time.perf_counter() - start
    labels = merged.labels
    chart = labels != OUTSIDE
    # As many texels as pixels, whatever the pipeline's own: between smaller ones fewer pixels are shared.
    even = replace(scene, small_size=settings.pipeline.face_size)
    # Texels without any of the photo's own: what those show depends on which of them a view's pixels hit.
    unseen = even.charts[even.small_size] & ~_any(scene.known, even.small_size)
    maps = [even.maps(view, settings.pipeline.face_size)[1] for view in views]
    return Completed(
        merged.textures,
        float((chart & (labels != COMPLETED)).sum() / chart.sum()),
        disagreement(views, [view.face for view in filled[: len(views)]], maps, unseen),
        sum(view.state.evaluations for view in filled),
        seconds,
    )


def _any(known: np.ndarray, size: int) -> np.ndarray:
    """(S, S) bool, the texels of a smaller texture that cover a texel of ``known`` (L, L) bool."""
    index = np.arange(len(known)) * size // len(known)
    count = np.zeros((size, size), int)
    np.add.at(count, np.ix_(index, index), known)
    return count > 0


def _filled(pipeline: Pipeline, walk: Walk) -> list[FilledView]:
    """Fill the views of a walk, one after the other."""
    fill, state, filled = pipeline.begin(walk), walk.start, []
    with tqdm(
        total=len(pipeline.sampled_together(walk.indices)) * pipeline.settings.noise_levels,
        leave=False,
        mininterval=2,
    ) as bar:
        for index in walk.indices:
            filled.append(fill(state, index, lambda done, total: bar.update(1)))
            state = filled[-1].state
    return filled


@functools.lru_cache(maxsize=2)
def _model(path: str, device: torch.device, precision: str, batch: int | None) -> ScoreModel:
    return evaluated(load_score_model(path, device), precision, batch)
