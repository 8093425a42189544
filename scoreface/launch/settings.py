"""The configuration of a run: what the user's files say, with paths that mean the same from any folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from scoreface import stages
from scoreface.base.errors import InputError
from scoreface.base.files import is_there, write_text
from scoreface.config.assets import SCORE_MODELS
from scoreface.config.files import read_own, with_defaults
from scoreface.config.schema import with_numbers

#: Keys whose values are paths, beside those of the list, and the words there that are none.
PATHS = {
    "assets.flame_model": ("demo",),
    "assets.landmark_embedding": ("demo",),
    "assets.texture_data": ("demo",),
    "assets.landmark_predictor": ("auto",),
    "assets.flame_masks": ("auto",),
    "parse.person_model": ("auto",),
    "parse.onnx.model": (),
    "parse.labels.pictures": (),
    "parse.labels.palette": (),
    "fit.external.mesh": (),
    "fit.external.texture": (),
    "fit.external.axis_angle": (),
    "fit.landmarks": (),
}
#: Keys whose values are paths where there is such a folder or file, and names on a hub elsewhere.
PERHAPS_PATHS = ("assets.score_model", "parse.segformer.model")

# What photos and --out say; relative to the folder of Snakemake's own things in that of the results.
_OF_LIST = {"ids": "../photos.tsv", "images": "", "results": ".."}

_ABOUT = """\
# The settings of these faces, which go over ScoreFace's config.yaml. Written by `scoreface run`, which takes them again
# where it is given neither --config nor --views; delete the file to go back to the defaults.
"""


def own_settings(files: Sequence[Path], views: Sequence[int]) -> dict[str, Any]:
    """What configuration files and the angles of the command line say.

    Args:
        files: the later goes over the earlier.
        views: azimuths to render, in degrees; empty: as the configuration has it.

    Raises:
        InputError: a file is missing or no configuration, or says what photos are given for.
    """
    config = read_own(files)
    said = [key for key in _OF_LIST if key in config]
    if said:
        names = ", ".join(map(str, files))
        raise InputError(f"{said[0]}: the photos and --out say that; leave it out of {names}")
    if views:
        config.setdefault("render", {})["azimuths"] = list(views)
    for path in (*PATHS, *PERHAPS_PATHS):
        _make_absolute(config, path)
    # Before Snakemake does, which says it in more words.
    problems = stages.config_problems(with_numbers(with_defaults(config)))
    if problems:
        raise InputError("\n".join(problems))
    return config


def kept_settings(path: Path) -> dict[str, Any]:
    """The settings of an earlier run; empty where there was none, or they are the defaults."""
    config = read_own([path]) if path.exists() else {}
    return {key: value for key, value in config.items() if key not in _OF_LIST}


def write_settings(path: Path, config: Mapping[str, Any]) -> None:
    """Write settings, with where the list and the results are, for Snakemake's ``--configfile``."""
    whole = {key: value for key, value in _OF_LIST.items() if value} | dict(config)
    write_text(path, _ABOUT + yaml.safe_dump(whole, sort_keys=False, allow_unicode=True))


def _make_absolute(config: dict[str, Any], key: str) -> None:
    *sections, name = key.split(".")
    place: Any = config
    for section in sections:
        place = place.get(section) if isinstance(place, dict) else None
    value = place.get(name) if isinstance(place, dict) else None
    if not isinstance(value, str) or not value or value in PATHS.get(key, ()):
        return
    if key not in PERHAPS_PATHS or (value not in SCORE_MODELS and is_there(Path(value))):
        place[name] = str(Path(value).absolute())
