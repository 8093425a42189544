"""The command that trains."""

from __future__ import annotations

import contextlib
import signal
import sys
from argparse import Namespace
from pathlib import Path

from scoreface.files import InputError

# Options that count something.
_COUNTS = (
    *("size", "heads", "layers", "batch", "warm_up", "steps"),
    *("checkpoint_every", "samples_every", "threads", "workers"),
)


def train(options: Namespace) -> None:
    """Train a score model, or go on where a run stopped."""
    import torch

    from scoreface.score.model import choose_device
    from scoreface.training.data import Data, FolderImages, HeadImages
    from scoreface.training.settings import Settings
    from scoreface.training.train import Rhythm
    from scoreface.training.train import train as run

    for name in _COUNTS:
        if (count := getattr(options, name)) < 1:
            raise InputError(f"--{name.replace('_', '-')} {count}: give 1 or more")
    # A cluster ends a job in this way; the processes that render have to end with it.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    torch.set_num_threads(options.threads)
    device = choose_device(options.device)
    precision = options.precision
    if precision == "auto":
        precision = "bfloat16" if device.type == "cuda" else "float32"
    settings = Settings(
        options.data,
        options.size,
        options.heads,
        tuple(options.channels),
        options.layers,
        options.sigma_min,
        options.sigma_max,
        options.batch,
        options.learning_rate,
        options.warm_up,
        precision,
        options.seed,
        options.initial_model,
    )
    rhythm = Rhythm(options.steps, options.checkpoint_every, options.samples_every, options.compile)
    with contextlib.ExitStack() as stack:
        if options.data == "demo":
            renders = HeadImages(options.out / "renders", settings, options.workers)
            data: Data = stack.enter_context(renders)
        else:
            data = FolderImages(Path(options.data), settings.size)
        run(settings, data, options.out, rhythm, device)
