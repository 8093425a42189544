"""The walk over the views: one state in, one state a view out, nothing done twice."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from scoreface.base.errors import InputError
from scoreface.base.progress import Progress
from scoreface.inpaint.finished import FinishedViews
from scoreface.inpaint.pipeline import FilledView, FillView, Pipeline
from scoreface.inpaint.walk import Walk
from scoreface.texture.state import TextureState

# Shown in previews where nothing is known yet; a preview is for people, no program reads it.
_PREVIEW_UNKNOWN = torch.tensor([0.55, 0.35, 0.75])
_PREVIEW_SIZE = 256


def run_walk(
    walk: Walk,
    pipeline: Pipeline,
    outputs: Sequence[Path],
    depends_on: dict[str, str],
    keep_finished: bool = True,
) -> None:
    """Inpaint the views of a walk one after the other, writing a state and a preview for each.

    A finished view is kept in ``.finished`` beside the rounds' folders under a hash of everything that it depends on,
    the states before it included: a job that was killed, or whose outputs Snakemake deleted because a later view
    failed, takes up behind the last view that it finished. What is being sampled has a checkpoint there.
    The outputs are further names of the kept files, where the file system has such, so that they take no space.

    Args:
        walk: which views, of what.
        pipeline: how they are filled.
        outputs: one state file a view.
        depends_on: what else the states depend on: digests of the files that the walk was made from.
        keep_finished: keep the finished views also once the last one of the round is done.

    Raises:
        InputError: there are not as many views as outputs, or what was sampled is no picture.
    """
    if walk.indices.stop > len(walk.views):
        raise InputError(
            f"{outputs[-1]}: view {walk.indices.stop - 1} asked for, but the list of "
            f"views ends at {len(walk.views) - 1}; make views.json again"
        )
    state = walk.start
    finished = FinishedViews(outputs[0].parent.parent / ".finished", walk.round)
    walk = replace(walk, load_model=functools.cache(walk.load_model))
    progress = Progress(f"{walk.face_id}: round {walk.round}", "views")
    output_of = dict(zip(walk.indices, outputs, strict=True))
    for part in pipeline.sampled_together(walk.indices):
        key = _settings(walk, part.start, state, pipeline, depends_on)["key"]
        checkpoint = finished.checkpoint(part.start, key)
        fill = pipeline.begin(replace(walk, indices=part, start=state, checkpoint=checkpoint))
        for index in part:
            settings = _settings(walk, index, state, pipeline, depends_on)
            kept = finished.load(index, settings["key"])
            if kept is None:
                filled = _compute(walk, index, part, fill, state, settings)
                kept = filled.state
                finished.keep(index, kept, _preview_pixels(filled))
            state = kept
            progress.say(index + 1, len(walk.views), last=index + 1 == walk.indices.stop)
            finished.give_out(index, settings["key"], output_of[index])
        checkpoint.unlink(missing_ok=True)
    if not keep_finished and walk.indices.stop == len(walk.views):
        finished.remove()


def _settings(
    walk: Walk, index: int, state: TextureState, pipeline: Pipeline, depends_on: dict[str, str]
) -> dict[str, Any]:
    """Everything that the state after view ``index`` depends on, with its hash as ``key``."""
    settings = {
        "id": walk.face_id,
        "seed": walk.seed,
        "round": walk.round,
        "view": index,
        "views": [asdict(view) for view in pipeline.depends_on(walk.views, index)],
        "pipeline": {"name": type(pipeline).__name__, **asdict(pipeline.settings)},
        "inputs": depends_on,
        "before": state.settings.get("key", "photo"),
    }
    canonical = json.dumps(settings, sort_keys=True).encode()
    return {**settings, "key": hashlib.sha256(canonical).hexdigest()}


def _compute(
    walk: Walk,
    index: int,
    part: range,
    fill: FillView,
    state: TextureState,
    settings: dict[str, Any],
) -> FilledView:
    """Fill view ``index`` of those that are sampled together, which all are with the first."""
    together = len(part) > 1
    place = "" if together else f" view {index} of {len(walk.views)}"
    levels = settings["pipeline"]["noise_levels"]
    said = Progress(f"{walk.face_id}: round {walk.round}", "noise levels")
    name = f"{walk.face_id} round {walk.round}{place}"
    # The bar is for the log; a later view of those together has nothing to show.
    with tqdm(
        total=levels, desc=name, unit="level", mininterval=2, disable=index > part.start
    ) as bar:

        def report(done: int, total: int) -> None:
            bar.update(done - bar.n)
            if together:
                said.say(done, total)

        filled = fill(state, index, report)
    return replace(filled, state=replace(filled.state, settings=settings))


def _preview_pixels(filled: FilledView) -> np.ndarray:
    """The view before and after, side by side, each at most ``_PREVIEW_SIZE`` high: (H, 2 W, 3) uint8."""
    before = filled.before
    marked = torch.where(before.unknown[..., None], _PREVIEW_UNKNOWN, before.face)
    step = -(-len(marked) // _PREVIEW_SIZE)
    both = torch.cat([marked[::step, ::step], filled.face[::step, ::step]], 1)
    return (both * 255).round().byte().numpy()
