"""Tables in Markdown."""

from __future__ import annotations

from typing import Iterable, Sequence


def markdown_table(rows: Iterable[Sequence[str]]) -> str:
    """A table, without a line's end; the first row is its heading, and a stroke in a cell becomes a slash."""
    heading, *rest = rows
    lines = [heading, ["---"] * len(heading), *rest]
    return "\n".join(
        "| {} |".format(" | ".join(cell.replace("|", "/") for cell in line)) for line in lines
    )
