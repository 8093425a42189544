"""The check of a configuration against its schema: what is wrong, one line a key."""

from __future__ import annotations

import contextlib
import difflib
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from scoreface.base.errors import InputError, shown
from scoreface.config.files import read_config, with_defaults
from scoreface.inpaint.pipelines import PIPELINES
from scoreface.parse.engines import ENGINES

# Keys that there are no longer, and what to write for them.
_GONE = {
    "inpaint.device": "no longer a key; write inpaint.gpu: 0 for cpu, 1 for cuda, auto for auto",
}

# In a clone it is a link to the one in workflow/schemas.
_SCHEMA = Path(__file__).with_name("config.schema.yaml")


@functools.cache
def load_schema() -> dict[str, Any]:
    """The schema, with the names of what can be chosen from the registries that have them."""
    schema = yaml.safe_load(_SCHEMA.read_text())
    sections = schema["properties"]
    sections["inpaint"]["properties"]["pipeline"]["enum"] = list(PIPELINES)
    sections["parse"]["properties"]["engine"]["enum"] = list(ENGINES)
    return schema


def schema_problems(config: Mapping[str, Any]) -> list[str]:
    """What a configuration violates of the schema; nothing where all is well."""
    validator = jsonschema.Draft202012Validator(load_schema())
    return [line for error in validator.iter_errors(config) for line in _explain(error)]


def with_numbers(value: Any, schema: Mapping[str, Any] | None = None) -> Any:
    """The value with numbers and booleans where the schema asks for them and text has them.

    Snakemake hands over nested values of --config as text, and YAML reads 1e-3 as text.

    Args:
        value: a configuration or a part of it.
        schema: that of the part; None: the configuration's.
    """
    schema = load_schema() if schema is None else schema
    if isinstance(value, dict):
        schemas = schema.get("properties", {})
        return {name: with_numbers(inner, schemas.get(name, {})) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_numbers(inner, schema.get("items", {})) for inner in value]
    if isinstance(value, float) and value.is_integer() and "integer" in schema.get("type", ()):
        return int(value)
    if isinstance(value, str):
        if schema.get("type") == "boolean":
            return {"true": True, "false": False}.get(value.lower(), value)
        for kind, read in (("integer", int), ("number", float)):
            if kind in schema.get("type", ()):
                with contextlib.suppress(ValueError):
                    return read(value)
    return value


def _explain(error: jsonschema.ValidationError) -> list[str]:
    """What a violation of the schema says, one line a key.

    Snakemake's own validate() prints the whole schema instead.
    """
    path = [str(part) for part in error.absolute_path]
    value, wanted = error.instance, error.validator_value
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        return [
            _unknown([*path, name[:100]], known) for name in map(str, value) if name not in known
        ]
    if error.validator == "required":
        return [f"{'.'.join([*path, name])}: missing" for name in wanted if name not in value]
    if error.validator == "type":
        kinds = [wanted] if isinstance(wanted, str) else wanted
        problem = f"{shown(value)} is no {' or '.join(kinds).replace('object', 'mapping')}"
    elif error.validator == "enum":
        problem = f"{shown(value)} is none of {', '.join(wanted)}"
    else:
        problem = f"{shown(value)} is not allowed"
    meaning = error.schema.get("description")
    return [f"{'.'.join(path)}: {problem}" + (f" ({meaning})" if meaning else "")]


def _unknown(path: list[str], known: list[str]) -> str:
    """What to write for a key that there is not: what took its place, or what was probably meant."""
    place, name = ".".join(path), path[-1]
    if place in _GONE:
        return f"{place}: {_GONE[place]}"
    nearest = difflib.get_close_matches(name, known, n=1)
    meant = f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(known)}"
    return f"{place}: unknown key; {meant}"


def checked_config(files: Sequence[Path], own: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The configuration of ``config.yaml`` with other values over it, with numbers where text has them.

    Args:
        files: whose values go over it, one after the other.
        own: values that go over it in the place of files.

    Raises:
        InputError: a file is missing or not YAML, or the configuration violates the schema.
    """
    config = with_numbers(read_config(files) if own is None else with_defaults(own))
    problems = schema_problems(config)
    if problems:
        raise InputError("\n".join(problems))
    return config
