"""What a run of the quality benchmark does: which faces, which methods, and the settings behind each."""

from __future__ import annotations

import copy
import functools
import hashlib
import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from scoreface.base.errors import InputError
from scoreface.base.settings import read
from scoreface.benchmark.baselines import BASELINES
from scoreface.benchmark.chain import chain_keys, check_chain
from scoreface.config.assets import Assets
from scoreface.config.schema import checked_config, schema_problems, with_numbers
from scoreface.score.identify import model_digest
from scoreface.stages import inpaint, load, settings_problems

# The name of the configured pipeline where no variant is given.
_ONLY_VARIANT = "scoreface"
# What may differ between variants: all else decides what is there to be filled and where it is measured.
_VARIABLE = (
    "assets.score_model",
    "texture.small",
    "texture.shrink",
    "texture.detail",
    "views.",
    "inpaint.",
)
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
class Plan:
    """A run of the benchmark.

    Attributes:
        config: the workflow's configuration, of which the faces are made and by which all methods are measured.
        variants: for each pipeline to compare, its configuration.
        baselines: names in :data:`scoreface.benchmark.baselines.BASELINES`.
        faces: all photos, whether or not this run does them.
        seed: of the heads.
        fit: the heads are fitted to the photos; otherwise their true geometry is given.
        out: folder of the results.
        asymmetric: the heads' two sides differ, and so does the light on them.
    """

    config: dict[str, Any]
    variants: dict[str, dict[str, Any]]
    baselines: tuple[str, ...]
    faces: tuple[Face, ...]
    seed: int
    fit: bool
    out: Path
    asymmetric: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """The pipelines, then the baselines."""
        return (*self.variants, *self.baselines)

    def keys(self, face: Face) -> dict[str, str]:
        """For each method, and as ``face`` for what all share, a hash of everything that its figures depend on."""
        common = {
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
        }
        own: dict[str, Any] = {"face": "face"}
        for name, config in self.variants.items():
            own[name] = {
                "version": inpaint.VERSION,
                "seed": config["seed"],
                "texture": config["texture"],
                "views": config["views"],
                "pipeline": config["inpaint"]["pipeline"],
                "settings": asdict(read(inpaint.Settings, config).pipeline),
                "rounds": config["inpaint"]["rounds"],
                "precision": config["inpaint"]["precision"],
                "score_model": _model_digest(score_model(config)),
            }
        own |= {name: name for name in self.baselines}
        return {name: _digest({**common, "method": settings}) for name, settings in own.items()}


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
        configfiles: laid over ``config.yaml``, one after the other.
        variants: each a name and settings such as ``inpaint.pipeline=texture``; none: the configuration as it stands.
        baselines: names of plain methods; None: all.
        heads: number of heads.
        yaws: degrees; every head is photographed at each.
        seed: of the heads.
        fit: fit the heads to the photos.
        out: folder of the results.
        asymmetric: give the heads two sides that differ, and light from one.

    Raises:
        InputError: a configuration is wrong or for other heads, a variant's key is unknown or not one that may vary, a
            name is given twice or is no name for a file, a baseline is unknown, or there are no heads.
    """
    config = checked_config(configfiles)
    _check_together(config, "config")
    named = {name: _varied(config, name, settings) for name, *settings in variants}
    baselines = tuple(BASELINES) if baselines is None else tuple(baselines)
    _check_names([name for name, *_ in variants], baselines)
    if heads < 1:
        raise InputError(f"--heads: {heads} is too few; give 1 or more")
    if fit:
        check_chain(config)
    faces = tuple(Face(*pair) for pair in itertools.product(range(heads), yaws))
    return Plan(
        config, named or {_ONLY_VARIANT: config}, baselines, faces, seed, fit, out, asymmetric
    )


def score_model(config: dict[str, Any]) -> str:
    """Path or name of the score model of a configuration.

    Raises:
        InputError: the embedded one has not been made.
    """
    assets = read(Assets, config)
    path = assets.path("score_model")
    if assets.is_made("score_model") and not Path(path).exists():
        raise InputError(
            f"assets.score_model: {path} has not been made; run 'snakemake {path}' first"
        )
    return path


def _varied(config: dict[str, Any], name: str, settings: Sequence[str]) -> dict[str, Any]:
    """The configuration with ``settings`` such as ``inpaint.pipeline=texture`` over it."""
    varied = copy.deepcopy(config)
    for setting in settings:
        key, equals, text = setting.partition("=")
        *path, last = key.split(".")
        group = varied
        for part in path:
            group = group.get(part, {}) if isinstance(group, dict) else {}
        if not equals or not isinstance(group, dict) or last not in group:
            raise InputError(
                f"--variant {name}: {setting!r} is not KEY=VALUE with a key of config.yaml"
            )
        if not key.startswith(_VARIABLE):
            raise InputError(
                f"--variant {name}: {key} is the same for all; put it into a --configfile"
            )
        group[last] = yaml.safe_load(text)
    varied = with_numbers(varied)
    for problem in schema_problems(varied):
        raise InputError(f"--variant {name}: {problem}")
    _check_together(varied, f"--variant {name}")
    return varied


def _check_names(variants: Sequence[str], baselines: Sequence[str]) -> None:
    for name in baselines:
        if name not in BASELINES:
            raise InputError(f"--baselines: {name!r} is none of {', '.join(BASELINES)}")
    for name in variants:
        if not re.fullmatch(r"[\w.-]+", name):
            raise InputError(
                f"--variant: {name!r} is to be the name of files; use letters, digits, _, - and ."
            )
    names = ["face", *variants, *baselines]
    if len(set(names)) < len(names):
        raise InputError(
            f"--variant, --baselines: {', '.join(names[1:])}: give each its own name, and none of them 'face'"
        )


def _check_together(config: dict[str, Any], where: str) -> None:
    for problem in settings_problems(config):
        raise InputError(f"{where}: {problem}")


@functools.cache
def _model_digest(model: str) -> str:
    return model_digest(model)


def _digest(settings: Any) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
