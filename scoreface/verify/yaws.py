"""By how much two pictures of a pair differ in yaw, where a table says how the heads are turned."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from scoreface.base.errors import InputError
from scoreface.config.ids import fit_id
from scoreface.verify.lines import Line, read_lines
from scoreface.verify.pairs import PairSet, Sample

#: Degrees between which differences are put together; beyond the last, no limit.
EDGES = (0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0)
_YAW = "yaw"
#: Columns by which a row's picture is known: as the list of pairs has it, or by the id that the workflow gives it.
_NAMES, _ID = ("image", "file"), "id"


class Group(NamedTuple):
    """Attributes:
    title: the differences that are in it, in degrees.
    chosen: (P,) bool, its pairs.
    """

    title: str
    chosen: np.ndarray


def groups_by_yaw(pairs: PairSet, path: Path) -> list[Group]:
    """The pairs in groups by how far their yaws lie apart; those whose yaws are not known come last.

    Args:
        pairs: the pairs.
        path: CSV or tab-separated, with the columns ``yaw`` (degrees) and ``image``, ``file`` or ``id``, such as
            ``screen.tsv`` of a run. A template has the mean of its pictures.

    Raises:
        InputError: the table is none, or knows nothing of the pairs.
    """
    yaws = _item_yaws(pairs, _read(path))
    apart = np.abs(yaws[pairs.first] - yaws[pairs.second])
    if np.isnan(apart).all():
        raise InputError(
            f"{path}: no yaws of both pictures of any pair; its rows have to name pictures as the list does, such as "
            f"{pairs.samples[0].name}, or by the ids of a run"
        )
    groups = []
    for low, high in zip(EDGES, (*EDGES[1:], math.inf), strict=True):
        title = f"{low:.0f} to {high:.0f}" if high < math.inf else f"{low:.0f} and more"
        groups.append(Group(title, (apart >= low) & (apart < high)))
    groups.append(Group("not known", np.isnan(apart)))
    return [group for group in groups if group.chosen.any()]


def _item_yaws(pairs: PairSet, rows: dict[str, float]) -> np.ndarray:
    samples = np.array([_of_sample(sample, rows) for sample in pairs.samples])
    yaws = np.full(len(pairs.items), np.nan)
    for number, item in enumerate(pairs.items):
        own = samples[[place for medium in item.media for place in medium]]
        if not np.isnan(own).all():
            yaws[number] = np.nanmean(own)
    return yaws


def _of_sample(sample: Sample, rows: dict[str, float]) -> float:
    known = rows.get(sample.name)
    if known is None:
        known = rows.get(f"{_ID}:{fit_id(PurePosixPath(sample.name).stem)}")
    return math.nan if known is None else known


def _read(path: Path) -> dict[str, float]:
    """The yaws by the pictures' names, and by their ids behind ``id:``; NaN where rows contradict each other."""
    lines = read_lines(path, "a table of yaws")
    header = next(lines, None)
    delimiter = "\t" if header and "\t" in header.text else ","
    columns = _cells(header, delimiter) if header else []
    known = [name for name in (*_NAMES, _ID) if name in columns]
    if _YAW not in columns or not known:
        raise InputError(
            f"{path}: no columns {_YAW} and {', '.join(_NAMES)} or {_ID} in its first line"
        )
    yaws: dict[str, float] = {}
    for line in lines:
        cells = _cells(line, delimiter)
        # Blanks at the end of a line, which are cells of their own between tabs, are not in its text.
        row = dict(zip(columns, [*cells, *[""] * (len(columns) - len(cells))], strict=False))
        if not row[_YAW]:
            continue
        yaw = _number(line, row[_YAW])
        for name in known:
            key = f"{_ID}:{row[name]}" if name == _ID else row[name]
            yaws[key] = yaw if yaws.get(key, yaw) == yaw else math.nan
    return yaws


def _cells(line: Line, delimiter: str) -> Sequence[str]:
    return [cell.strip() for cell in next(csv.reader([line.text], delimiter=delimiter))]


def _number(line: Line, text: str) -> float:
    try:
        yaw = float(text)
    except ValueError as error:
        raise line.wrong("a row with a yaw in degrees") from error
    if not math.isfinite(yaw):
        raise line.wrong("a row with a finite yaw")
    return yaw
