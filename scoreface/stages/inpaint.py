"""Inpaint consecutive views, each from the state before it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scoreface.base.command import count, option
from scoreface.base.errors import InputError
from scoreface.base.settings import chosen, key
from scoreface.geometry.settings import CameraSettings
from scoreface.inpaint.pipelines import PIPELINES, PipelineSettings
from scoreface.score.gpu import Claim, read_claim

if TYPE_CHECKING:
    from scoreface.geometry.views import View

VERSION = "3"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    camera: of the views.
    pipeline: the chosen pipeline's settings.
    small: texels along a side of the state's texture, or ``auto``.
    large: of the texture that comes out.
    shrink: how the photo's texture becomes as small, see :func:`scoreface.texture.preprocess.shrink`.
    precision: of the score model, see :func:`scoreface.score.evaluation.evaluated`.
    seed: of all random numbers.
    """

    camera: CameraSettings
    pipeline: PipelineSettings = chosen(
        "inpaint.pipeline", {name: known.settings for name, known in PIPELINES.items()}
    )
    small: int | str = key("texture.small")
    large: int = key("texture.large", borrowed=True)
    shrink: str = key("texture.shrink")
    precision: str = key("inpaint.precision")
    seed: int = key("seed")

    def __post_init__(self) -> None:
        size, most = self.pipeline.face_size, self.pipeline.texels
        if self.small_size > most:
            raise InputError(
                f"texture.small: {self.small} is more than {'twice ' if most > size else ''}inpaint.face_size, {size}: "
                "the pixels of a view are too few to fill it; take a smaller one, or auto"
            )

    @property
    def small_size(self) -> int:
        """Texels along a side of the state's texture."""
        if isinstance(self.small, str):
            return min(self.large, self.pipeline.texels)
        return self.small


@dataclass(frozen=True)
class Inputs:
    """What one job is given.

    Attributes:
        id: the face's.
        round: 1 or 2.
        first: the first view to do, counted from 0 in the order of views.
        mesh, axis_angle: the fitted head and its rotation.
        large, known: the photo's texels.
        texel_labels, regions: what is known of them besides.
        views: the order of views.
        score_model: path, or name on the hub.
        state: the state before; None: the photo's.
        threads: of the arithmetic.
        gpu: what the job computes on, see :func:`scoreface.score.gpu.claimed_device`.
        batch: pictures that the score model is given at once; None: what suits the device.
        discard_finished: remove the kept views when the last one of the round is done.
    """

    id: str
    round: int
    first: int
    mesh: Path
    axis_angle: Path
    large: Path
    known: Path
    texel_labels: Path
    regions: Path
    views: Path
    score_model: str
    state: Path | None = option("the state before; left out: the photo's", None)
    threads: int = option("threads of the arithmetic", 1, type=count)
    gpu: Claim = option(
        "0: the CPU, 1: a GPU, or a share of one; auto: a GPU where there is one",
        "auto",
        type=read_claim,
    )
    batch: int | None = option(
        "pictures that the score model is given at once; left out: what suits the device",
        None,
        type=count,
    )
    discard_finished: bool = option(
        "remove .finished when the last view of the round is done", False
    )


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: one state a view, of consecutive views; a preview goes beside each.
    """

    out: tuple[Path, ...]


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Read the head and the views, and have the chain walk over them.

    Raises:
        InputError: a file or a setting is wrong, what is sampled is no picture, the machine has too little memory, or
            not the GPU that the job claims.
    """
    import torch

    from scoreface.base.files import sha256_of
    from scoreface.geometry.rasterise import actual_back_end
    from scoreface.inpaint.chain import run_walk
    from scoreface.inpaint.pipeline import make_pipeline
    from scoreface.inpaint.scene import Scene
    from scoreface.inpaint.walk import Walk
    from scoreface.score.evaluation import actual_precision, evaluated
    from scoreface.score.gpu import claimed_device
    from scoreface.score.identify import locate, model_digest
    from scoreface.score.model import load_score_model
    from scoreface.texture.state import TextureState

    torch.set_num_threads(inputs.threads)
    files = {
        "mesh": inputs.mesh,
        "axis_angle": inputs.axis_angle,
        "large": inputs.large,
        "known": inputs.known,
        "texel_labels": inputs.texel_labels,
        "regions": inputs.regions,
    }
    device = claimed_device(inputs.gpu)
    # Which one auto is differs from machine to machine.
    precision = actual_precision(settings.precision, device)
    camera = replace(settings.camera, rasteriser=actual_back_end(settings.camera.rasteriser))
    scene = Scene.load(
        **files, small_size=settings.small_size, shrunk=settings.shrink, camera=camera
    )
    # Once: a branch of the hub may move between two looks.
    score_model, commit = locate(inputs.score_model)
    walk = Walk(
        inputs.id,
        settings.seed,
        inputs.round,
        _read_views(inputs.views),
        range(inputs.first, inputs.first + len(outputs.out)),
        scene,
        (
            TextureState.load(inputs.state)
            if inputs.state
            else scene.first_state(settings.pipeline.samples)
        ),
        lambda: evaluated(load_score_model(score_model, device), precision, inputs.batch),
    )
    depends_on = {
        "version": VERSION,
        **{name: sha256_of(path) for name, path in files.items()},
        "score_model": model_digest(score_model),
        "score_model_commit": commit,
        "precision": precision,
        "camera": str(camera),
        "texture_size": str(settings.small_size),
        "shrink": settings.shrink,
    }
    with _memory_named(settings.pipeline.face_size, device.type):
        run_walk(
            walk,
            make_pipeline(settings.pipeline),
            outputs.out,
            depends_on,
            not inputs.discard_finished,
        )


def _read_views(path: Path) -> list[View]:
    """The views in their order.

    Raises:
        InputError: the file is missing, or no list of views.
    """
    from scoreface.base.files import read_json
    from scoreface.geometry.views import View

    try:
        return [View(float(view["elevation"]), float(view["azimuth"])) for view in read_json(path)]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: no list of views; delete it and run again") from error


# What torch's errors say when there is no memory: on a GPU, in a GPU's libraries, and on the CPU.
_NO_MEMORY = ("out of memory", "ALLOC_FAILED", "allocate memory")


@contextlib.contextmanager
def _memory_named(face_size: int, device: str) -> Iterator[None]:
    """Say which keys to change when the block runs out of memory.

    Raises:
        InputError: it did.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not any(sign in str(error) for sign in _NO_MEMORY):
            raise
        elsewhere = (
            "lower inpaint.batch, set inpaint.gpu: 1 so that jobs take turns, or inpaint.gpu: 0 to do without"
            if device == "cuda"
            else "or run fewer jobs at once (snakemake -j1)"
        )
        first_line = str(error).partition("\n")[0]
        raise InputError(
            f"inpaint.face_size: {device} has too little memory for views of {face_size} pixels ({first_line}); "
            f"take a smaller score model and lower inpaint.face_size to its size, {elsewhere}"
        ) from error
