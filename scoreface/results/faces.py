"""What became of one id, read from the files that it has."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from scoreface.base.arrays import WHOLE_NUMBERS, Array, read_labels, read_npz
from scoreface.base.errors import InputError
from scoreface.base.files import read_json
from scoreface.results.ranges import Ranges
from scoreface.texture.state import COMPLETED, GENERATED_1, GENERATED_2, OBSERVED, shares_of

STAGES = (
    "mesh_landmarks",
    "detect",
    "parse",
    "fit",
    "adopt",
    "project",
    "preprocess",
    "order_views",
    "inpaint",
    "merge",
    "render",
    "export",
    "identity",
)

STATUSES = COMPLETE, REJECTED, UNFINISHED = "complete", "rejected", "unfinished"


def _sum_of_known(values: list) -> Any:
    """The sum of the values that are not None; None when there are none."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


@dataclass(frozen=True)
class FaceSummary:
    """What became of one id; None or nothing where it is not known, or not yet.

    Attributes:
        id: as in the list.
        status: ``complete`` (the texture is finished), ``rejected`` (the photo cannot be used) or
            ``unfinished``.
        reason: why it is not complete; empty when it is.
        look_at: why a complete or accepted face is better looked at: of a column that is out of range, a sentence.
        yaw: of the head in the photo, degrees; positive turns the face to the picture's right.
        pitch: degrees, positive lowers the chin.
        roll: degrees, positive tilts the head counter-clockwise in the picture.
        reprojection_error: root mean square landmark distance over the inter-ocular distance.
        outline_iou: how well the head covers the bare skin and nothing of the background, 0 to 1.
        shares: share of the UV chart's texels for each provenance label but ``OUTSIDE``.
        evaluations: of the score network, over all views and rounds.
        n_faces: how many faces were found in the photo.
        found_by: which way, such as ``hog`` or ``mediapipe``.
        identity_before: distance between the photo and the frontal render of its texels alone, as dlib's network for
            faces sees them; below 0.6 it takes them for one person.
        identity_after: that between the photo and the frontal render of the complete head.
        seconds: wall-clock time of each stage; of ``inpaint`` the sum over its jobs.
        notes: sentences on what the face parser could not do as it should.
    """

    id: str
    status: str
    reason: str
    look_at: dict[str, str] = field(default_factory=dict)
    yaw: float | None = None
    pitch: float | None = None
    roll: float | None = None
    reprojection_error: float | None = None
    outline_iou: float | None = None
    shares: dict[int, float] = field(default_factory=dict)
    evaluations: int | None = None
    n_faces: int | None = None
    found_by: str = ""
    identity_before: float | None = None
    identity_after: float | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def cells(self) -> dict[str, str]:
        """One row of the table: column to text."""
        generated = [self.shares.get(label) for label in (GENERATED_1, GENERATED_2)]
        cells = {
            "id": self.id,
            "status": self.status,
            "reason": " ".join(self.reason.split()),
            "flag": " ".join(" ".join(self.look_at.values()).split()),
            "yaw": _number(self.yaw, 2),
            "pitch": _number(self.pitch, 2),
            "roll": _number(self.roll, 2),
            "reprojection_error": _number(self.reprojection_error, 4),
            "outline_iou": _number(self.outline_iou, 4),
            "faces_found": _number(self.n_faces, 0),
            "found_by": " ".join(self.found_by.split()),
            "share_observed": _number(self.shares.get(OBSERVED), 4),
            "share_generated": _number(_sum_of_known(generated), 4),
            "share_completed": _number(self.shares.get(COMPLETED), 4),
            "network_evaluations": _number(self.evaluations, 0),
            "identity_before": _number(self.identity_before, 4),
            "identity_after": _number(self.identity_after, 4),
        }
        for stage in STAGES:
            cells[f"seconds_{stage}"] = _number(self.seconds.get(stage), 2)
        return cells


# Of the table, in their order.
COLUMNS = tuple(FaceSummary("", "", "").cells())


