"""Figures as cells of a table."""

from __future__ import annotations

import pandas as pd


def cell(value: float, form: str) -> str:
    """A number in a format; empty where it is not known."""
    return "" if pd.isna(value) else format(value, form)


def with_error(values: pd.Series, form: str) -> str:
    """The mean of some numbers with its standard error, as far as there is one."""
    error = cell(values.sem(), form)
    return cell(values.mean(), form) + (f" ± {error}" if error else "")
