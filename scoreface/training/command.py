"""Train a score model, or go on where a run stopped."""

from __future__ import annotations

import contextlib
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option
from scoreface.base.errors import InputError
from scoreface.training.settings import DEMO
from scoreface.training.settings import Settings as RunSettings

# Settings that count something.
_COUNTS = (
    *("size", "heads", "layers", "batch", "warm_up", "steps"),
    *("checkpoint_every", "samples_every", "threads", "workers"),
)


@dataclass(frozen=True)
class Settings:
    """What is trained, and how; see :class:`scoreface.training.settings.Settings`."""

    size: int = option("pixels along a side", 64)
    heads: int = option("procedural heads in all", 4000)
    channels: tuple[int, ...] = option(
        "of each level, finest first; each level halves the image", (32, 64, 128, 192)
    )
    outer_channels: tuple[int, ...] = option(
        "of levels around those, finest first, each for twice the side: to grow a network", ()
    )
    layers: int = option("residual blocks a level", 1)
    sigma_min: float = option("smallest noise level", 0.01)
    sigma_max: float = option("largest; 0: the largest distance between two images", 0.0)
    batch: int = option("images a step", 16)
    learning_rate: float = option("of Adam", 3e-4)
    warm_up: int = option("steps until the learning rate is reached", 200)
    freeze_inner: int = option("steps in which only the first of --outer-channels learns", 0)
    background: str = option(
        "of procedural heads: black, as the pipelines show them, or photo", "black"
    )
    precision: str = option("float32, bfloat16; auto: bfloat16 on a GPU", "auto")
    steps: int = option("in all, those of an earlier run in the folder included", 20000)
    checkpoint_every: int = option("steps", 500)
    samples_every: int = option("steps", 1000)
    seed: int = option("of everything random", 0)
    threads: int = option("of the training", 1)
    workers: int = option("processes that render heads, or threads that read pictures", 1)
    device: str = option("cpu, cuda, or auto", "auto")
    compile: bool = option("through torch.compile", False)

    def __post_init__(self) -> None:
        for name in _COUNTS:
            if (count := getattr(self, name)) < 1:
                raise InputError(f"--{name.replace('_', '-')} {count}: give 1 or more")


@dataclass(frozen=True)
class Inputs:
    """What is learned from.

    Attributes:
        data: folder of pictures, or ``demo``.
        initial_model: folder of a model to begin with, or empty.
    """

    data: str = option("folder of pictures; demo: renders of procedural heads", "demo")
    initial_model: str = option(
        "model/ of another run with the same levels, or with all but the outermost, to begin with its weights",
        "",
    )


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: folder of the run.
    renders: folder of the procedural heads' views, which several runs may share; none: in ``out``.
    """

    out: Path = option("folder of the run")
    renders: Path | None = option(
        "folder that keeps the views of procedural heads, to share among runs; left out: OUT/renders",
        None,
    )


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Train until the steps are done.

    Raises:
        InputError: a setting, the pictures or the initial model are wrong.
    """
    import torch

    from scoreface.score.model import choose_device
    from scoreface.training.data import Data, FolderImages
    from scoreface.training.renders import HeadImages
    from scoreface.training.train import Rhythm, train

    # A cluster ends a job in this way; the processes that render have to end with it.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    torch.set_num_threads(settings.threads)
    device = choose_device(settings.device)
    precision = settings.precision
    if precision == "auto":
        precision = "bfloat16" if device.type == "cuda" else "float32"
    what = RunSettings(
        inputs.data,
        settings.size,
        settings.heads,
        settings.channels,
        settings.layers,
        settings.sigma_min,
        settings.sigma_max,
        settings.batch,
        settings.learning_rate,
        settings.warm_up,
        precision,
        settings.seed,
        inputs.initial_model,
        settings.outer_channels,
        settings.freeze_inner,
        settings.background,
    )
    rhythm = Rhythm(
        settings.steps, settings.checkpoint_every, settings.samples_every, settings.compile
    )
    with contextlib.ExitStack() as stack:
        if inputs.data == DEMO:
            renders = outputs.renders or outputs.out / "renders"
            data: Data = stack.enter_context(HeadImages(renders, what, settings.workers))
        else:
            data = stack.enter_context(FolderImages(what, settings.workers))
        train(what, data, outputs.out, rhythm, device)
