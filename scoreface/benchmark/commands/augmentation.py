"""Train a small recogniser with and without rendered views of completed heads, and test it across pose on others."""

from __future__ import annotations

from dataclasses import dataclass

from scoreface.base.command import option
from scoreface.benchmark.commands import Inputs, Methods, Outputs

__all__ = ["Inputs", "Outputs", "Settings", "run"]


@dataclass(frozen=True)
class Settings(Methods):
    """Who is trained on and tested, and how."""

    baselines: tuple[str, ...] | None = option(
        "plain methods beside it; given none, none", ("mirror",), nargs="*"
    )
    sets: tuple[str, ...] | None = option(
        "of frontal, more-frontal, the pipelines, the plain methods and truth; left out: all", None
    )
    identities: int = option("heads to train on, each completed by each method", 60)
    photos: int = option("frontal photos of each, the first of which is completed", 4)
    views: int = option("of each completed head", 8)
    tests: int = option("other heads, to test on", 100)
    yaws: tuple[float, ...] = option(
        "degrees, of the photos to test on; the first is compared with each other", (0, 30, 45, 60)
    )
    steps: int = option("of each training", 600)
    batch: int = option("pictures in each step", 48)
    seeds: int = option("trainings on each set", 3)
    seed: int = option("of the heads and the trainings", 0)
    asymmetric: bool = option("heads whose two sides differ", False)
    bootstrap: int = option("draws for the intervals; 0: none", 500)
    jobs: int = option("processes at once", 1)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Do what has not been done yet, and write table, plot and summary.

    Raises:
        InputError: a configuration or an option is wrong.
    """
    from scoreface.base.files import write_text
    from scoreface.benchmark.augmentation.plan import make_augmentation
    from scoreface.benchmark.augmentation.recogniser import Training
    from scoreface.benchmark.augmentation.run import run_augmentation
    from scoreface.benchmark.augmentation.tables import (
        measure_all,
        plot_by_yaw,
        summarise,
        write_results,
    )

    planned = make_augmentation(
        inputs.configfile,
        settings.variant,
        settings.baselines,
        settings.sets,
        settings.identities,
        settings.tests,
        settings.yaws,
        settings.photos,
        settings.views,
        Training(settings.steps, settings.batch),
        settings.seeds,
        settings.seed,
        outputs.out,
        settings.asymmetric,
    )
    vectors = run_augmentation(planned, settings.jobs)
    results = measure_all(planned, vectors, settings.bootstrap)
    write_results(outputs.out / "results.csv", planned, results)
    plot_by_yaw(outputs.out / "by_yaw.png", results)
    summary = summarise(planned, results, settings.bootstrap)
    write_text(outputs.out / "summary.md", summary)
    print(summary, end="")
