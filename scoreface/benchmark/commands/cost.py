"""Time one view of each pipeline, network and everything else apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option


@dataclass(frozen=True)
class Settings:
    """How long and where."""

    pipelines: tuple[str, ...] | None = option("names; left out: all", None, metavar="NAME")
    noise_levels: int = option("each costs the same", 5)
    device: str = option("cpu, cuda, or auto", "auto")
    threads: int = option("of the arithmetic", 1)


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    score_model: path, or name of a published architecture, which then has random weights.
    """

    score_model: str = option("path, or a published architecture by name, with random weights")


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: TSV, or None.
    """

    out: Path | None = option("where the table goes as TSV", None)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Measure and print.

    Raises:
        InputError: the model or a pipeline is unknown.
    """
    import torch

    from scoreface.base.files import write_text
    from scoreface.benchmark.cost import load_network, measure_all, table
    from scoreface.score.model import choose_device

    torch.set_num_threads(settings.threads)
    model = load_network(inputs.score_model, choose_device(settings.device))
    text = table(measure_all(model, settings.noise_levels, settings.pipelines))
    print(text, end="")
    if outputs.out:
        write_text(outputs.out, text)
