"""Measure on photos with known truth how many of the texels that are called observed are the head's."""

from __future__ import annotations

from dataclasses import dataclass

from scoreface.base.command import option
from scoreface.benchmark.commands import Inputs, Outputs

__all__ = ["Inputs", "Outputs", "Settings", "run"]


@dataclass(frozen=True)
class Settings:
    """Which photos, and by which engines."""

    photos: int = option("how many; every other one has a hard background", 20)
    engines: tuple[str, ...] | None = option(
        "names of parse.engine; left out: none, the configured one and labels, the true ones",
        None,
        metavar="NAME",
    )
    seed: int = option("of the photos", 0)
    jobs: int = option("processes at once", 1)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Do what has not been done yet, and write the tables.

    Raises:
        InputError: a configuration or an option is wrong, or a stage cannot run.
    """
    from scoreface.benchmark.evidence_run import (
        make_evidence_plan,
        run_evidence,
        summarise,
        write_results,
        write_summary,
    )

    plan = make_evidence_plan(
        inputs.configfile, settings.engines, settings.photos, settings.seed, outputs.out
    )
    rows = run_evidence(plan, settings.jobs)
    summary = summarise(rows)
    write_results(outputs.out / "results.csv", rows)
    write_summary(outputs.out / "summary.csv", summary)
    print(summary.to_string(index=False, float_format=lambda value: f"{value:.4f}"))
    for row in rows:
        if row["reason"]:
            print(f"left out: {row['photo']}, {row['engine']}: {row['reason']}")
