"""What a run of the benchmark on real photos does: which photos, what is hidden, and the settings behind it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scoreface.api.models import check_models
from scoreface.base.errors import InputError
from scoreface.benchmark.chain import chain_keys, photo_files
from scoreface.benchmark.contest import Contest, make_contest
from scoreface.config.photos import find_photos, name_photos
from scoreface.stages import load

# Stages whose output the figures depend on, behind those of the chain.
_STAGES = ("preprocess", "merge")
#: Raised when what is hidden changes, or the measures do for the same texture.
VERSION = "1"


@dataclass(frozen=True)
class Trial:
    """One photo, and where the camera is moved to that decides what stays of it.

    Attributes:
        photo: its id.
        path: its file.
        yaw: degrees by which such a camera sees the head turned further, positive to the picture's right.
    """

    photo: str
    path: Path
    yaw: float

    @property
    def id(self) -> str:
        """As in ``astronaut_yaw-30``."""
        return f"{self.photo}_yaw{self.yaw + 0.0:+03g}"


@dataclass(frozen=True)
class HoldoutPlan(Contest):
    """A run of the benchmark.

    Attributes:
        photos: their files, by their ids.
        yaws: degrees, see :class:`Trial`.
        out: folder of the results.
    """

    photos: dict[str, Path]
    yaws: tuple[float, ...]
    out: Path

    @property
    def models(self) -> Path:
        """Folder of the files that all photos share."""
        return self.out / "models"

    def trials(self, photo: str) -> list[Trial]:
        """What is done with a photo."""
        return [Trial(photo, self.photos[photo], yaw) for yaw in self.yaws]

    def keys(self, trial: Trial) -> dict[str, str]:
        """For each method, and as ``face`` for what all share, a hash of everything that its figures depend on."""
        config = self.config
        return self.hashes(
            {
                "versions": {name: load(name).VERSION for name in _STAGES} | {"holdout": VERSION},
                "trial": trial.id,
                "chain": chain_keys(config, photo_files(trial.path, trial.photo, config)),
                "views": config["views"],
                "camera": config["camera"],
                "portrait": config["render"]["camera"],
                "texture": config["texture"],
                "face_size": config["inpaint"]["face_size"],
                "preprocess": config["preprocess"],
            }
        )


def make_holdout_plan(
    configfiles: Sequence[Path],
    variants: Sequence[Sequence[str]],
    baselines: Sequence[str] | None,
    photos: Path,
    yaws: Sequence[float],
    out: Path,
) -> HoldoutPlan:
    """Lay out a run.

    Args:
        configfiles, variants, baselines: see :func:`scoreface.benchmark.contest.make_contest`.
        photos: a folder of photos, those below it included, or a photo.
        yaws: degrees, see :class:`Trial`.
        out: folder of the results; what lies in it is no photo.

    Raises:
        InputError: what takes part is wrong, a model is not there, the heads are another fitter's, there is no photo,
            or nothing would be hidden.
    """
    contest = make_contest(configfiles, variants, baselines)
    check_models(contest.config)
    if contest.config["fit"]["engine"] != "flame":
        raise InputError(
            "fit.engine: of another fitter's heads the camera is not known, and so not what it would see from "
            "elsewhere; set it to flame"
        )
    for yaw in yaws:
        if not 0 < abs(yaw) < 180:
            raise InputError(f"--yaws: {yaw:g} is not beside the photo's camera; give degrees")
    inside = os.path.realpath(out) + os.sep
    found, _ = find_photos([photos])
    found = [path for path in found if not os.path.realpath(path).startswith(inside)]
    if not found:
        raise InputError(f"{photos}: all photos in it are results of this benchmark")
    return HoldoutPlan(
        **vars(contest), photos=name_photos(found), yaws=tuple(dict.fromkeys(yaws)), out=out
    )
