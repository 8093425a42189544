"""What checks found, as a table, and how a command ends that has made them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Optional, Sequence, Tuple

from scoreface.base.errors import InputError
from scoreface.base.files import sha256_of, write_text

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
    checksums: Tuple[Tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Result:
    """What the check of a model found: for the table, and which files to take the checksums of."""

    details: str
    files: Sequence[Path]
    state: str = OK


def check_model(
    subject: str, path: Path, check: Callable[[Path], Result], made: bool = False
) -> Finding:
    """Run the check of a model.

    Args:
        subject: its key of the configuration.
        path: its file.
        check: raises InputError or OSError where something is wrong.
        made: the workflow makes the file itself, perhaps later.
    """
    try:
        if made and not path.exists():
            return Finding(subject, MADE_LATER, str(path))
        result = check(path)
        checksums = tuple((str(file), sha256_of(file)) for file in result.files)
    except (InputError, OSError) as error:
        problem = str(error)
        if isinstance(error, OSError):
            problem = "{}: {}".format(error.filename or path, error.strerror or error)
        if problem.startswith(subject + ": "):
            problem = problem[len(subject) + 2 :]
        if made:
            problem += "; delete it, and the workflow makes it again"
        return failed(subject, problem)
    return Finding(subject, result.state, "{}: {}".format(path, result.details), checksums)


def failed(subject: str, problem: str) -> Finding:
    """What is wrong with a subject."""
    return Finding(subject, FAILED, "{}: {}".format(subject, problem))


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
    elif any(finding.state == NOT_CHECKED for finding in findings):
        lines += ["", "Nothing that was looked at stands in the way of a run."]
    else:
        lines += ["", "Nothing stands in the way of a run."]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def conclude(findings: Iterable[Finding], out: Optional[Path]) -> None:
    """Print what was found, and write it where all is well.

    Args:
        findings: all of them, the failures too.
        out: a text file; None: it is printed only.

    Raises:
        SystemExit: with status 1 where a check failed, after everything has been printed.
    """
    findings = list(findings)
    text = report(findings)
    print(text, end="", flush=True)
    if any(finding.state == FAILED for finding in findings):
        sys.exit(1)
    if out is not None:
        write_text(out, text)
