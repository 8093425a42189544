"""Hide part of what real photos show, complete the heads without it, and measure what comes out there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import count, option
from scoreface.benchmark.commands import Inputs as Configured
from scoreface.benchmark.commands import Methods, Outputs

__all__ = ["Inputs", "Outputs", "Settings", "run"]


@dataclass(frozen=True)
class Settings(Methods):
    """What is hidden, and what completes it."""

    yaws: tuple[float, ...] = option(
        "degrees by which the camera is moved around each head, or the head turned before it",
        (-60, -45, -30, 30, 45, 60),
    )
    ids: tuple[str, ...] | None = option("do these photos only, such as astronaut", None)
    jobs: int = option("processes at once", 1, type=count)


@dataclass(frozen=True, kw_only=True)
class Inputs(Configured):
    """Attributes:
    photos: folder of photos, or a photo.
    """

    photos: Path = option("folder of photos, those below it included; or a photo")


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Do what has not been done yet, and write tables and pictures.

    Raises:
        InputError: a configuration or an option is wrong, there is no photo, or a stage cannot run.
    """
    from scoreface.base.files import write_text
    from scoreface.benchmark.holdout.plan import make_holdout_plan
    from scoreface.benchmark.holdout.run import run_holdout
    from scoreface.benchmark.holdout.tables import summarise, write_rows

    plan = make_holdout_plan(
        inputs.configfile,
        settings.variant,
        settings.baselines,
        inputs.photos,
        settings.yaws,
        outputs.out,
    )
    rows = run_holdout(plan, settings.ids, settings.jobs)
    write_rows(outputs.out / "results.csv", rows)
    summary = summarise(rows)
    write_text(outputs.out / "summary.md", summary)
    print(summary, end="")
