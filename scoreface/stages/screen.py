"""Gather every ``fit.json`` into one table of accepted and rejected ids."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

VERSION = "2"


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

    rows = ["id\tstatus\treason\tyaw\tpitch\troll\terror\toutline_iou\tflag"]
    for face in read_ids(inputs.ids):
        fit = read_json(inputs.results / face.id / "fit" / "fit.json")
        # A head of another fitter has no outline in its record, and no flag.
        reason, flag = (" ".join((text or "").split()) for text in (fit["reason"], fit.get("flag")))
        numbers = [fit[key] for key in ("yaw", "pitch", "roll", "reprojection_error")]
        numbers.append(fit.get("outline_iou"))
        cells = ["" if number is None else f"{number:.4f}" for number in numbers]
        rows.append("\t".join([face.id, fit["status"], reason, *cells, flag]))
    write_text(outputs.out, "\n".join(rows) + "\n")
