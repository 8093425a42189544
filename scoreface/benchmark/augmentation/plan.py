"""What a run of the augmentation benchmark does: who is trained on, what each set shows of them, and who is tested."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scoreface.base.errors import InputError
from scoreface.base.settings import read, subtree
from scoreface.benchmark import varied
from scoreface.benchmark.augmentation.recogniser import Training
from scoreface.benchmark.plan import Face, Plan, make_plan
from scoreface.benchmark.records import FACE
from scoreface.results.augmented.settings import ARCFACE, PHOTO, VARIED
from scoreface.stages import augment

#: Of frontal photos alone; with further ones, as many as there are views; and with views that show the true texture.
FRONTAL, MORE, TRUTH = "frontal", "more-frontal", "truth"
#: Number of the first head that is tested: those before it may be trained on.
TESTED_FROM = 100_000
#: Raised when the same settings give other pictures or other figures.
VERSION = "1"


@dataclass(frozen=True)
class Augmentation:
    """A run of the benchmark.

    Attributes:
        plan: whose faces are the heads to train on, from the front, and whose configuration has the views' poses.
        tests: number of other heads, which are tested.
        yaws: degrees, at which these are photographed; the first is compared with each other one.
        photos: frontal photos of each head to train on, the first of which is completed.
        sets: what is trained on: ``frontal``, and these photos with what each of the others has beside them.
        training: how.
        seeds: number of trainings on each set.
    """

    plan: Plan
    tests: int
    yaws: tuple[float, ...]
    photos: int
    sets: tuple[str, ...]
    training: Training
    seeds: int

    @property
    def tested(self) -> tuple[Face, ...]:
        """The photos to test on, of one head after the other."""
        heads = range(TESTED_FROM, TESTED_FROM + self.tests)
        return tuple(Face(*pair) for pair in itertools.product(heads, self.yaws))

    @property
    def folder(self) -> Path:
        """Of the results."""
        return self.plan.out

    @property
    def augmented(self) -> tuple[str, ...]:
        """The sets that have more than the frontal photos."""
        return tuple(name for name in self.sets if name != FRONTAL)

    @property
    def views(self) -> int:
        """Of each completed head."""
        return read(augment.Settings, self.plan.config).pictures.views

    def size(self, name: str) -> int:
        """How many pictures a set has."""
        return len(self.plan.faces) * (self.photos + (0 if name == FRONTAL else self.views))

    def completions(self, face: Face) -> dict[str, str]:
        """For each method, and as ``face`` for what all share, a hash of what a head's texture depends on."""
        return self.plan.keys(face, photos=varied.VERSION)

    def hashes(self, face: Face) -> dict[str, str]:
        """For each set a hash of what its own pictures of a head depend on."""
        common = {"photos": varied.VERSION, "augmentation": VERSION}
        views = subtree(augment.Settings, self.plan.config), augment.VERSION
        keys = self.plan.keys(face, **common, views=views)
        keys[TRUTH] = keys.pop(FACE)
        keys[FRONTAL] = self.plan.keys(face, **common, number=self.photos)[FACE]
        keys[MORE] = self.plan.keys(face, **common, behind=self.photos, number=self.views)[FACE]
        return {name: keys[name] for name in self.sets}

    def photographed(self, face: Face) -> str:
        """A hash of what a photo to test on depends on."""
        return self.plan.keys(face, photos=varied.VERSION, augmentation=VERSION)[FACE]


def make_augmentation(
    configfiles: Sequence[Path],
    variants: Sequence[Sequence[str]],
    baselines: Sequence[str] | None,
    sets: Sequence[str] | None,
    identities: int,
    tests: int,
    yaws: Sequence[float],
    photos: int,
    views: int,
    training: Training,
    seeds: int,
    seed: int,
    out: Path,
    asymmetric: bool = False,
) -> Augmentation:
    """Lay out a run.

    Args:
        configfiles, variants, baselines: see :func:`scoreface.benchmark.contest.make_contest`.
        sets: of ``frontal``, which is always one, ``more-frontal``, the methods and ``truth``; None: all.
        identities: number of heads to train on.
        tests, yaws, photos, training, seeds: see :class:`Augmentation`.
        views: of each completed head.
        seed: of the heads and the trainings.
        out: folder of the results.
        asymmetric: give the heads two sides that differ.

    Raises:
        InputError: what takes part is wrong, a set is unknown, or there is too little of something.
    """
    least = {"--photos": photos, "--views": views, "--steps": training.steps, "--seeds": seeds}
    for option, number in {**least, "--batch": training.batch - 1}.items():
        if number < 1:
            raise InputError(
                f"{option}: too few; give {'2' if option == '--batch' else '1'} or more"
            )
    if not 2 <= identities <= TESTED_FROM:
        raise InputError(f"--identities: {identities}; give 2 to {TESTED_FROM:,}")
    if tests < 2 or not len(set(yaws)) == len(yaws) > 1:
        raise InputError("--tests, --yaws: give two heads and two yaws or more, each yaw once")
    plan = make_plan(
        configfiles, variants, baselines, identities, (0.0,), seed, False, out, asymmetric
    )
    known = (FRONTAL, MORE, *plan.methods, TRUTH)
    for name in sets or ():
        if name not in known:
            raise InputError(f"--sets: {name!r} is none of {', '.join(known)}")
    # The others are measured against it.
    wanted = known if sets is None else (FRONTAL, *sets)
    chosen = tuple(name for name in known if name in wanted)
    plan = replace(plan, config=_shown(plan.config, views))
    return Augmentation(plan, tests, tuple(yaws), photos, chosen, training, seeds)


def _shown(config: dict[str, Any], views: int) -> dict[str, Any]:
    """The configuration with views as recognisers are trained with: aligned, in light of their own, before something.

    Raises:
        InputError: with the limits of its poses, that cannot be.
    """
    fixed = {"poses": "uniform", "views": views, "alignment": ARCFACE, "light": VARIED}
    fixed |= {"background": PHOTO, "average_flipped": False}
    shown = {**config, "augment": {**config["augment"], **fixed}}
    read(augment.Settings, shown)
    return shown
