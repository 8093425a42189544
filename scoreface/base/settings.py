"""Settings classes: frozen dataclasses whose fields are keys of the configuration.

A key stands in one such class, beside ``config.yaml`` and the schema. A stage is handed the part of the configuration
that its class reads, as JSON with the configuration's own names, and nothing else.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Dict, Iterator, Mapping, Tuple, Type, TypeVar, get_type_hints

from scoreface.base.errors import InputError, shown

S = TypeVar("S")


def key(path: str, borrowed: bool = False) -> Any:
    """A field that is a key of the configuration.

    Args:
        path: the key with its sections, such as ``fit.weights.jaw``.
        borrowed: the key belongs to another class, which this one has to agree with.
    """
    return dataclasses.field(metadata={"key": path, "borrowed": borrowed})


def chosen(path: str, classes: Mapping[str, type]) -> Any:
    """A field with the settings of one of several ways, which the key at ``path`` chooses by its name.

    The keys of the other ways are not read, so that a change there changes nothing here.
    """
    return dataclasses.field(metadata={"choice": path, "classes": classes})


def keys(settings: type, borrowed: bool = True) -> Iterator[str]:
    """The keys that a settings class may read, those of all ways to choose from; ``borrowed`` ones too or not."""
    hints = get_type_hints(settings)
    for field in dataclasses.fields(settings):
        data = field.metadata
        if "key" in data:
            if borrowed or not data["borrowed"]:
                yield data["key"]
        elif "choice" in data:
            yield data["choice"]
            for way in data["classes"].values():
                for path in keys(way, borrowed):
                    yield path
        else:
            for path in keys(hints[field.name], borrowed):
                yield path


def subtree(settings: type, config: Mapping[str, Any]) -> Dict[str, Any]:
    """The part of a configuration that a settings class reads, nested as the configuration is.

    Raises:
        InputError: a key is missing.
    """
    tree = {}  # type: Dict[str, Any]
    for path in _keys_read(settings, config):
        sections, _, name = path.rpartition(".")
        place = tree
        for section in filter(None, sections.split(".")):
            place = place.setdefault(section, {})
        place[name] = value_at(config, path)
    return tree


def read(settings: Type[S], config: Mapping[str, Any]) -> S:
    """The settings in a configuration, whole or the part of it that the class reads.

    Raises:
        InputError: a key is missing, of the wrong kind, or has a value that the class refuses.
    """
    hints = get_type_hints(settings)
    values = {}
    for field in dataclasses.fields(settings):  # type: ignore[arg-type]
        data = field.metadata
        if "key" in data:
            values[field.name] = _as(hints[field.name], value_at(config, data["key"]), data["key"])
        elif "choice" in data:
            values[field.name] = read(_way(data, config), config)
        else:
            values[field.name] = read(hints[field.name], config)
    return settings(**values)


def value_at(config: Any, path: str) -> Any:
    """The value of a key such as ``fit.weights.jaw``.

    Raises:
        InputError: it is missing.
    """
    for name in path.split("."):
        if not isinstance(config, Mapping) or name not in config:
            raise InputError("{}: missing".format(path))
        config = config[name]
    return config


def _keys_read(settings: type, config: Mapping[str, Any]) -> Iterator[str]:
    """As :func:`keys`, with those of the way that the configuration chooses only."""
    hints = get_type_hints(settings)
    for field in dataclasses.fields(settings):
        data = field.metadata
        if "key" in data:
            yield data["key"]
        elif "choice" in data:
            yield data["choice"]
            for path in _keys_read(_way(data, config), config):
                yield path
        else:
            for path in _keys_read(hints[field.name], config):
                yield path


def _way(data: Mapping[str, Any], config: Mapping[str, Any]) -> type:
    name = value_at(config, data["choice"])
    if not isinstance(name, str) or name not in data["classes"]:
        raise InputError(
            "{}: {} is none of {}".format(data["choice"], shown(name), ", ".join(data["classes"]))
        )
    return data["classes"][name]


_KINDS = {int: "whole number", float: "number", bool: "boolean", str: "text"}  # type: Dict[Any, str]


def _as(kind: Any, value: Any, path: str) -> Any:
    """The value as the field's kind: a number, a boolean, text, or a tuple of such."""
    if getattr(kind, "__origin__", None) in (tuple, Tuple):
        if not isinstance(value, (list, tuple)):
            raise InputError("{}: {} is no list".format(path, shown(value)))
        return tuple(_as(kind.__args__[0], item, path) for item in value)
    if type(None) not in getattr(kind, "__args__", (type(None),)):
        # One of several kinds, such as a number or a word.
        if type(value) not in kind.__args__:
            raise InputError("{}: {} is not allowed".format(path, shown(value)))
        return value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        # YAML has 0 where 0.0 is meant. What is too large for a float is not finite.
        value = float(value) if abs(value) < 2**1000 else math.inf
    if kind is int and isinstance(value, float) and value.is_integer():
        # And 120e6 where a whole number is meant.
        value = int(value)
    if type(value) is not kind or (kind is float and not math.isfinite(value)):
        raise InputError("{}: {} is no {}".format(path, shown(value), _KINDS[kind]))
    return value
