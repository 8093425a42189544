"""What has become of the faces of a run, from the table that it leaves."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from scoreface.launch.course import Job

# Faces of a kind that are named.
_NAMED = 20


@dataclass(frozen=True)
class Outcome:
    """The faces by what has become of them, with the reasons of those that are not complete or need a look."""

    complete: tuple[str, ...]
    rejected: dict[str, str]
    unfinished: dict[str, str]
    flagged: dict[str, str]
    failed: dict[str, str] = field(default_factory=dict)

    def without(self, failed: Mapping[Job, str]) -> Outcome:
        """The same where jobs have failed, whose logs are given: of their faces the table knows the last run."""
        reasons = {
            job.id: f"{job.kind.replace('_', '-')}" + (f", see {log}" if log else "")
            for job, log in failed.items()
            if job.id
        }
        return replace(
            self,
            complete=tuple(id for id in self.complete if id not in reasons),
            unfinished={id: why for id, why in self.unfinished.items() if id not in reasons},
            failed=reasons,
        )


def read_outcome(results: Path, ids: Sequence[str] | None = None) -> Outcome | None:
    """What ``summary.tsv`` says of the faces of a list, or of all in it; None where there is no table to read."""
    try:
        with (results / "summary.tsv").open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t"))
        rows = [row for row in rows if ids is None or row["id"] in set(ids)]
        by_status = {
            status: {row["id"]: row["reason"] for row in rows if row["status"] == status}
            for status in ("complete", "rejected", "unfinished")
        }
    except (OSError, ValueError, KeyError, csv.Error):
        return None
    flagged = {row["id"]: row["flag"] for row in rows if row.get("flag")}
    complete = tuple(by_status["complete"])
    return Outcome(complete, by_status["rejected"], by_status["unfinished"], flagged)


def closing(results: Path, outcome: Outcome, seen_from: Path) -> list[str]:
    """The last lines of a run: faces that are not complete, with their reasons, and in one line what to open.

    Args:
        results: the folder of the results.
        outcome: of the run.
        seen_from: the folder that paths are shown from.
    """
    lines = []
    for what, faces in (
        ("rejected", outcome.rejected),
        ("failed", outcome.failed),
        ("unfinished", outcome.unfinished),
        ("look at", outcome.flagged),
    ):
        lines += [f"{what}: {id}: {reason}" for id, reason in list(faces.items())[:_NAMED]]
        if len(faces) > _NAMED:
            lines.append(f"{what}: {len(faces) - _NAMED} more, see summary.tsv")
    counts = [f"{len(outcome.complete)} complete", f"{len(outcome.rejected)} rejected"]
    if outcome.failed:
        counts.append(f"{len(outcome.failed)} failed")
    if outcome.unfinished:
        counts.append(f"{len(outcome.unfinished)} unfinished")
    lines.append(f"{', '.join(counts)}; open {shown_path(results / 'report.html', seen_from)}")
    return lines


def shown_path(path: Path, seen_from: Path) -> str:
    """A path as the person at ``seen_from`` would write it."""
    relative = os.path.relpath(path, seen_from)
    return os.path.abspath(path) if relative.startswith(os.pardir) else relative
