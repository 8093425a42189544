"""Pairs in a table of one's own: CSV with a header ``image_a,image_b,same``."""

from __future__ import annotations

import csv
from pathlib import Path

from scoreface.base.errors import InputError
from scoreface.verify.lines import Line, read_lines
from scoreface.verify.pairs import Collector, PairSet, Sample

#: Columns that have to be there, and those that may.
COLUMNS = ("image_a", "image_b", "same")
MORE = ("fold", "person_a", "person_b")
_TRUTHS = {"1": True, "0": False, "true": True, "false": False}


def read_table(path: Path) -> PairSet:
    """Read a table: a line a pair, with paths of its pictures, and 1 or 0 for one person or two.

    ``fold`` numbers the folds from 1; ``person_a`` and ``person_b`` say who is who. Other columns are left alone.

    Raises:
        InputError: a column is missing or a line is wrong.
    """
    lines = read_lines(path, "a table of pairs")
    header = next(lines, None)
    names = _cells(header) if header else []
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise InputError(f"{path}: no column {', '.join(missing)} in its first line")
    found = Collector(path, path.parent)
    for line in lines:
        cells = _cells(line)
        if len(cells) != len(names):
            raise line.wrong(f"a row of the {len(names)} columns that the header names")
        row = dict(zip(names, cells, strict=True))
        same = _TRUTHS.get(row["same"].lower())
        if same is None:
            raise line.wrong("a pair whose column same is 1 or 0")
        places = []
        for image, person in (("image_a", "person_a"), ("image_b", "person_b")):
            if not row[image]:
                raise line.wrong(f"a pair with an {image}")
            sample = Sample(row[image], line.place)
            places.append(found.picture(sample, row.get(person) or None))
        fold = line.whole(row["fold"], 1) - 1 if "fold" in row else 0
        found.pair(places[0], places[1], same, fold)
    return found.done()


def _cells(line: Line) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line.text]))]
