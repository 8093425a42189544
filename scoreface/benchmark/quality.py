"""The quality benchmark: faces with ground truth, each completed and measured once by each method."""

from __future__ import annotations

import functools
from collections.abc import Collection
from typing import Any

from tqdm import tqdm

from scoreface.base.arrays import read_image, write_image
from scoreface.base.errors import InputError
from scoreface.base.settings import read
from scoreface.benchmark.calibration import coverage
from scoreface.benchmark.cases import groups_of, held_out, make_case, prepare_cases
from scoreface.benchmark.chain import Rejected
from scoreface.benchmark.measure import Judge
from scoreface.benchmark.methods import Completed, run_methods
from scoreface.benchmark.pictures import draw_face
from scoreface.benchmark.plan import Face, Plan
from scoreface.benchmark.pool import each
from scoreface.benchmark.records import FACE, Records
from scoreface.geometry.settings import LensSettings


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
    records = _records(plan, face)
    wanted = records.missing
    picture = plan.out / "pictures" / f"{face.id}.png"
    if not wanted and picture.exists():
        return
    # It is drawn last, and shows all methods: as long as it is missing, the face is not finished.
    picture.unlink(missing_ok=True)
    case = make_case(plan, face)
    if isinstance(case, Rejected):
        records.reject(wanted, case.reason)
        write_image(picture, read_image(case.overlay))
        return
    judge = Judge(case, held_out(plan.config), read(LensSettings, plan.config))
    if FACE in wanted:
        wanted.remove(FACE)
        records.write(FACE, judge.measure_face())

    def measure(completed: Completed) -> dict[str, Any]:
        several = len(completed.textures) > 1
        within = completed.textures[:, case.region], case.truth[case.region]
        return {
            **judge.measure(completed.textures[0]),
            "view_disagreement": completed.view_disagreement,
            "coverage": coverage(*within) if several else None,
        }

    run_methods(plan, case.scene, face.id, records, wanted, measure)
    textures = {name: read_image(records.texture(name)) for name in plan.methods}
    write_image(picture, draw_face(judge, textures))


def finished_rows(plan: Plan, face: Face) -> list[dict[str, Any]]:
    """The figures of a face, one row a method of the plan that is done with the plan's settings."""
    shown = {"face": face.id, "head": face.head, "yaw": face.yaw}
    shown |= groups_of(plan.seed, face.head, plan.asymmetric)
    return [{**shown, **row} for row in _records(plan, face).rows()]


def _records(plan: Plan, face: Face) -> Records:
    return Records(plan.out / "faces" / face.id, plan.keys(face))
