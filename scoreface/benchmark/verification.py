"""Verification across pose on heads whose truth is known: photos, and frontal pictures of what each method makes.

Each head is photographed from the front and turned, each time on another occasion (:mod:`scoreface.benchmark.varied`).
A pair is the front of one head and a turned photo of the same or of another one, both shown in one way: as
photographed, or frontal with the texture that a method completes, or with the true one, which is the ceiling. dlib's
network describes them; landmarks are known, so no detector decides.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from scoreface.base.arrays import write_image
from scoreface.base.errors import InputError
from scoreface.base.settings import read
from scoreface.benchmark.cases import Case, case_of, prepare_cases
from scoreface.benchmark.chain import Rejected
from scoreface.benchmark.gallery import FRONTAL, Picture
from scoreface.benchmark.methods import complete_by
from scoreface.benchmark.plan import Face, Plan
from scoreface.benchmark.pool import each
from scoreface.benchmark.records import FACE, Records
from scoreface.benchmark.varied import RIM, VERSION, varied_photo
from scoreface.demo.photos import Photo
from scoreface.geometry.settings import LensSettings
from scoreface.results.render import portrait_studio
from scoreface.verify.embeddings import Described
from scoreface.verify.pairs import Collector, PairSet, Sample
from scoreface.verify.recognisers import EUCLIDEAN

#: As photographed; and with the true texture.
ORIGINAL, TRUTH = "original", "truth"
_SOURCE = "dlib's network, landmarks known"


def ways_of(plan: Plan, chosen: Sequence[str] | None, completed: int | None) -> dict[str, int]:
    """The ways to show a face, originals, the methods and the truth, each with the number of heads it is for.

    Args:
        plan: of the run.
        chosen: of them; None: all.
        completed: to so many heads, the first ones, come the pipelines, which take long; None: to all.

    Raises:
        InputError: one is unknown, or the pipelines have fewer than two heads.
    """
    known = (ORIGINAL, *plan.methods, TRUTH)
    for way in chosen or ():
        if way not in known:
            raise InputError(f"--ways: {way!r} is none of {', '.join(known)}")
    heads = len({face.head for face in plan.faces})
    few = heads if completed is None else min(completed, heads)
    if few < 2:
        raise InputError(f"--completed: {completed}; two heads are the least that can be compared")
    return {
        way: few if way in plan.variants else heads
        for way in known
        if chosen is None or way in chosen
    }


def run_verification(plan: Plan, ways: Mapping[str, int], jobs: int) -> dict[str, Described]:
    """Describe each face in its ways, but for those that an earlier run described with the same settings.

    ``pictures/{way}/{id}.png`` of the plan's folder are what the network sees.

    Args:
        plan: of the run.
        ways: from :func:`ways_of`.
        jobs: processes at once.

    Returns:
        by way, what is known of the plan's faces, by their places.

    Raises:
        InputError: a stage cannot run.
    """
    prepare_cases(plan)
    with tqdm(total=len(plan.faces), desc="verification", unit="face") as bar:
        for _ in each(functools.partial(_describe, plan, ways), plan.faces, jobs):
            bar.update(1)
    found = {way: Described(EUCLIDEAN, _SOURCE) for way in ways}
    for number, face in enumerate(plan.faces):
        records = _records(plan, face, ways)
        for way in records.hashes:
            record = records.read(way)
            assert record is not None
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


def _describe(plan: Plan, ways: Mapping[str, int], face: Face) -> None:
    """Describe a face in those of its ways that are not done yet."""
    records = _records(plan, face, ways)
    wanted = records.missing
    if not wanted:
        return
    photo = varied_photo(plan.seed, face, plan.config["texture"]["large"], plan.asymmetric)
    case: Case | Rejected | None = None
    if wanted != [ORIGINAL]:
        case = case_of(plan, face, photo, RIM)
    for way in wanted:
        if isinstance(case, Rejected) and way != ORIGINAL:
            records.write(way, {}, case.reason)
            continue
        picture = _as_it_is(photo) if way == ORIGINAL else _frontal(plan, case, way)
        write_image(plan.out / "pictures" / way / f"{face.id}.png", picture.pixels)
        records.write(way, {"vector": picture.describe().round(6).tolist()})


def _as_it_is(photo: Photo) -> Picture:
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


def _records(plan: Plan, face: Face, ways: Mapping[str, int]) -> Records:
    """What is known of a face, in the ways that it is shown in."""
    keys = plan.keys(face, photos=VERSION)
    keys |= dict.fromkeys((ORIGINAL, TRUTH), keys.pop(FACE))
    shown = {way: keys[way] for way, heads in ways.items() if face.head < heads}
    return Records(plan.out / "described" / face.id, shown)
