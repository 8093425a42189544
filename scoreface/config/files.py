"""Configuration files, read as the workflow reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from scoreface.base.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
#: The configuration whose values those of a user's own file go over.
DEFAULTS = ROOT / "config.yaml"


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


def _lay_over(config: dict[str, Any], values: dict[str, Any]) -> None:
    """Put ``values`` over ``config``, key by key at every depth, as Snakemake does."""
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            _lay_over(config[key], value)
        else:
            config[key] = value
