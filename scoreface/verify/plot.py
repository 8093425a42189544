"""The curve as a picture: how many pairs of one person are accepted at which rate of false accepts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib.figure
import numpy as np

from scoreface.base.files import atomic
from scoreface.verify.bootstrap import interval
from scoreface.verify.measure import FARS, GRID, Measured

_COLOURS = ("#20639b", "#d1495b")


def plot_roc(path: Path, sides: Sequence[Measured]) -> None:
    """Draw each side's curve with the 95 % band of the draws, from the rate that one false accept makes, as PNG."""
    figure = matplotlib.figure.Figure(figsize=(6.4, 4.8), layout="constrained")
    axes = figure.subplots()
    least = 1 / max(int((~sides[0].ranking.same).sum()), 2)
    shown = np.unique(np.append(GRID[GRID >= least], least))
    for side, colour in zip(sides, _COLOURS, strict=False):
        curve = side.ranking.curve()
        auc = f"AUC {curve.auc():.4f}"
        label = f"{side.name}, {auc}" if side.name else auc
        axes.step(shown, curve.tar_at(shown), where="post", color=colour, label=label)
        if len(side.band):
            inside = GRID >= least
            low, high = interval(side.band[:, inside])
            axes.fill_between(
                GRID[inside], low, high, step="post", color=colour, alpha=0.2, linewidth=0
            )
    for far in FARS:
        if far >= least:
            axes.axvline(far, color="0.6", linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    axes.set(
        xlim=(least, 1),
        ylim=(0, 1.01),
        xlabel="false accept rate (pairs of two persons)",
        ylabel="true accept rate (pairs of one person)",
    )
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=130)
