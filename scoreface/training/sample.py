"""Draw pictures from a score model alone: what it takes for a face where it is shown none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import count, option
from scoreface.base.errors import InputError


@dataclass(frozen=True)
class Settings:
    """What is drawn, and how."""

    number: int = option("pictures", 16, type=count)
    seed: int = option("picture k of a seed is the same whatever the number", 0)
    sampler: str = option("ancestral, or pc: predictor and corrector, as published", "ancestral")
    noise_levels: int = option(
        "each of them one network evaluation a picture, or two of pc", 40, type=count
    )
    size: int | None = option(
        "pixels along a side of the pictures; left out: as the model draws them", None, type=count
    )
    precision: str = option("of the network: fp32, tf32, bf16 or auto", "auto")
    batch: int = option(
        "pictures that the network is given at once; other numbers differ in rounding",
        1,
        type=count,
    )
    device: str = option("cpu, cuda, or auto", "auto")
    threads: int = option("of the arithmetic", 1, type=count)

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise InputError(f"--seed {self.seed}: give 0 or more")


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    score_model: path, name on the hub, or ``demo``.
    """

    score_model: str = option("path, name on the hub, demo or demo-128", "demo")


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: folder for the pictures, ``grid.png`` and ``samples.json``.
    """

    out: Path = option("folder for picture_0000.png and so on, grid.png and samples.json")


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Load the model, draw and write.

    Raises:
        InputError: the model is missing or damaged, a setting is wrong, or the files cannot be written.
    """
    import torch

    from scoreface.config.assets import SCORE_MODELS
    from scoreface.score.drawing import write_pictures
    from scoreface.score.evaluation import evaluated
    from scoreface.score.identify import locate
    from scoreface.score.model import choose_device, load_score_model
    from scoreface.score.sampler import Sampler

    sampler = Sampler(settings.sampler, settings.noise_levels)
    torch.set_num_threads(settings.threads)
    path, commit = locate(SCORE_MODELS.get(inputs.score_model, inputs.score_model))
    model = load_score_model(path, choose_device(settings.device))
    write_pictures(
        outputs.out,
        evaluated(model, settings.precision, settings.batch),
        settings.number,
        settings.seed,
        sampler,
        settings.size,
        settings.batch,
        {"score_model": inputs.score_model, "score_model_commit": commit},
    )
