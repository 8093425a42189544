"""The walk over the views: one state in, one state a view out, nothing done twice."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from scoreface.files import InputError, atomic, write_image
from scoreface.geometry.views import View
from scoreface.inpaint.pipeline import FilledView, FillView, Pipeline, Round
from scoreface.inpaint.scene import Scene
from scoreface.score.model import ScoreModel
from scoreface.texture.state import TextureState
from scoreface.versions import VERSIONS

# Shown in previews where nothing is known yet; a preview is for people, no program reads it.
_PREVIEW_UNKNOWN = torch.tensor([0.55, 0.35, 0.75])
_PREVIEW_SIZE = 256


@dataclass(frozen=True)
class Job:
    """A run of consecutive views of one face.

    Attributes:
        face_id: the face's id.
        seed: the run's seed.
        round_number: 1 or 2.
        first: index of the first view in the order.
        views: all views in their order.
        outputs: one state file a view, starting with the first.
    """

    face_id: str
    seed: int
    round_number: int
    first: int
    views: Sequence[View]
    outputs: Sequence[Path]


def generator_of(job: Job, index: int, device: torch.device) -> torch.Generator:
    """The noise of one view, a function of seed, id, round and view alone."""
    name = int.from_bytes(hashlib.sha256(job.face_id.encode()).digest()[:8], "big")
    sequence = np.random.SeedSequence((job.seed, name, job.round_number, index))
    seed = int(sequence.generate_state(1, np.uint64)[0])
    return torch.Generator(device).manual_seed(seed)


def file_digest(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def run(
    job: Job,
    load_model: Callable[[], ScoreModel],
    scene: Scene,
    state: TextureState,
    pipeline: Pipeline,
    inputs: dict[str, str],
) -> None:
    """Inpaint the job's views one after the other, writing a state and a preview for each.

    A finished view is kept in ``.finished`` beside the rounds' folders under a hash of everything that it depends on,
    the states before it included: a job that was killed, or whose outputs Snakemake deleted because a later view
    failed, takes up behind the last view that it finished. Views that are sampled together have a checkpoint there.

    Args:
        job: what to do.
        load_model: gives the prior; called only when a view has to be computed.
        scene: the head.
        state: the state before the first view.
        pipeline: the settings.
        inputs: digests of the files that the states depend on.

    Raises:
        InputError: there are not as many views as outputs.
    """
    if job.first + len(job.outputs) > len(job.views):
        raise InputError(
            f"{job.outputs[-1]}: view {job.first + len(job.outputs) - 1} asked for, but the list of "
            f"views ends at {len(job.views) - 1}; make views.json again"
        )
    cache = job.outputs[0].parent.parent / ".finished"
    key = _settings(job, job.first, state, pipeline, inputs)["key"]
    checkpoint = cache / f"round{job.round_number}-sampling-{key}.npz"
    fill = pipeline.begin(
        Round(
            functools.cache(load_model),
            scene,
            state,
            job.views,
            range(job.first, job.first + len(job.outputs)),
            job.round_number,
            functools.partial(generator_of, job),
            checkpoint,
        )
    )
    for offset, output in enumerate(job.outputs):
        index = job.first + offset
        settings = _settings(job, index, state, pipeline, inputs)
        finished = cache / f"round{job.round_number}-view{index:03d}-{settings['key'][:16]}.npz"
        kept = _kept(finished, settings["key"])
        if kept is None:
            kept = _compute(job, index, fill, state, settings, finished)
        state = kept
        for source, target in ((finished, output), (_preview(finished), _preview(output))):
            with atomic(target) as temporary:
                shutil.copyfile(source, temporary)
    checkpoint.unlink(missing_ok=True)


def _settings(
    job: Job, index: int, state: TextureState, pipeline: Pipeline, inputs: dict[str, str]
) -> dict[str, Any]:
    """Everything that the state after view ``index`` depends on, with its hash as ``key``."""
    settings = {
        "version": VERSIONS["inpaint"],
        "id": job.face_id,
        "seed": job.seed,
        "round": job.round_number,
        "view": index,
        "views": [asdict(view) for view in pipeline.depends_on(job.views, index)],
        "pipeline": {"name": type(pipeline).__name__, **asdict(pipeline)},
        "inputs": inputs,
        "before": state.settings.get("key", "photo"),
    }
    canonical = json.dumps(settings, sort_keys=True).encode()
    return {**settings, "key": hashlib.sha256(canonical).hexdigest()}


def _kept(path: Path, key: str) -> TextureState | None:
    """The state of an earlier try, if it is whole and made from the same things."""
    if not path.exists() or not _preview(path).exists():
        return None
    try:
        state = TextureState.load(path)
    except InputError as error:
        print(f"{error}; computing it again", file=sys.stderr)
        return None
    return state if state.settings.get("key") == key else None


def _compute(
    job: Job,
    index: int,
    fill: FillView,
    state: TextureState,
    settings: dict[str, Any],
    path: Path,
) -> TextureState:
    name = f"{job.face_id} round {job.round_number} view {index} of {len(job.views)}"
    levels = settings["pipeline"]["noise_levels"]
    with tqdm(total=levels, desc=name, unit="level", mininterval=2) as bar:
        filled = fill(state, index, lambda done, total: bar.update(done - bar.n))
    new = replace(filled.state, settings=settings)
    write_image(_preview(path), _preview_pixels(filled))
    new.save(path)
    return new


def _preview(state: Path) -> Path:
    return state.with_suffix(".png")


def _preview_pixels(filled: FilledView) -> np.ndarray:
    """The view before and after, side by side, each at most ``_PREVIEW_SIZE`` high: (H, 2 W, 3) uint8."""
    before = filled.before
    marked = torch.where(before.unknown[..., None], _PREVIEW_UNKNOWN, before.face)
    step = -(-len(marked) // _PREVIEW_SIZE)
    both = torch.cat([marked[::step, ::step], filled.face[::step, ::step]], 1)
    return (both * 255).round().byte().numpy()
