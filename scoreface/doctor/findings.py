"""What a check found, and all of it as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

OK = "ok"
FAILED = "FAILED"
#: An embedded model that no run has made yet.
MADE_LATER = "made by the workflow"
NOT_CHECKED = "not checked"
NOT_USED = "not used"
#: Something that this configuration does without.
ABSENT = "absent"


@dataclass(frozen=True)
class Finding:
    """One row of the table.

    Attributes:
        subject: the key of the configuration, or the part of the machine.
        state: one of the words above.
        details: what was found, or for a failure the whole sentence that says what is wrong and what to do.
        checksums: path and SHA-256 of each file that was read.
    """

    subject: str
    state: str
    details: str
    checksums: tuple[tuple[str, str], ...] = ()


def report(findings: Iterable[Finding]) -> str:
    """The table, the checksums as ``sha256sum`` writes them, and a sentence for each failure."""
    findings = list(findings)
    failures = [finding for finding in findings if finding.state == FAILED]
    rows = [("what", "state", "found")]
    rows += [(f.subject, f.state, "see below" if f in failures else f.details) for f in findings]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"{what:{widths[0]}}  {state:{widths[1]}}  {found}" for what, state, found in rows]
    checksums = [f"{digest}  {path}" for f in findings for path, digest in f.checksums]
    if checksums:
        lines += ["", "SHA-256 of the models:", *checksums]
    if failures:
        lines += ["", *(f"error: {finding.details}" for finding in failures)]
    else:
        lines += ["", "Nothing stands in the way of a run."]
    return "\n".join(line.rstrip() for line in lines) + "\n"
