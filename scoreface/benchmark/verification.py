"""Verification across pose on heads whose truth is known: photos, and frontal pictures of what each method makes.

Each head is photographed from the front and turned. A pair is the front of one head and a turned photo of the same or
of another one, both shown in one way: as photographed, or frontal with the texture that a method completes, or with
the true one, which is the ceiling. dlib's network describes them; landmarks are known, so no detector decides.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from scoreface.base.arrays import write_image
from scoreface.base.errors import InputError
from scoreface.base.files import read_json, write_json
from scoreface.base.settings import read
from scoreface.benchmark.cases import Case, make_case, prepare_cases, take_photo
from scoreface.benchmark.chain import Rejected
from scoreface.benchmark.gallery import FRONTAL, Picture
from scoreface.benchmark.methods import complete_by
from scoreface.benchmark.plan import Face, Plan
from scoreface.benchmark.pool import each
from scoreface.geometry.settings import LensSettings
from scoreface.results.render import portrait_studio
from scoreface.verify.embeddings import Described
from scoreface.verify.pairs import Collector, PairSet, Sample
from scoreface.verify.recognisers import EUCLIDEAN

#: As photographed; and with the true texture.
ORIGINAL, TRUTH = "original", "truth"
_SOURCE = "dlib's network, landmarks known"


def ways_of(plan: Plan, chosen: Sequence[str] | None) -> tuple[str, ...]:
    """The ways to show a face, all or those that are chosen: originals, the methods, the truth.

    Raises:
        InputError: one is unknown.
    """
    known = (ORIGINAL, *plan.methods, TRUTH)
    for way in chosen or ():
        if way not in known:
            raise InputError(f"--ways: {way!r} is none of {', '.join(known)}")
    return known if chosen is None else tuple(way for way in known if way in chosen)


def run_verification(plan: Plan, ways: Sequence[str], jobs: int) -> dict[str, Described]:
    """Describe each face in each way, but for those that an earlier run described with the same settings.

    ``pictures/{way}/{id}.png`` of the plan's folder are what the network sees.

    Args:
        plan: of the run.
        ways: from :func:`ways_of`.
        jobs: processes at once.

    Returns:
        by way, what is known of the plan's faces, in their order.

    Raises:
        InputError: a stage cannot run.
    """
    prepare_cases(plan)
    with tqdm(total=len(plan.faces), desc="verification", unit="face") as bar:
        for _ in each(functools.partial(_describe, plan, ways), plan.faces, jobs):
            bar.update(1)
    found = {way: Described(EUCLIDEAN, _SOURCE) for way in ways}
    for number, face in enumerate(plan.faces):
        for way, record in _records(plan, face, ways).items():
            if record["reason"]:
                found[way].reasons[number] = record["reason"]
            else:
                found[way].vectors[number] = np.array(record["vector"])
    return found


def pairs_of(plan: Plan, yaw: float) -> PairSet:
    """The fronts of all heads with all photos at a yaw; the front is the plan's first yaw.

    The samples are the plan's faces, in their order.
    """
    found = Collector(plan.out, plan.out)
    places = {
        face: found.picture(Sample(face.id, f"{plan.out}, {face.id}"), str(face.head))
        for face in plan.faces
    }
    front = plan.faces[0].yaw
    heads = sorted({face.head for face in plan.faces})
    for one, other in itertools.product(heads, heads):
        found.pair(places[Face(one, front)], places[Face(other, yaw)], one == other)
    return found.done()


def _describe(plan: Plan, ways: Sequence[str], face: Face) -> None:
    """Describe a face in the ways that are not done yet."""
    done = _records(plan, face, ways)
    wanted = [way for way in ways if way not in done]
    if not wanted:
        return
    keys, reason = _keys(plan, face), ""
    case: Case | Rejected | None = None
    if wanted != [ORIGINAL]:
        case = make_case(plan, face)
        reason = case.reason if isinstance(case, Rejected) else ""
    for way in wanted:
        path = _path(plan, face, way)
        if reason and way != ORIGINAL:
            write_json(path, {"key": keys[way], "reason": reason})
            continue
        picture = _photo(plan, face) if way == ORIGINAL else _frontal(plan, case, way)
        write_image(plan.out / "pictures" / way / f"{face.id}.png", picture.pixels)
        vector = picture.describe().round(6).tolist()
        write_json(path, {"key": keys[way], "reason": "", "vector": vector})


def _photo(plan: Plan, face: Face) -> Picture:
    photo = take_photo(plan.seed, face, plan.config["texture"]["large"], plan.asymmetric)
    return Picture(photo.image, photo.visible, photo.landmarks_2d)


def _frontal(plan: Plan, case: Any, way: str) -> Picture:
    """The case's head from the front, as the workflow's own pictures show it."""
    lens, scene = read(LensSettings, plan.config), case.scene
    if way == TRUTH:
        studio = portrait_studio(case.head, case.photo.axis_angle, lens, scene.back_end)
        return case.gallery(studio).picture(case.truth, FRONTAL)
    studio = portrait_studio(scene.mesh, scene.axis_angle, lens, scene.back_end)
    texture = complete_by(plan, case.scene, case.face.id, way).textures[0]
    return case.gallery(studio).picture(texture, FRONTAL)


def _keys(plan: Plan, face: Face) -> dict[str, str]:
    keys = plan.keys(face)
    shared = keys.pop("face")
    return {ORIGINAL: shared, TRUTH: shared, **keys}


def _path(plan: Plan, face: Face, way: str) -> Path:
    return plan.out / "described" / way / f"{face.id}.json"


def _records(plan: Plan, face: Face, ways: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What is known of a face by way, where it was made with the plan's settings."""
    keys, records = _keys(plan, face), {}
    for way in ways:
        with contextlib.suppress(FileNotFoundError):
            record = read_json(_path(plan, face, way))
            if record.pop("key") == keys[way]:
                records[way] = record
    return records
