"""What a benchmark compares: pipelines, each a variant of the configuration, and plain methods."""

from __future__ import annotations

import copy
import functools
import hashlib
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
from scoreface.benchmark.records import FACE
from scoreface.config.assets import Assets
from scoreface.config.schema import checked_config, schema_problems, with_numbers
from scoreface.score.identify import model_digest
from scoreface.stages import inpaint, settings_problems

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


@dataclass(frozen=True)
class Contest:
    """Methods, and the configuration that they have in common.

    Attributes:
        config: the workflow's configuration, of which the faces are made and by which all methods are measured.
        variants: for each pipeline to compare, its configuration.
        baselines: names in :data:`scoreface.benchmark.baselines.BASELINES`.
    """

    config: dict[str, Any]
    variants: dict[str, dict[str, Any]]
    baselines: tuple[str, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        """The pipelines, then the baselines."""
        return (*self.variants, *self.baselines)

    def hashes(self, common: dict[str, Any]) -> dict[str, str]:
        """For each method, and for what all share as ``face``, a hash of its settings and what is ``common``."""
        own: dict[str, Any] = {FACE: FACE}
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
        return {name: digest({**common, "method": settings}) for name, settings in own.items()}


def make_contest(
    configfiles: Sequence[Path],
    variants: Sequence[Sequence[str]],
    baselines: Sequence[str] | None,
) -> Contest:
    """Read who takes part.

    Args:
        configfiles: laid over ``config.yaml``, one after the other.
        variants: each a name and settings such as ``inpaint.pipeline=texture``; none: the configuration as it stands.
        baselines: names of plain methods; None: all.

    Raises:
        InputError: a configuration is wrong, a variant's key is unknown or not one that may vary, a name is given
            twice or is no name for a file, or a baseline is unknown.
    """
    config = checked_config(configfiles)
    _check_together(config, "config")
    named = {name: _varied(config, name, settings) for name, *settings in variants}
    baselines = tuple(BASELINES) if baselines is None else tuple(baselines)
    _check_names([name for name, *_ in variants], baselines)
    return Contest(config, named or {_ONLY_VARIANT: config}, baselines)


def digest(settings: Any) -> str:
    """A hash, in hexadecimal digits, of what JSON can say."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


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
    names = [FACE, *variants, *baselines]
    if len(set(names)) < len(names):
        raise InputError(
            f"--variant, --baselines: {', '.join(names[1:])}: give each its own name, and none of them {FACE!r}"
        )


def _check_together(config: dict[str, Any], where: str) -> None:
    for problem in settings_problems(config):
        raise InputError(f"{where}: {problem}")


@functools.cache
def _model_digest(model: str) -> str:
    return model_digest(model)
