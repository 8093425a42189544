"""The quality benchmark: faces with ground truth, each completed and measured once by each method."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tqdm import tqdm

from scoreface.base.arrays import read_image, write_image
from scoreface.base.errors import InputError
from scoreface.base.files import read_json, write_json
from scoreface.base.settings import read
from scoreface.benchmark.calibration import coverage
from scoreface.benchmark.cases import Case, held_out, make_case, prepare_cases
from scoreface.benchmark.chain import Rejected
from scoreface.benchmark.measure import Judge
from scoreface.benchmark.methods import Completed, run_baseline, run_pipeline
from scoreface.benchmark.pictures import draw_face
from scoreface.benchmark.plan import Face, Plan
from scoreface.benchmark.pool import each
from scoreface.geometry.settings import LensSettings

#: Measured once a face, whatever the method.
_FACE_RECORD = "face"


def run_quality(plan: Plan, ids: Collection[str] | None, jobs: int) -> list[dict[str, Any]]:
    """Complete and measure what has not been yet.

    Under ``faces/{id}/`` of the plan's folder each method leaves its texture and a record with its figures and the
    hash of its settings; a method whose record has the plan's hash is not run again. ``pictures/{id}.png`` shows them
    side by side.

    Args:
        plan: of the run.
        ids: the faces to do now; None: all.
        jobs: processes at once.

    Returns:
        one row a face and method of the plan, of those that are done, by this run or an earlier one.

    Raises:
        InputError: an id is not in the plan, or a stage cannot run.
    """
    known = {face.id: face for face in plan.faces}
    unknown = set(ids or ()) - set(known)
    if unknown:
        raise InputError(
            f"--ids: {', '.join(sorted(unknown))}: no such face; they are called as {plan.faces[0].id}, "
            "by a head and a yaw of this run"
        )
    todo = [face for face in plan.faces if ids is None or face.id in ids]
    prepare_cases(plan)
    with tqdm(total=len(todo), desc="quality", unit="face") as bar:
        for _ in each(functools.partial(run_face, plan), todo, jobs):
            bar.update(1)
    return [row for face in plan.faces for row in finished_rows(plan, face)]


def run_face(plan: Plan, face: Face) -> None:
    """Run the methods that have not finished this face with the plan's settings, and draw the face's picture."""
    keys = plan.keys(face)
    wanted = [name for name in keys if _record(plan, face, name, keys[name]) is None]
    picture = plan.out / "pictures" / f"{face.id}.png"
    if not wanted and picture.exists():
        return
    # It is drawn last, and shows all methods: as long as it is missing, the face is not finished.
    picture.unlink(missing_ok=True)
    case = make_case(plan, face)
    if isinstance(case, Rejected):
        for name in wanted:
            write_json(_path(plan, face, name), {"key": keys[name], "reason": case.reason})
        write_image(picture, read_image(case.overlay))
        return
    judge = Judge(case, held_out(plan.config), read(LensSettings, plan.config))
    if _FACE_RECORD in wanted:
        wanted.remove(_FACE_RECORD)
        record = {"key": keys[_FACE_RECORD], "reason": "", **judge.measure_face()}
        write_json(_path(plan, face, _FACE_RECORD), record)
    for name in wanted:
        completed = complete_by(plan, case, name)
        texture, *others = completed.textures
        write_image(_path(plan, face, name).with_suffix(".png"), texture)
        record = {
            "key": keys[name],
            "reason": "",
            **judge.measure(texture),
            "share_filled": completed.share_filled,
            "view_disagreement": completed.view_disagreement,
            "seconds": completed.seconds,
            "evaluations": completed.evaluations,
            "coverage": coverage(completed.textures[:, case.region], case.truth[case.region])
            if others
            else None,
        }
        write_json(_path(plan, face, name), record)
    textures = {
        name: read_image(_path(plan, face, name).with_suffix(".png")) for name in plan.methods
    }
    write_image(picture, draw_face(judge, textures))


def finished_rows(plan: Plan, face: Face) -> list[dict[str, Any]]:
    """The figures of a face, one row a method of the plan that is done with the plan's settings."""
    keys = plan.keys(face)
    records = {name: _record(plan, face, name, key) for name, key in keys.items()}
    shared = records.pop(_FACE_RECORD)
    if shared is None:
        return []
    return [
        {"face": face.id, "head": face.head, "yaw": face.yaw, "method": name, **shared, **record}
        for name, record in records.items()
        if record is not None
    ]


def complete_by(plan: Plan, case: Case, method: str) -> Completed:
    """What one of the plan's methods makes of a face."""
    if method in plan.variants:
        return run_pipeline(case, plan.variants[method])
    return run_baseline(case, method)


def _path(plan: Plan, face: Face, name: str) -> Path:
    return plan.out / "faces" / face.id / f"{name}.json"


def _record(plan: Plan, face: Face, name: str, key: str) -> dict[str, Any] | None:
    """What an earlier run has measured, without the hash, if it did so with the same settings."""
    with contextlib.suppress(FileNotFoundError):
        record = read_json(_path(plan, face, name))
        if record.pop("key") == key:
            return record
    return None