def summarise(id: str, folder: Path, ranges: Ranges) -> FaceSummary:
    """What became of one id, by its ``folder``. Files that are missing or damaged leave blanks."""
    fit, trouble = _read_fit(folder / "fit" / "fit.json")
    rejected = fit.get("status") == "rejected"
    faces, error = _float(fit.get("n_faces")), _float(fit.get("reprojection_error"))
    face = FaceSummary(
        id,
        REJECTED if rejected else UNFINISHED,
        str(fit.get("reason") or trouble),
        yaw=_float(fit.get("yaw")),
        pitch=_float(fit.get("pitch")),
        roll=_float(fit.get("roll")),
        reprojection_error=error,
        outline_iou=_float(fit.get("outline_iou")),
        n_faces=None if faces is None else int(faces),
        found_by=str(fit.get("found_by") or ""),
        seconds=_seconds(folder / "benchmarks"),
        notes=_notes(folder / "parse" / "parse.json"),
    )
    if rejected or trouble:
        return face
    views = _evaluations(folder / "inpaint")
    before, after, unlike = _identity(folder / "identity.json")
    look_at = {
        "identity_after": ranges.of_identity(after, unlike),
        # The fit's own flag, which knows fit.min_outline_iou.
        "outline_iou": str(fit.get("flag") or ""),
        "reprojection_error": ranges.of_error(error),
        "faces_found": ranges.of_faces(face.n_faces),
    }
    face = replace(
        face,
        reason=f"fitted, {len(views)} views inpainted so far" if fit else "not fitted yet",
        look_at={column: sentence for column, sentence in look_at.items() if sentence},
        shares=_shares(folder / "provenance.png"),
        evaluations=_sum_of_known(views),
        identity_before=before,
        identity_after=after,
    )
    if face.shares and (folder / "texture.png").is_file():
        return replace(face, status=COMPLETE, reason="")
    return face


def _read_fit(path: Path) -> tuple[dict[str, Any], str]:
    """The content of ``fit.json``, empty when there is none, and what is wrong with it."""
    try:
        fit = read_json(path)
    except FileNotFoundError:
        return {}, ""
    except (InputError, OSError) as error:
        return {}, str(error)
    return (fit, "") if isinstance(fit, dict) else ({}, f"{path}: no record of a fit")


def _shares(path: Path) -> dict[int, float]:
    """Share of the chart's texels for each label, empty without a readable provenance picture."""
    try:
        return shares_of(read_labels(path))
    except (InputError, TypeError, ValueError):
        return {}


def _identity(path: Path) -> tuple[float | None, float | None, str]:
    """The distances before and after completion, and why there is none; blanks without a readable record."""
    try:
        record = read_json(path)
    except (InputError, OSError):
        return None, None, ""
    if not isinstance(record, dict):
        return None, None, ""
    before, after = (_float(record.get(f"distance_{when}")) for when in ("before", "after"))
    return before, after, str(record.get("reason") or "")


def _notes(path: Path) -> tuple[str, ...]:
    """The notes of the parse, none where there is no readable record."""
    try:
        record = read_json(path)
    except (InputError, OSError):
        return ()
    notes = record.get("notes") if isinstance(record, dict) else None
    return tuple(map(str, notes)) if isinstance(notes, list) else ()


def _evaluations(folder: Path) -> list[int | None]:
    """Network evaluations of each view that is done, None where its state does not tell."""
    return [_evaluations_of(path) for path in sorted(folder.glob("round*/view*.npz"))]


def _evaluations_of(state: Path) -> int | None:
    try:
        # Only this member of the archive is read, not the texture.
        found = read_npz(state, {"evaluations": Array(WHOLE_NUMBERS)}, "texture state")
    except InputError:
        return None
    return int(found["evaluations"])


def _seconds(folder: Path) -> dict[str, float]:
    """Wall-clock seconds of each stage from Snakemake's benchmark tables, whose column is ``s``."""
    seconds: dict[str, float] = {}
    for path in sorted(folder.rglob("*.tsv")):
        name = path.relative_to(folder).as_posix().replace("-", "_")
        stage = next((stage for stage in STAGES if name.startswith(stage)), None)
        spent = _benchmark(path)
        if stage and spent is not None:
            seconds[stage] = seconds.get(stage, 0.0) + spent
    return {stage: seconds[stage] for stage in STAGES if stage in seconds}


def _benchmark(path: Path) -> float | None:
    try:
        with path.open(newline="") as file:
            runs = [_float(row.get("s")) for row in csv.DictReader(file, delimiter="\t")]
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    return _sum_of_known(runs)


def _float(value: Any) -> float | None:
    """A finite number, or None for all that is none."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None
