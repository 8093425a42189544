"""A key of the configuration stands in three places: config.yaml, the schema, and one Settings class."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from typing import get_type_hints

import pytest
import yaml

from scoreface.config.files import DEFAULTS
from scoreface.config.schema import load_schema, schema_problems
from scoreface.config.workflow import WorkflowSettings
from scoreface.stages import STAGES, load


def keys_of_file(tree: dict, path: str = "") -> Iterator[str]:
    """Keys with their sections, as in ``fit.weights.jaw``; a list is one value."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from keys_of_file(value, f"{path}{key}.")
        else:
            yield path + key


def keys_of_schema(schema: dict, path: str = "") -> Iterator[str]:
    for key, inner in schema["properties"].items():
        if inner.get("type") == "object":
            assert inner["additionalProperties"] is False, path + key
            assert set(inner["required"]) == set(inner["properties"]), path + key
            yield from keys_of_schema(inner, f"{path}{key}.")
        else:
            assert inner["description"], path + key
            yield path + key


def owners(settings: type) -> set[tuple[str, str]]:
    """Key and class of each field that a settings class and those within it have of their own."""
    found = set()
    hints = get_type_hints(settings)
    for field in fields(settings):
        data = field.metadata
        owner = next(
            c for c in settings.__mro__ if field.name in vars(c).get("__annotations__", {})
        )
        if "key" in data and not data["borrowed"]:
            found.add((data["key"], owner.__qualname__ + " of " + owner.__module__))
        elif "choice" in data:
            found.add((data["choice"], owner.__qualname__ + " of " + owner.__module__))
            for way in data["classes"].values():
                found |= owners(way)
        elif "key" not in data:
            found |= owners(hints[field.name])
    return found


@pytest.fixture(scope="module")
def owned() -> set[tuple[str, str]]:
    classes = [WorkflowSettings, *(load(name).Settings for name in STAGES)]
    return set().union(*map(owners, classes))


def test_file_and_schema_have_the_same_keys() -> None:
    config = yaml.safe_load(DEFAULTS.read_text())
    assert set(keys_of_file(config)) == set(keys_of_schema(load_schema()))
    assert schema_problems(config) == []


def test_each_key_is_read_by_one_settings_class(owned: set[tuple[str, str]]) -> None:
    config = yaml.safe_load(DEFAULTS.read_text())
    times = Counter(key for key, _ in owned)
    assert set(times) == set(keys_of_file(config))
    twice = {
        key: [name for other, name in owned if other == key] for key in times if times[key] > 1
    }
    assert twice == {}
