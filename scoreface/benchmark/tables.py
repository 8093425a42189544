"""The benchmark's rows as a CSV file, a summary in Markdown, and a plot of the error against the yaw."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib.figure
import numpy as np
import pandas as pd

from scoreface.base.files import atomic
from scoreface.base.markdown import markdown_table
from scoreface.benchmark.cells import cell, with_error

#: What heads and photos are grouped by, see :func:`scoreface.benchmark.cases.groups_of`.
GROUPS = ("type", "hair", "glasses", "beard", "light")
#: Of the CSV file, in their order.
COLUMNS = (
    "face",
    "head",
    "yaw",
    *GROUPS,
    "method",
    "reason",
    "psnr_texels",
    "ssim_texels",
    "psnr_views",
    "ssim_views",
    "share_measured",
    "share_filled",
    "view_disagreement",
    "identity_before",
    "identity_after",
    "identity_truth",
    "identity_views",
    "seconds",
    "evaluations",
)

# Of the summary: column, heading, format.
_SUMMARY = (
    ("psnr_texels", "PSNR, texels", ".2f"),
    ("ssim_texels", "SSIM, texels", ".3f"),
    ("psnr_views", "PSNR, views", ".2f"),
    ("ssim_views", "SSIM, views", ".3f"),
    ("share_filled", "chart filled", ".0%"),
    ("view_disagreement", "views disagree", ".4f"),
    ("identity_after", "identity, photo", ".3f"),
    ("identity_views", "identity, views", ".3f"),
    ("seconds", "seconds", ".1f"),
    ("evaluations", "evaluations", ".0f"),
)


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write one line a face and method as CSV; what is not known is empty."""
    with atomic(path) as temporary:
        _table(rows)[list(COLUMNS)].to_csv(temporary, index=False, float_format="%.6g")


def summarise(rows: Sequence[dict[str, Any]]) -> str:
    """The means over all faces by method, and PSNR of the measured texels by yaw and by groups, as Markdown."""
    table = _table(rows)
    methods = list(table["method"].unique())
    done = table[table["reason"] == ""]
    heading = ["method", "faces", *(title for _, title, _ in _SUMMARY)]
    lines = [heading]
    for method in methods:
        own = done[done["method"] == method]
        cells = [cell(own[column].mean(), form) for column, _, form in _SUMMARY]
        lines.append([method, str(len(own)), *cells])
    yaws = sorted(done["yaw"].unique())
    by_yaw = [["PSNR, texels", *(f"yaw {yaw:+g}" for yaw in yaws)]]
    for method in methods:
        own = done[done["method"] == method]
        means = [own.loc[own["yaw"] == yaw, "psnr_texels"].mean() for yaw in yaws]
        by_yaw.append([method, *(cell(mean, ".2f") for mean in means)])
    faces = done.drop_duplicates("face")
    sentences = [
        f"Measured texels: {faces['share_measured'].mean():.0%} of the chart. "
        f"Identity distance of the photo to the frontal render of its own texels alone "
        f"{faces['identity_before'].mean():.3f}, to that of the truth {faces['identity_truth'].mean():.3f}."
    ]
    if faces["head"].nunique() > 1:
        apart = f"Between true frontal renders of different heads {_between_heads(faces):.3f}."
        sentences[0] += f" {apart}"
    rejected = table[table["reason"] != ""].drop_duplicates("face")
    sentences += [f"Left out: {row.face}: {row.reason}" for row in rejected.itertuples()]
    tables = [markdown_table(lines), markdown_table(by_yaw), *_by_groups(done, methods)]
    return "\n\n".join([*tables, *sentences]) + "\n"


def _by_groups(done: pd.DataFrame, methods: Sequence[str]) -> list[str]:
    """For what there is more than one group of, a table: PSNR and SSIM of the measured texels by group and method.

    Errors are those over heads, each with the mean over its photos.
    """
    tables = []
    for name in GROUPS:
        groups = sorted(done[name].dropna().unique())
        if len(groups) < 2:
            continue
        lines = [[f"PSNR / SSIM by {name}", "heads", *methods]]
        for group in groups:
            own = done[done[name] == group]
            line = [group, str(own["head"].nunique())]
            for method in methods:
                heads = own[own["method"] == method].groupby("head").mean(numeric_only=True)
                psnr = with_error(heads["psnr_texels"], ".2f")
                line.append(f"{psnr} / {cell(heads['ssim_texels'].mean(), '.3f')}")
            lines.append(line)
        tables.append(markdown_table(lines))
    return tables


def plot_by_yaw(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Draw PSNR and SSIM of the measured texels against the yaw of the photo, a line a method, as PNG."""
    table = _table(rows)
    done = table[table["reason"] == ""]
    figure = matplotlib.figure.Figure(figsize=(11, 4.2), layout="constrained")
    for axes, column, label in zip(
        figure.subplots(1, 2), ("psnr_texels", "ssim_texels"), ("PSNR in dB", "SSIM"), strict=True
    ):
        for method in table["method"].unique():
            groups = done[done["method"] == method].groupby("yaw")[column]
            mean, error = groups.mean(), groups.sem().fillna(0)
            axes.errorbar(mean.index, mean, error, marker="o", capsize=3, label=method)
        axes.set(xlabel="yaw of the photo in degrees", ylabel=f"{label} of unseen texels")
        axes.grid(alpha=0.3)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right center")
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=110)


def _table(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    # A face that the fit rejects has a reason and no figures.
    return pd.DataFrame(rows).reindex(columns=[*COLUMNS, "descriptor"])


def _between_heads(faces: pd.DataFrame) -> float:
    """Mean distance between the descriptions of different heads' true frontal renders."""
    described = [
        (head, np.mean(list(group["descriptor"]), 0)) for head, group in faces.groupby("head")
    ]
    pairs = itertools.combinations([description for _, description in described], 2)
    distances = [np.linalg.norm(one - other) for one, other in pairs]
    return float(np.mean(distances))
