"""Gather every ``fit.json`` into one table of accepted and rejected ids."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

VERSION = "1"


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
    out: tab-separated table.
    """

    out: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Write one row an id.

    Raises:
        InputError: the list or a record is missing or damaged.
    """
    from scoreface.base.files import read_json, write_text
    from scoreface.config.ids import read_ids

    rows = ["id\tstatus\treason\tyaw\tpitch\troll\terror"]
    for face in read_ids(inputs.ids):
        fit = read_json(inputs.results / face.id / "fit" / "fit.json")
        reason = " ".join((fit["reason"] or "").split())
        numbers = [fit[key] for key in ("yaw", "pitch", "roll", "reprojection_error")]
        cells = ["" if number is None else f"{number:.4f}" for number in numbers]
        rows.append("\t".join([face.id, fit["status"], reason, *cells]))
    write_text(outputs.out, "\n".join(rows) + "\n")
