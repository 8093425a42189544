"""Configuration files, read as the workflow reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from scoreface.base.errors import InputError
from scoreface.base.files import is_there

#: The configuration whose values those of a user's own file go over. In a clone it is a link to the one at the top.
DEFAULTS = Path(__file__).with_name("config.yaml")

# What no configuration needs: more is a mistake, or aliases that multiply until memory ends.
_MOST_BYTES, _MOST_VALUES, _MOST_LEVELS = 1_000_000, 10_000, 20


def read_config(files: Sequence[Path]) -> dict[str, Any]:
    """The configuration of ``config.yaml`` with those of ``files`` over it, one after the other, as Snakemake has it.

    Raises:
        InputError: a file is missing or no YAML, or holds more than a configuration may.
    """
    return read_own((DEFAULTS, *files))


def read_own(files: Sequence[Path]) -> dict[str, Any]:
    """What ``files`` say, one laid over the other, and nothing of ``config.yaml``.

    Raises:
        InputError: as :func:`read_config` does.
    """
    config: dict[str, Any] = {}
    for path in files:
        _lay_over(config, _read(path))
    return config


def with_defaults(own: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of ``config.yaml`` with ``own`` values, which Snakemake has read, over it.

    Raises:
        InputError: ``own`` holds more than a configuration may.
    """
    config = read_config([])
    _lay_over(config, _plain(own, "config"))
    return config


def _read(path: Path) -> dict[str, Any]:
    try:
        # A device, or a pipe, has no end.
        if is_there(path) and not path.is_file():
            raise InputError(f"{path}: no file, so no configuration")
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path}: larger than a megabyte, so no configuration")
        values = yaml.safe_load(path.read_text())
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        # ValueError: not UTF-8, a NUL in the path, or a number of thousands of digits.
        raise InputError(f"{path}: no readable configuration ({error})") from error
    if not isinstance(values, dict | None):
        raise InputError(f"{path}: no configuration: keys with values are expected")
    return _plain(values or {}, str(path))


def _plain(config: Mapping[str, Any], source: str) -> dict[str, Any]:
    """A copy in which nothing stands in two places: YAML's aliases share it.

    Raises:
        InputError: there is no end to it, or it is larger than any configuration.
    """
    left = _MOST_VALUES

    def copied(value: Any, level: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0 or level > _MOST_LEVELS:
            raise InputError(
                f"{source}: more than {_MOST_VALUES} values or {_MOST_LEVELS} levels, perhaps by aliases (&, *); no "
                "configuration has so many"
            )
        if isinstance(value, Mapping):
            return {name: copied(inner, level + 1) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [copied(inner, level + 1) for inner in value]
        return value

    return copied(config, 0)


def _lay_over(config: dict[str, Any], values: dict[str, Any]) -> None:
    """Put ``values`` over ``config``, key by key at every depth, as Snakemake does."""
    for key, value in values.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            _lay_over(config[key], value)
        else:
            config[key] = value
