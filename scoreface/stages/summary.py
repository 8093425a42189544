"""Gather all faces into one table and one page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option

VERSION = "3"


@dataclass(frozen=True)
class Settings:
    """None."""


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    ids: the id list.
    results: the folder with one folder an id.
    """

    ids: Path
    results: Path


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    summary: tab-separated table, one row an id.
    report: HTML page, or None; it links to the pictures in ``results``, so they move together.
    """

    summary: Path
    report: Path | None = option("the page; left out: the table only", None)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Write the table and the page that shows it.

    They say what is there: after a run that was cut short, the rows of the ids that are done are complete, and the
    others say how far they came.

    Raises:
        InputError: the id list is missing or wrong.
    """
    from tqdm import tqdm

    from scoreface.base.files import write_text
    from scoreface.config.ids import read_ids
    from scoreface.results.faces import COLUMNS, summarise
    from scoreface.results.page import write_page

    listed = tqdm(read_ids(inputs.ids), desc="summary", unit="face", mininterval=2)
    faces = [summarise(face.id, inputs.results / face.id) for face in listed]
    rows = [COLUMNS, *(face.cells().values() for face in faces)]
    write_text(outputs.summary, "".join("\t".join(row) + "\n" for row in rows))
    if outputs.report is not None:
        write_page(outputs.report, faces, inputs.results)
