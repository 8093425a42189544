"""What a run of the quality benchmark does: which faces, which methods, and the settings behind each."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoreface.base.errors import InputError
from scoreface.benchmark.chain import chain_keys, check_chain
from scoreface.benchmark.contest import Contest, make_contest
from scoreface.stages import load

# Stages whose output the figures depend on.
_STAGES = ("demo_photos", "fit", "project", "preprocess", "merge")
#: Raised when the measures change for the same texture.
VERSION = "5"


@dataclass(frozen=True)
class Face:
    """One photo of one synthetic head.

    Attributes:
        head: its number, from 0.
        yaw: degrees by which the photo sees it turned, positive to the picture's right.
    """

    head: int
    yaw: float

    @property
    def id(self) -> str:
        """As in ``head003_yaw-30``."""
        return f"head{self.head:03d}_yaw{self.yaw + 0.0:+03g}"


@dataclass(frozen=True)
class Plan(Contest):
    """A run of the benchmark.

    Attributes:
        faces: all photos, whether or not this run does them.
        seed: of the heads.
        fit: the heads are fitted to the photos; otherwise their true geometry is given.
        out: folder of the results.
        asymmetric: the heads' two sides differ, and so does the light on them.
    """

    faces: tuple[Face, ...]
    seed: int
    fit: bool
    out: Path
    asymmetric: bool = False

    def keys(self, face: Face, **more: Any) -> dict[str, str]:
        """For each method, and as ``face`` for what all share, a hash of everything that its figures depend on.

        Args:
            face: of the plan.
            more: what they depend on besides.
        """
        return self.hashes(
            {
                "versions": {name: load(name).VERSION for name in _STAGES} | {"benchmark": VERSION},
                "seed": self.seed,
                "asymmetric": self.asymmetric,
                "face": face.id,
                "chain": chain_keys(self.config) if self.fit else None,
                "views": self.config["views"],
                "camera": self.config["camera"],
                "portrait": self.config["render"]["camera"],
                "texture": self.config["texture"],
                "face_size": self.config["inpaint"]["face_size"],
                "project": self.config["project"],
                "preprocess": self.config["preprocess"],
                **more,
            }
        )


def make_plan(
    configfiles: Sequence[Path],
    variants: Sequence[Sequence[str]],
    baselines: Sequence[str] | None,
    heads: int,
    yaws: Sequence[float],
    seed: int,
    fit: bool,
    out: Path,
    asymmetric: bool = False,
) -> Plan:
    """Lay out a run.

    Args:
        configfiles, variants, baselines: see :func:`scoreface.benchmark.contest.make_contest`.
        heads: number of heads.
        yaws: degrees; every head is photographed at each.
        seed: of the heads.
        fit: fit the heads to the photos.
        out: folder of the results.
        asymmetric: give the heads two sides that differ, and light from one.

    Raises:
        InputError: what takes part is wrong, the configuration is for other heads, or there are no heads.
    """
    contest = make_contest(configfiles, variants, baselines)
    if heads < 1:
        raise InputError(f"--heads: {heads} is too few; give 1 or more")
    if fit:
        check_chain(contest.config)
    faces = tuple(Face(*pair) for pair in itertools.product(range(heads), yaws))
    return Plan(**vars(contest), faces=faces, seed=seed, fit=fit, out=out, asymmetric=asymmetric)
