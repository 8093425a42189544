"""The figures of the augmentation benchmark: means over trainings, with intervals over tested heads and trainings."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import matplotlib.figure
import numpy as np

from scoreface.base.files import atomic
from scoreface.base.markdown import markdown_table
from scoreface.benchmark.augmentation.plan import FRONTAL, MORE, Augmentation
from scoreface.benchmark.augmentation.run import Described as Vectors
from scoreface.benchmark.verification import pairs_of
from scoreface.benchmark.verification_tables import COMPARED
from scoreface.verify.bootstrap import IDENTITY, draws, interval
from scoreface.verify.embeddings import Described
from scoreface.verify.measure import EER, FIGURES, balanced, measure
from scoreface.verify.pairs import folded
from scoreface.verify.recognisers import COSINE
from scoreface.verify.report import with_interval
from scoreface.verify.scores import score_pairs

_FOLDS = 10
_SOURCE = "trained here"


@dataclass(frozen=True)
class Gained:
    """What a set's recognisers make of one yaw; S trainings, B draws.

    Attributes:
        each: (S, 6) the figures, ``FIGURES``, of each training; NaN where the pairs are too few.
        drawn: (B, 6) of each draw of tested heads and of trainings their mean.
    """

    each: np.ndarray
    drawn: np.ndarray

    @property
    def values(self) -> np.ndarray:
        """(6,) means over the trainings."""
        return self.each.mean(axis=0)


#: By yaw, and by set.
Results = Mapping[float, Mapping[str, Gained]]


def measure_all(run: Augmentation, vectors: Vectors, bootstrap: int) -> Results:
    """Measure all sets at all yaws but the first, with which the others are compared.

    All sets have the same draws, and the n-th training of each the same numbers; so differences are paired.

    Args:
        run: the plan.
        vectors: from :func:`scoreface.benchmark.augmentation.run.run_augmentation`.
        bootstrap: draws.
    """
    tested = replace(run.plan, faces=run.tested)
    rng = np.random.default_rng(np.random.SeedSequence((run.plan.seed, 0x5EED)))
    trainings = rng.integers(run.seeds, size=(bootstrap, run.seeds))
    found: dict[float, dict[str, Gained]] = {}
    for yaw in run.yaws[1:]:
        pairs = folded(pairs_of(tested, yaw), min(_FOLDS, run.tests))
        drawn = partial(draws, pairs, IDENTITY, bootstrap, run.plan.seed)
        found[yaw] = {}
        for name in run.sets:
            sides = []
            for number in range(run.seeds):
                known = Described(COSINE, _SOURCE, dict(enumerate(vectors[name, number])))
                scores = score_pairs(pairs, known)
                weights = balanced(pairs.same)
                sides.append(measure(name, _SOURCE, pairs, scores, drawn, 0, weights))
            every = np.stack([side.drawn for side in sides])
            of_draw = every[trainings.T, np.arange(bootstrap)].mean(axis=0)
            found[yaw][name] = Gained(np.stack([side.values for side in sides]), of_draw)
    return found


def write_results(path: Path, run: Augmentation, results: Results) -> None:
    """Write a line a set, training and yaw as CSV."""
    with atomic(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as handle:
        table = csv.writer(handle, lineterminator="\n")
        table.writerow(["yaw", "set", "training", "identities", "pictures", "tested", *FIGURES])
        for yaw, sets in results.items():
            for name, gained in sets.items():
                size = [len(run.plan.faces), run.size(name), run.tests]
                for number, values in enumerate(gained.each):
                    cells = ["" if np.isnan(value) else f"{value:.6g}" for value in values]
                    table.writerow([f"{yaw:g}", name, number, *size, *cells])


def summarise(run: Augmentation, results: Results, bootstrap: int) -> str:
    """All tables in Markdown."""
    kind = " whose sides differ" if run.plan.asymmetric else ""
    parts = [
        "# Pose augmentation",
        f"{len(run.plan.faces)} heads{kind} to train on, {run.photos} frontal photos of each, and of each completed "
        f"head {run.views} views. {run.tests} other heads are tested: each photo at yaw {run.yaws[0]:g} with each "
        f"turned one. Means over {run.seeds} trainings of {run.training.steps:,} steps on each set; in brackets, 95 % "
        f"intervals of {bootstrap:,} bootstrap draws of tested heads and of trainings. Accuracy weighs pairs of one "
        "head and of two alike.",
    ]
    for yaw, sets in results.items():
        parts += [f"## Yaw {run.yaws[0]:g} against {yaw:g}", _figures(run, sets)]
        if len(sets) > 1:
            parts += [_gains(sets, name) for name in (FRONTAL, MORE) if name in sets]
    return "\n\n".join(parts) + "\n"


def _figures(run: Augmentation, sets: Mapping[str, Gained]) -> str:
    told = np.flatnonzero(np.isfinite(sets[FRONTAL].values))
    rows = [["", "pictures", *(FIGURES[number] for number in told)]]
    for name, gained in sets.items():
        cells = (with_interval(gained.values[number], gained.drawn[:, number]) for number in told)
        rows.append([name, f"{run.size(name):,}", *cells])
    return markdown_table(rows)


def _gains(sets: Mapping[str, Gained], before: str) -> str:
    """What each set has over one of those without other poses."""
    less, told = sets[before], _compared(sets)
    rows = [[f"less {before}'s", *(FIGURES[number] for number in told)]]
    for name, gained in sets.items():
        if name not in (FRONTAL, before):
            apart, drawn = gained.values - less.values, gained.drawn - less.drawn
            cells = (with_interval(apart[number], drawn[:, number], "+.4f") for number in told)
            rows.append([name, *cells])
    return markdown_table(rows)


def _compared(sets: Mapping[str, Gained]) -> list[int]:
    """Places in ``FIGURES`` of what is compared, as far as the pairs tell it."""
    numbers = [FIGURES.index(name) for name in COMPARED]
    return [number for number in numbers if np.isfinite(sets[FRONTAL].values[number])]


def plot_by_yaw(path: Path, results: Results) -> None:
    """Draw the compared figures against the yaw of the turned photo, a line a set with its intervals, as PNG."""
    yaws = list(results)
    told = _compared(results[yaws[0]])
    figure = matplotlib.figure.Figure(figsize=(2 + 3 * len(told), 4.2), layout="constrained")
    for axes, number in zip(figure.subplots(1, len(told)), told, strict=True):
        for place, name in enumerate(results[yaws[0]]):
            of_yaws = [results[yaw][name] for yaw in yaws]
            middle = np.array([gained.values[number] for gained in of_yaws])
            ends = np.array([interval(gained.drawn[:, number]) for gained in of_yaws]).T
            bars = np.abs(np.nan_to_num(ends - middle))
            # Side by side, or the bars would hide each other.
            shown = np.array(yaws) + 0.6 * place
            axes.errorbar(shown, middle, bars, marker="o", capsize=3, label=name)
        axes.set(xlabel="yaw of the turned photo in degrees", ylabel=FIGURES[number], xticks=yaws)
        if FIGURES[number] != EER:
            axes.set_ylim(top=1)
        axes.grid(alpha=0.3)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right center")
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=110)
