"""Time the network alone, and one view of each pipeline, network and everything else apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option


@dataclass(frozen=True)
class Settings:
    """How long and where."""

    pipelines: tuple[str, ...] | None = option("names; left out: all", None, metavar="NAME")
    noise_levels: int = option("each costs the same", 5)
    batches: tuple[int, ...] = option("pictures that the network alone is timed with", (1, 15, 45))
    precision: str = option("auto, fp32, tf32 or bf16, as inpaint.precision", "auto")
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
    rates: the same for the network alone.
    """

    out: Path | None = option("where the table of the pipelines goes as TSV", None)
    rates: Path | None = option("where the table of the network alone goes as TSV", None)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Measure and print.

    Raises:
        InputError: the model, the precision or a pipeline is unknown.
    """
    import torch

    from scoreface.benchmark.cost import Clock, load_network, measure_all, measure_rates, table
    from scoreface.score.evaluation import evaluated
    from scoreface.score.model import choose_device

    torch.set_num_threads(settings.threads)
    network = load_network(inputs.score_model, choose_device(settings.device))
    rates = measure_rates(network, settings.precision, settings.batches, Clock(network.device))
    _give(table(rates), outputs.rates)
    model = evaluated(network, settings.precision)
    _give(table(measure_all(model, settings.noise_levels, settings.pipelines)), outputs.out)


def _give(text: str, out: Path | None) -> None:
    from scoreface.base.files import write_text

    print(text, end="", flush=True)
    if out:
        write_text(out, text)
