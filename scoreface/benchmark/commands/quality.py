"""Complete synthetic heads, whose truth is known, by the pipelines and by plain methods, and measure both."""

from __future__ import annotations

from dataclasses import dataclass

from scoreface.base.command import option
from scoreface.benchmark.commands import Inputs, Methods, Outputs

__all__ = ["Inputs", "Outputs", "Settings", "run"]


@dataclass(frozen=True)
class Settings(Methods):
    """Which faces, and what completes them."""

    heads: int = option("how many", 10)
    yaws: tuple[float, ...] = option("degrees", (0, 15, 30, 45, 60, -30))
    seed: int = option("of the heads", 0)
    asymmetric: bool = option("heads whose two sides differ", False)
    fit: bool = option("fit the heads to the photos; else: true geometry", False)
    ids: tuple[str, ...] | None = option("do these faces only, such as head003_yaw-30", None)
    jobs: int = option("processes at once", 1)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Do what has not been done yet, and write table, plot and summary.

    Raises:
        InputError: a configuration or an option is wrong.
    """
    from scoreface.base.files import write_text
    from scoreface.benchmark.calibration import plot_calibration
    from scoreface.benchmark.plan import make_plan
    from scoreface.benchmark.quality import run_quality
    from scoreface.benchmark.tables import plot_by_yaw, summarise, write_rows

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
    rows = run_quality(plan, settings.ids, settings.jobs)
    write_rows(outputs.out / "results.csv", rows)
    plot_by_yaw(outputs.out / "error_by_yaw.png", rows)
    plot_calibration(outputs.out / "calibration.png", rows)
    summary = summarise(rows)
    write_text(outputs.out / "summary.md", summary)
    print(summary, end="")
