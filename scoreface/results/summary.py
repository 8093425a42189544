"""The summary stage: what became of every id of a run, as a table and as a page."""

from __future__ import annotations

from pathlib import Path

from tqdm import tqdm

from scoreface.files import write_text
from scoreface.ids import read_ids
from scoreface.results.faces import COLUMNS, summarise
from scoreface.results.page import write_page


def run_summary(*, ids: Path, results: Path, summary: Path, report: Path | None = None) -> None:
    """Write ``summary.tsv``, one row an id, and the page that shows them.

    It reads what is there: after a run that was cut short, the rows of the ids that are done are
    complete, and the others say how far they came.

    Args:
        ids: the id list.
        results: the folder with one folder an id.
        summary: tab-separated table to write.
        report: HTML page to write, or None; it links to the pictures in ``results``, so they move together.

    Raises:
        InputError: the id list is missing or wrong.
    """
    listed = tqdm(read_ids(ids), desc="summary", unit="face", mininterval=2)
    faces = [summarise(face.id, results / face.id) for face in listed]
    rows = [COLUMNS, *(face.cells().values() for face in faces)]
    write_text(summary, "".join("\t".join(row) + "\n" for row in rows))
    if report is not None:
        write_page(report, faces, results)
