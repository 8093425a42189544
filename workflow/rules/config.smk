"""The configuration, checked before anything else: an error is one line that names the key."""

import contextlib
import difflib

import jsonschema
import yaml
from snakemake.exceptions import WorkflowError

from scoreface.doctor.settings import asset_path, is_made
from scoreface.score.names import is_hub_name


def with_numbers(value, schema):
    """The value with numbers and booleans where the schema asks for them and text has them.

    Snakemake hands over nested values of --config as text, and YAML reads 1e-3 as text.
    """
    if isinstance(value, dict):
        schemas = schema.get("properties", {})
        return {name: with_numbers(inner, schemas.get(name, {})) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_numbers(inner, schema.get("items", {})) for inner in value]
    if isinstance(value, str):
        if schema.get("type") == "boolean":
            return {"true": True, "false": False}.get(value.lower(), value)
        for kind, read in (("integer", int), ("number", float)):
            if kind in schema.get("type", ()):
                with contextlib.suppress(ValueError):
                    return read(value)
    return value


def explain(error):
    """What a violation of the schema says, one line a key.

    Snakemake's own validate() prints the whole schema instead.
    """
    path = [str(part) for part in error.absolute_path]
    value, wanted = error.instance, error.validator_value
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        return [
            f"{'.'.join([*path, name])}: unknown key; {suggestion(name, known)}"
            for name in map(str, value)
            if name not in known
        ]
    if error.validator == "required":
        return [f"{'.'.join([*path, name])}: missing" for name in wanted if name not in value]
    if error.validator == "type":
        kinds = [wanted] if isinstance(wanted, str) else wanted
        problem = f"{value!r} is no {' or '.join(kinds).replace('object', 'mapping')}"
    elif error.validator == "enum":
        problem = f"{value!r} is none of {', '.join(wanted)}"
    else:
        problem = f"{value!r} is not allowed"
    meaning = error.schema.get("description")
    return [f"{'.'.join(path)}: {problem}" + (f" ({meaning})" if meaning else "")]


def suggestion(name, known):
    """The known key that a misspelt one was probably meant to be."""
    nearest = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(known)}"


def check_config():
    """Stop before any job, in one message, when keys are unknown, missing or of the wrong kind, or models are missing."""
    with Path(workflow.basedir, "workflow/schemas/config.schema.yaml").open() as handle:
        schema = yaml.safe_load(handle)
    config.update(with_numbers(config, schema))
    validator = jsonschema.Draft202012Validator(schema)
    problems = [line for error in validator.iter_errors(config) for line in explain(error)]
    # A model that is named is looked for only once the rest is known to be sound.
    for name, value in () if problems else config["assets"].items():
        on_hub = name == "score_model" and is_hub_name(Path(value))
        path = asset_path(name, value)
        own = value != "auto" and not is_made(path) and not on_hub
        if own and not Path(path).exists():
            problems.append(
                f"assets.{name}: no such file: {value} (relative paths count from {Path.cwd()})"
            )
    if problems:
        raise WorkflowError("\n".join(f"config: {problem}" for problem in problems))


check_config()
