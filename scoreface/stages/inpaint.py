"""Inpaint consecutive views, each from the state before it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import count, option
from scoreface.base.errors import InputError
from scoreface.base.settings import chosen, key
from scoreface.geometry.settings import CameraSettings
from scoreface.inpaint.pipelines import PIPELINES, PipelineSettings

VERSION = "1"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    camera: of the views.
    pipeline: the chosen pipeline's settings.
    small: texels along a side of the state's texture.
    device: ``cpu``, ``cuda`` or ``auto``.
    seed: of all random numbers.
    """

    camera: CameraSettings
    pipeline: PipelineSettings = chosen(
        "inpaint.pipeline", {name: known.settings for name, known in PIPELINES.items()}
    )
    small: int = key("texture.small")
    device: str = key("inpaint.device")
    seed: int = key("seed")


@dataclass(frozen=True)
class Inputs:
    """What one job is given.

    Attributes:
        id: the face's.
        round: 1 or 2.
        first: the first view to do, counted from 0 in the order of views.
        mesh, axis_angle: the fitted head and its rotation.
        large, known: the photo's texels.
        views: the order of views.
        score_model: path, or name on the hub.
        state: the state before; None: the photo's.
        threads: of the arithmetic.
    """

    id: str
    round: int
    first: int
    mesh: Path
    axis_angle: Path
    large: Path
    known: Path
    views: Path
    score_model: str
    state: Path | None = option("the state before; left out: the photo's", None)
    threads: int = option("threads of the arithmetic", 1, type=count)


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: one state a view, of consecutive views; a preview goes beside each.
    """

    out: tuple[Path, ...]


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Read the head and the views, and have the chain walk over them.

    Raises:
        InputError: a file or a setting is wrong, or the machine has too little memory.
    """
    import torch

    from scoreface.base.files import read_json, sha256_of
    from scoreface.geometry.views import View
    from scoreface.inpaint.chain import run_walk
    from scoreface.inpaint.pipeline import make_pipeline
    from scoreface.inpaint.scene import Scene
    from scoreface.inpaint.walk import Walk
    from scoreface.score.identify import model_digest
    from scoreface.score.model import choose_device, load_score_model
    from scoreface.texture.state import TextureState

    torch.set_num_threads(inputs.threads)
    files = {
        "mesh": inputs.mesh,
        "axis_angle": inputs.axis_angle,
        "large": inputs.large,
        "known": inputs.known,
    }
    scene = Scene.load(**files, small_size=settings.small, camera=settings.camera)
    device = choose_device(settings.device)
    walk = Walk(
        inputs.id,
        settings.seed,
        inputs.round,
        [View(view["elevation"], view["azimuth"]) for view in read_json(inputs.views)],
        range(inputs.first, inputs.first + len(outputs.out)),
        scene,
        TextureState.load(inputs.state) if inputs.state else scene.first_state(),
        lambda: load_score_model(inputs.score_model, device),
    )
    depends_on = {
        "version": VERSION,
        **{name: sha256_of(path) for name, path in files.items()},
        "score_model": model_digest(inputs.score_model),
        "camera": str(settings.camera),
        "texture_size": str(settings.small),
    }
    with _memory_named(settings.pipeline.face_size, device.type):
        run_walk(walk, make_pipeline(settings.pipeline), outputs.out, depends_on)


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
            "set inpaint.gpu: 1 so that jobs take turns, or set inpaint.device: cpu"
            if device == "cuda"
            else "or run fewer jobs at once (snakemake -j1)"
        )
        first_line = str(error).partition("\n")[0]
        raise InputError(
            f"inpaint.face_size: {device} has too little memory for views of {face_size} pixels ({first_line}); "
            f"take a smaller score model and lower inpaint.face_size to its size, {elsewhere}"
        ) from error
