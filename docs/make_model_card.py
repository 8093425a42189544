"""Put a trained score model in the place of an embedded one, with a card whose figures come from its runs.

    python docs/make_model_card.py demo-128 --runs runs/64 runs/128 --prior runs/128/benchmark

--runs are the trainings that led to it, the last one the model's; --prior the folder of `scoreface benchmark prior`.
The words between the figures stand in docs/model_card.md.in.
"""

from __future__ import annotations

import argparse
import shutil
import string
from collections.abc import Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import matplotlib.figure
import pandas as pd
import torch

from scoreface.base.arrays import write_image
from scoreface.base.files import atomic, read_json, write_text
from scoreface.base.markdown import markdown_table
from scoreface.config.assets import SCORE_MODELS
from scoreface.score.diffusers_model import DiffusersScore
from scoreface.score.sampler import PREDICTOR_CORRECTOR, Sampler
from scoreface.score.unconditional import as_grid, draw
from scoreface.training.command import Settings
from scoreface.training.record import RECORD

WORDS = Path(__file__).resolve().parent / "model_card.md.in"
#: What the cards say of their own, by what ``assets.score_model`` calls the model.
OWN_WORDS = {
    "demo": {
        "title": "The embedded score model",
        "use": "the default",
        "before": "two earlier runs on plainer heads (6,750 and 3,000 steps of 16 images, 93 and\n"
        "41 minutes of one core of an AMD EPYC), which the repository's history has",
    },
    "demo-128": {
        "title": "The embedded score model of 128 pixels",
        "use": "which [`config/embedded-128.yaml`](../../../config/embedded-128.yaml) takes",
        "before": "[the embedded model of 64 pixels](../score_model/README.md)",
    },
}


def main() -> None:
    """Copy the model, draw its pictures, and write its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("model", choices=OWN_WORDS)
    parser.add_argument("--runs", type=Path, nargs="+", required=True)
    parser.add_argument("--prior", type=Path, required=True)
    options = parser.parse_args()
    out = Path(SCORE_MODELS[options.model])
    shutil.copytree(options.runs[-1] / "model", out, dirs_exist_ok=True)
    model = DiffusersScore.from_folder(out)
    samples = torch.stack(list(draw(model, 12, 0, Sampler(PREDICTOR_CORRECTOR, 100), 4)))
    write_image(out / "samples.png", as_grid(samples, 6))
    draw_losses(options.runs, out / "loss.png")
    shutil.copy(options.prior / "halves.png", out / "halves.png")
    words = string.Template(WORDS.read_text())
    weights = next(out.glob("*.safetensors"))
    card = words.substitute(
        OWN_WORDS[options.model],
        value=options.model,
        size=model.image_size,
        numbers=f"{count_weights(model.unet) / 1e6:.1f}",
        megabytes=f"{weights.stat().st_size / 1e6:.1f}",
        sigma_min=f"{model.sigma_min:g}",
        sigma_max=f"{model.sigma_max:g}",
        sigma_data=f"{model.sigma_data:g}",
        commands="\n".join(f"    {command(run)}" for run in options.runs),
        runs=runs_table(options.runs),
        hours=f"{sum(read_json(run / RECORD)['hours'] for run in options.runs):.1f}",
        denoising=tables(options.prior / "prior.md")[0],
        halves=tables(options.prior / "prior.md")[1],
        groups=(options.prior / "groups.md").read_text().strip(),
    )
    write_text(out / "README.md", card)


def count_weights(unet: torch.nn.Module) -> int:
    """How many numbers a network has."""
    return sum(weight.numel() for weight in unet.parameters())


def command(run: Path) -> str:
    """The command that gives the run again, with the options that are not as they are by default."""
    record = read_json(run / RECORD)
    had: dict[str, Any] = record["settings"]
    defaults = {
        field.name: field.default
        for field in fields(Settings)
        if field.name in had and field.default is not MISSING
    }
    defaults |= {"outer": (), "data": "demo", "initial_model": ""}
    options = [f"--out runs/{run.name}", f"--steps {record['steps']}"]
    for name, default in defaults.items():
        value = had[name]
        plain = list(default) if isinstance(default, tuple) else default
        if value == plain or (name == "precision" and value == "float32"):
            continue
        text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        option = {"outer": "outer-channels"}.get(name, name.replace("_", "-"))
        options.append(f"--{option} {text}")
    return " ".join(["scoreface train", *options])


def runs_table(runs: Sequence[Path]) -> str:
    """What each run was, and took."""
    rows = [["run", "pixels", "steps", "images a step", "hours", "machine"]]
    for run in runs:
        record = read_json(run / RECORD)
        had = record["settings"]
        hours = f"{record['hours']:.1f}"
        counts = map(str, (had["size"], record["steps"], had["batch"]))
        rows.append([run.name, *counts, hours, record["device"]])
    return markdown_table(rows)


def draw_losses(runs: Sequence[Path], path: Path) -> None:
    """The loss of each run by bands of noise levels, over the steps of all."""
    figure = matplotlib.figure.Figure(figsize=(8, 3.6), layout="constrained")
    axes = figure.subplots()
    begin = 0
    for run in runs:
        log = pd.read_csv(run / "log.tsv", sep="\t")
        for place, band in enumerate(list(log)[2:]):
            label = f"noise {band.removeprefix('loss ')}" if begin == 0 else None
            axes.plot(begin + log["step"], log[band], color=f"C{place}", label=label)
        begin += int(log["step"].iloc[-1])
        axes.axvline(begin, color="0.7", linewidth=0.8)
    axes.set(xlabel="step", ylabel="loss", yscale="log")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right center")
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=110, format="png")


def tables(path: Path) -> list[str]:
    """The tables of a Markdown file that consists of them."""
    return path.read_text().strip().split("\n\n")


if __name__ == "__main__":
    main()
