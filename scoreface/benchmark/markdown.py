"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def markdown(lines: Sequence[Sequence[str]]) -> str:
    """A table of a heading and rows, without a line's end."""
    heading, *rest = lines
    rule = ["---"] * len(heading)
    return "\n".join(f"| {' | '.join(line)} |" for line in (heading, rule, *rest))


def cell(value: float, form: str) -> str:
    """A number in a format; empty where it is not known."""
    return "" if pd.isna(value) else format(value, form)


def with_error(values: pd.Series, form: str) -> str:
    """The mean of some numbers with its standard error, as far as there is one."""
    error = cell(values.sem(), form)
    return cell(values.mean(), form) + (f" ± {error}" if error else "")
