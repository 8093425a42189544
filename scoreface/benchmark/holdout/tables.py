"""The rows of the benchmark on real photos as a CSV file, and a summary in Markdown.

Several yaws of one photo tell less than as many photos. So errors and intervals are those over photos, each with the
mean over its yaws.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scoreface.base.files import atomic
from scoreface.base.markdown import markdown_table
from scoreface.benchmark.cells import cell, with_error
from scoreface.benchmark.holdout.measure import GAIN

# Figures with their headings and formats; each has a second one with the gain.
_FIGURES = (
    ("psnr", "PSNR", ".2f"),
    ("ssim", "SSIM", ".3f"),
    ("features", "features", ".3f"),
    ("identity", "identity", ".3f"),
)
_BOTH = tuple(
    (f"{name}{suffix}", f"{title}{more}", form)
    for name, title, form in _FIGURES
    for suffix, more in (("", ""), (GAIN, ", gain"))
)
#: Of the CSV file, in their order.
COLUMNS = (
    "photo",
    "yaw",
    "head_yaw",
    "method",
    "reason",
    *(name for name, _, _ in _BOTH),
    "share_kept",
    "share_hidden",
    "share_filled",
    "identity_before",
    "identity_truth",
    "seconds",
    "evaluations",
)
# Samples of the bootstrap, and the probability of its interval.
_SAMPLES, _WITHIN = 10_000, 0.95


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write one line a photo, yaw and method as CSV; what is not known is empty."""
    with atomic(path) as temporary:
        _table(rows).to_csv(temporary, index=False, float_format="%.6g")


def summarise(rows: Sequence[dict[str, Any]]) -> str:
    """Means, errors and spread by method, PSNR by yaw, and what tells the methods from the first, as Markdown."""
    table = _table(rows)
    done = table[table["reason"] == ""]
    parts = []
    if len(done):
        methods = list(dict.fromkeys(table["method"]))
        parts += [_by_method(done, methods), _spread(done, methods), _by_yaw(done, methods)]
        parts += [_against(done, methods[0], methods[1:])] if methods[1:] else []
        trials = done.drop_duplicates(["photo", "yaw"])
        parts.append(
            f"{done['photo'].nunique()} photos. Of the chart {trials['share_kept'].mean():.0%} is given and "
            f"{trials['share_hidden'].mean():.0%} hidden. Identity distance of the photo to the frontal picture of the "
            f"given texels alone {trials['identity_before'].mean():.3f}, to that with nothing hidden "
            f"{trials['identity_truth'].mean():.3f}."
        )
    out = table[table["reason"] != ""].drop_duplicates(["photo", "yaw"])
    for (photo, reason), group in out.groupby(["photo", "reason"], sort=False):
        yaws = ", ".join(f"{yaw:+g}" for yaw in group["yaw"])
        parts.append(f"Left out: {photo} at {yaws}: {reason}")
    return "\n\n".join(parts) + "\n"


def _table(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    # What is left out has a reason and no figures.
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def _by_method(done: pd.DataFrame, methods: Sequence[str]) -> str:
    """Means with their standard errors."""
    lines = [["method", *(title for _, title, _ in _BOTH), "seconds", "evaluations"]]
    for method in methods:
        own = _photos(done, method)
        cells = [with_error(own[name], form) for name, _, form in _BOTH]
        cells += [cell(own["seconds"].mean(), ".1f"), cell(own["evaluations"].mean(), ".0f")]
        lines.append([method, *cells])
    return markdown_table(lines)


def _spread(done: pd.DataFrame, methods: Sequence[str]) -> str:
    """How far the photos' PSNR are apart."""
    lines = [["PSNR over photos", "deviation", "least", "of", "most", "of"]]
    for method in methods:
        own = _photos(done, method)["psnr"]
        least, most = (own.idxmin(), own.idxmax()) if own.notna().any() else ("", "")
        ends = [cell(own.min(), ".2f"), str(least), cell(own.max(), ".2f"), str(most)]
        lines.append([method, cell(own.std(), ".2f"), *ends])
    return markdown_table(lines)


def _by_yaw(done: pd.DataFrame, methods: Sequence[str]) -> str:
    """PSNR, and that with the gain, by the camera's move."""
    yaws = sorted(done["yaw"].unique())
    lines = [["PSNR / with gain", *(f"yaw {yaw:+g}" for yaw in yaws)]]
    for method in methods:
        groups = done[done["method"] == method].groupby("yaw")[["psnr", f"psnr{GAIN}"]].mean()
        pairs = [groups.loc[yaw] if yaw in groups.index else (np.nan, np.nan) for yaw in yaws]
        lines.append(
            [method, *(" / ".join(cell(value, ".2f") for value in pair) for pair in pairs)]
        )
    return markdown_table(lines)


def _against(done: pd.DataFrame, first: str, others: Sequence[str]) -> str:
    """Each method's difference to the first on the same photos, with an interval of the bootstrap over photos."""
    lines = [[f"less {first}'s", *(title for _, title, _ in _BOTH)]]
    base = done[done["method"] == first].set_index(["photo", "yaw"])
    names = [name for name, _, _ in _BOTH]
    for method in others:
        own = done[done["method"] == method].set_index(["photo", "yaw"])
        apart = (own[names] - base[names]).groupby(level="photo").mean()
        lines.append([method, *(_with_interval(apart[name], form) for name, _, form in _BOTH)])
    return f"{_WITHIN:.0%} intervals by bootstrap over photos:\n\n{markdown_table(lines)}"


def _photos(done: pd.DataFrame, method: str) -> pd.DataFrame:
    """A method's figures of each photo, the means over its yaws."""
    return done[done["method"] == method].groupby("photo", sort=False).mean(numeric_only=True)


def _with_interval(values: pd.Series, form: str) -> str:
    """The mean, and between which values it lies when the photos are drawn anew."""
    known = values.dropna().to_numpy(float)
    if len(known) < 2:
        return cell(values.mean(), form)
    chosen = np.random.default_rng(0).integers(len(known), size=(_SAMPLES, len(known)))
    tail = (1 - _WITHIN) / 2
    low, high = np.quantile(known[chosen].mean(axis=1), [tail, 1 - tail])
    return f"{known.mean():+{form}} ({low:+{form}} to {high:+{form}})"
