"""Draw pictures from the score model, among which stage ``choose`` looks for faces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import count, option
from scoreface.base.settings import key
from scoreface.config.sampled import SampledSettings
from scoreface.score.gpu import Claim, read_claim

VERSION = "1"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    sampled: what is drawn.
    precision: of the score model, see :func:`scoreface.score.evaluation.evaluated`.
    seed: of all random numbers.
    """

    sampled: SampledSettings
    precision: str = key("inpaint.precision", borrowed=True)
    seed: int = key("seed", borrowed=True)


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    score_model: path, or name on the hub.
    threads: of the arithmetic.
    gpu: what the job computes on, see :func:`scoreface.score.gpu.claimed_device`.
    batch: pictures that the score model is given at once; None: what suits the device.
    """

    score_model: str
    threads: int = option("threads of the arithmetic", 1, type=count)
    gpu: Claim = option(
        "0: the CPU, 1: a GPU, or a share of one; auto: a GPU where there is one",
        "auto",
        type=read_claim,
    )
    batch: int | None = option(
        "pictures that the score model is given at once; left out: 1 on a CPU, on a GPU what suits it",
        None,
        type=count,
    )


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: folder for the pictures, ``grid.png`` and ``samples.json``.
    """

    out: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Load the model, draw and write.

    Raises:
        InputError: the model is missing or damaged, or the machine has not the GPU that the job claims.
    """
    import torch

    from scoreface.score.drawing import write_pictures
    from scoreface.score.evaluation import evaluated, pictures_at_once
    from scoreface.score.gpu import claimed_device
    from scoreface.score.identify import locate
    from scoreface.score.model import load_score_model

    torch.set_num_threads(inputs.threads)
    device = claimed_device(inputs.gpu)
    path, commit = locate(inputs.score_model)
    model = load_score_model(path, device)
    # Batches are filled up, which on a CPU costs more than several pictures at once save.
    alone = 1 if device.type == "cpu" else pictures_at_once(device, model.image_size)
    together = inputs.batch or alone
    write_pictures(
        outputs.out,
        evaluated(model, settings.precision, together),
        settings.sampled.pictures,
        settings.seed,
        settings.sampled.way,
        settings.sampled.size,
        together,
        {"version": VERSION, "score_model": inputs.score_model, "score_model_commit": commit},
    )
