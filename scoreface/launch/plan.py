"""What a run of Snakemake has before it, and what earlier ones took. Needs nothing beyond Python itself."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scoreface.launch.course import WALK, Job

# Rules of one face that are planned from the beginning.
_BEFORE_SCREENING = {"mesh_landmarks", "detect", "parse", "fit", "adopt"}
# Faces whose benchmark files are looked into.
_LOOKED_AT = 20


@dataclass
class Run:
    """What the handler knows of the workflow.

    Attributes:
        workflow: Snakemake's.
        ids: all faces of the list.
        results: the folder of the results.
        walk_seconds: of one link of a walk over the views; None: nobody knows.
        seen_from: the folder that paths are shown from.
    """

    workflow: Any
    ids: Sequence[str]
    results: Path
    walk_seconds: float | None
    seen_from: Path = field(default_factory=Path.cwd)

    def jobs_to_do(self) -> list[Job]:
        """The jobs that Snakemake has planned, and those that it will, once it knows which photos are accepted."""
        planned = {
            Job(job.rule.name, job.wildcards.get("id", ""))
            for job in self.workflow.dag.needrun_jobs()
        }
        if any(job.rule == "screen" for job in planned):
            planned |= self._to_come(planned)
        return list(planned)

    def seconds(self) -> dict[str, float | None]:
        """Seconds of a job by its kind: from the faces that are there, or else what is known of a walk."""
        took: dict[str, list[float]] = {}
        for id in self.ids[:_LOOKED_AT]:
            for path in self._benchmarks(id).glob("*.tsv"):
                seconds = _seconds(path)
                if seconds is not None:
                    took.setdefault(Job(path.stem).kind, []).append(seconds)
        told: dict[str, float | None] = {WALK: self.walk_seconds}
        return {**told, **{kind: sum(values) / len(values) for kind, values in took.items()}}

    def rejected(self) -> list[str]:
        """The faces that the screening has rejected."""
        try:
            with (self.results / "screen.tsv").open(encoding="utf-8", newline="") as handle:
                rows = list(csv.DictReader(handle, delimiter="\t"))
            ids = set(self.ids)
            return [row["id"] for row in rows if row["status"] == "rejected" and row["id"] in ids]
        except (OSError, ValueError, KeyError, csv.Error):
            return []

    def is_rejected(self, id: str) -> bool:
        """Whether the fit of a face has rejected its photo."""
        try:
            record = json.loads((self.results / id / "fit" / "fit.json").read_text())
            return record["status"] == "rejected"
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def _to_come(self, planned: set[Job]) -> set[Job]:
        """What follows the screening: all of a face that something is done of before, of others what was never done."""
        rules = [
            rule.name
            for rule in self.workflow.rules
            if "id" in rule.wildcard_names and rule.name not in _BEFORE_SCREENING
        ]
        busy = {job.id for job in planned}
        rejected = set(self.rejected())
        jobs = set()
        for id in self.ids:
            if id in busy:
                jobs |= {Job(name, id) for name in rules}
            elif id not in rejected:
                folder = self._benchmarks(id)
                jobs |= {Job(name, id) for name in rules if not (folder / f"{name}.tsv").exists()}
        return jobs

    def _benchmarks(self, id: str) -> Path:
        return self.results / id / "benchmarks"


def _seconds(path: Path) -> float | None:
    """The first number of a benchmark file of Snakemake's."""
    try:
        return float(path.read_text().splitlines()[1].split("\t")[0])
    except (OSError, ValueError, IndexError):
        return None
