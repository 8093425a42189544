"""Whether several completions of a face are as far apart as they are from the truth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib.figure
import numpy as np
from scipy import stats

from scoreface.base.files import atomic

#: Probabilities of the intervals.
NOMINAL = tuple(round(0.05 * step, 2) for step in range(1, 20))


def coverage(completions: np.ndarray, truth: np.ndarray) -> list[float]:
    """How often intervals around the completions' mean hold the truth.

    Were truth and completions N + 1 draws from one normal law, the truth would lie within t s sqrt(1 + 1 / N) of the
    completions' mean with the probability by which the quantile t of Student's law with N - 1 degrees of freedom is
    chosen.

    Args:
        completions: (N, K, 3), 0..255, N from 2 on.
        truth: (K, 3).

    Returns:
        for each of :data:`NOMINAL`, the share of the 3 K values that lie within.
    """
    count = len(completions)
    # A level is the least that textures of 8 bits can tell.
    spread = np.maximum(completions.std(axis=0, ddof=1), 1 / np.sqrt(12))
    away = np.abs(truth - completions.mean(axis=0)) / (spread * np.sqrt(1 + 1 / count))
    quantiles = stats.t.ppf((1 + np.array(NOMINAL)) / 2, count - 1)
    return [float((away <= quantile).mean()) for quantile in quantiles]


def plot_calibration(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Draw the share of the truth within an interval against the interval's probability, a line a method, as PNG.

    Rows without ``coverage``, of one completion, are left out; without any other there is no picture.
    """
    lines: dict[str, list[list[float]]] = {}
    for row in rows:
        if row.get("coverage"):
            lines.setdefault(row["method"], []).append(row["coverage"])
    if not lines:
        return
    figure = matplotlib.figure.Figure(figsize=(5, 4.6), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="gray", linestyle="dotted", label="as it should be")
    for method, found in lines.items():
        axes.plot(NOMINAL, np.mean(found, axis=0), marker="o", label=method)
    axes.set(xlabel="probability of the interval", ylabel="share of the true texels within")
    axes.grid(alpha=0.3)
    axes.legend()
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=110)
