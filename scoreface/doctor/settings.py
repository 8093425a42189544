"""The part of the workflow's configuration that the checks need, read as the workflow reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scoreface.files import InputError

#: The configuration whose values those of a user's own file go over.
DEFAULTS = Path(__file__).resolve().parents[2] / "config.yaml"

#: The embedded models: those that the workflow makes, in the working directory, and the trained one of the package.
DEMO_ASSETS = {
    "flame_model": "resources/demo/flame_model.pkl",
    "landmark_embedding": "resources/demo/landmark_embedding.pkl",
    "texture_data": "resources/demo/texture_data.npy",
    "score_model": str(Path(__file__).resolve().parents[1] / "demo" / "score_model"),
}

#: The Gaussian prior that the workflow makes for ``assets.score_model: gaussian``.
GAUSSIAN_PRIOR = "resources/demo/prior.npz"


@dataclass(frozen=True)
class Settings:
    """What of the configuration bears on models and machine; each name is that of its key.

    Attributes:
        assets: path, ``demo``, ``gaussian`` or ``auto`` for each model.
        engine: ``flame``, or ``external`` where another fitter made the heads.
        prior_size: pixels along a side of the Gaussian prior's faces.
        large: texels along a side of the texture.
        face_size: pixels along a side of a view.
        device: ``cpu``, ``cuda`` or ``auto``.
        rasteriser: ``embree``, ``pytorch3d`` or ``auto``.
        results: folder of the results.
    """

    assets: dict[str, str]
    engine: str
    prior_size: int
    large: int
    face_size: int
    device: str
    rasteriser: str
    results: Path

    def is_demo(self, name: str) -> bool:
        """True where the model ``name`` is the embedded one."""
        return self.assets[name] == "demo"

    def path(self, name: str) -> Path:
        """Path of the model ``name``, the configured or the embedded one."""
        return Path(asset_path(name, self.assets[name]))

    def is_made(self, name: str) -> bool:
        """True where the workflow makes the model ``name`` itself."""
        return is_made(asset_path(name, self.assets[name]))


def asset_path(name: str, value: str) -> str:
    """Path, or name on the hub, that the configuration's ``value`` for the model ``name`` stands for."""
    if value == "demo":
        return DEMO_ASSETS[name]
    return GAUSSIAN_PRIOR if (name, value) == ("score_model", "gaussian") else value


def is_made(path: str) -> bool:
    """True where the workflow makes the model at ``path`` itself."""
    made = {value for name, value in DEMO_ASSETS.items() if name != "score_model"}
    return path in {*made, GAUSSIAN_PRIOR}


def read_settings(files: Sequence[Path]) -> Settings:
    """The settings of ``config.yaml`` with those of ``files`` over them, one after the other.

    Raises:
        InputError: a file is missing or not YAML, or a key is missing or of the wrong kind.
    """
    return make_settings(read_config(files))


def read_config(files: Sequence[Path]) -> dict[str, Any]:
    """The configuration of ``config.yaml`` with those of ``files`` over it, one after the other, as Snakemake has it.

    Raises:
        InputError: a file is missing or not YAML.
    """
    config: dict[str, Any] = {}
    for path in (DEFAULTS, *files):
        try:
            values = yaml.safe_load(path.read_text())
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise InputError(f"{path}: no readable configuration ({error})") from error
        if not isinstance(values, dict | None):
            raise InputError(f"{path}: no configuration: keys with values are expected")
        _lay_over(config, values or {})
    return config


def parse_settings(text: str) -> Settings:
    """The settings of a configuration in JSON.

    Raises:
        InputError: it is no JSON, or a key is missing or of the wrong kind.
    """
    try:
        return make_settings(json.loads(text))
    except json.JSONDecodeError as error:
        raise InputError(f"config: not JSON ({error})") from error


def make_settings(config: dict[str, Any]) -> Settings:
    """The settings of a whole configuration.

    Raises:
        InputError: a key is missing or of the wrong kind.
    """
    names = ("landmark_predictor", *DEMO_ASSETS)
    return Settings(
        assets={name: str(_value(config, "assets", name)) for name in names},
        engine=str(_value(config, "fit", "engine")),
        prior_size=_number(config, "demo", "prior_size"),
        large=_number(config, "texture", "large"),
        face_size=_number(config, "inpaint", "face_size"),
        device=str(_value(config, "inpaint", "device")),
        rasteriser=str(_value(config, "camera", "rasteriser")),
        results=Path(str(_value(config, "results"))),
    )


def _lay_over(config: dict[str, Any], values: dict[str, Any]) -> None:
    """Put ``values`` over ``config``, key by key at every depth, as Snakemake does."""
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            _lay_over(config[key], value)
        else:
            config[key] = value


def _value(config: Any, *keys: str) -> Any:
    for key in keys:
        if not isinstance(config, dict) or key not in config:
            raise InputError(f"config: {'.'.join(keys)}: missing")
        config = config[key]
    return config


def _number(config: Any, *keys: str) -> int:
    value = _value(config, *keys)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"config: {'.'.join(keys)}: {value!r} is no whole number")
    return value
