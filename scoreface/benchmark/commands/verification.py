"""Measure verification across pose on synthetic heads: their photos, and what frontalising them makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from scoreface.base.command import option
from scoreface.benchmark.commands import Inputs, Methods, Outputs

__all__ = ["Inputs", "Outputs", "Settings", "run"]


@dataclass(frozen=True)
class Settings(Methods):
    """Which faces, and how they are shown."""

    baselines: tuple[str, ...] | None = option(
        "plain methods beside it; given none, none", ("mirror",), nargs="*"
    )
    ways: tuple[str, ...] | None = option(
        "of original, the pipelines, the plain methods and truth; left out: all", None
    )
    heads: int = option("how many", 20)
    completed: int | None = option(
        "the pipelines, which take long, complete so many of them; left out: all", None
    )
    yaws: tuple[float, ...] = option(
        "degrees; the first is compared with each other", (0, 30, 45, 60)
    )
    seed: int = option("of the heads", 0)
    asymmetric: bool = option("heads whose two sides differ", False)
    fit: bool = option("fit the heads to the photos; else: true geometry", False)
    bootstrap: int = option("draws for the intervals; 0: none", 1000)
    jobs: int = option("processes at once", 1)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Do what has not been done yet, and write the summary.

    Raises:
        InputError: a configuration or an option is wrong, or a stage cannot run.
    """
    from scoreface.base.errors import InputError
    from scoreface.base.files import write_text
    from scoreface.benchmark.plan import make_plan
    from scoreface.benchmark.verification import run_verification, ways_of
    from scoreface.benchmark.verification_tables import summarise

    if settings.heads < 2 or len(set(settings.yaws)) < 2:
        raise InputError(
            "--heads, --yaws: two heads and two yaws are the least that can be compared"
        )
    plan = make_plan(
        inputs.configfile,
        settings.variant,
        settings.baselines,
        settings.heads,
        settings.yaws,
        settings.seed,
        settings.fit,
        outputs.out,
        settings.asymmetric,
    )
    ways = ways_of(plan, settings.ways, settings.completed)
    described = run_verification(plan, ways, settings.jobs)
    summary = summarise(plan, ways, described, settings.bootstrap)
    write_text(outputs.out / "summary.md", summary)
    print(summary, end="")
