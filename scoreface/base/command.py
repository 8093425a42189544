"""The command line of a stage, made from its dataclasses.

A stage is a module with ``Inputs``, ``Outputs``, ``Settings`` and ``run(inputs, outputs, settings)``. Each field of the
first two is an option. Settings that are keys of the configuration come as JSON in ``--settings``, as the rules give
them, or from the files in ``--configfile``; of a command that no rule calls, they are options too.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Tuple, get_type_hints

from scoreface.base import settings as keyed
from scoreface.base.errors import InputError

ReadConfig = Callable[[Sequence[Path]], Mapping[str, Any]]


def option(help: str = "", default: Any = dataclasses.MISSING, **more: Any) -> Any:
    """A field with what ``--help`` says of its option, and further arguments of ``add_argument``.

    Beyond those, ``positional=True`` takes it without a name, ``short="-j"`` gives it a second one, and ``rest=True``
    takes all that stands behind ``--``.
    """
    metadata = {"help": help, "more": more}
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def count(text: str) -> int:
    """The ``type`` of an option that counts something."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("{} is no whole number from 1 up".format(text))
    return value


def summary(stage: Any) -> str:
    """What a stage does: the first line of its module's docstring."""
    return (stage.__doc__ or "").strip().splitlines()[0]


def run(stage: Any, name: str, arguments: Sequence[str], read_config: ReadConfig) -> None:
    """Parse a stage's options and run it.

    Args:
        stage: the module.
        name: of its command.
        arguments: behind that name.
        read_config: gives the configuration with some files over it, or with none.

    Raises:
        InputError: the settings are no JSON, or lack a key.
    """
    parser = argparse.ArgumentParser(prog="scoreface " + name, description=stage.__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    for part in (stage.Inputs, stage.Outputs):
        _add_options(parser, part)
    from_config = any("key" in field.metadata for field in dataclasses.fields(stage.Settings))
    if from_config:
        given = parser.add_mutually_exclusive_group()
        given.add_argument(
            "--settings", metavar="JSON", help="the stage's part of the configuration"
        )
        given.add_argument(
            "--configfile",
            type=Path,
            nargs="+",
            default=[],
            help="files as given to snakemake; left out: config.yaml as it stands",
        )
    else:
        _add_options(parser, stage.Settings)
    options = _parse(parser, stage, arguments)
    if from_config:
        config = _config(options.settings, options.configfile, read_config)
        settings = keyed.read(stage.Settings, config)
    else:
        settings = _fill(stage.Settings, options)
    stage.run(_fill(stage.Inputs, options), _fill(stage.Outputs, options), settings)


def _parse(
    parser: argparse.ArgumentParser, stage: Any, arguments: Sequence[str]
) -> argparse.Namespace:
    """The options of a stage; what stands behind ``--`` belongs to the field that takes the rest, if there is one."""
    rest = [
        field.name
        for part in (stage.Inputs, stage.Outputs, stage.Settings)
        for field in dataclasses.fields(part)
        if field.metadata.get("more", {}).get("rest", False)
    ]
    if not rest:
        return parser.parse_args(arguments)
    words = list(arguments)
    end = words.index("--") if "--" in words else len(words)
    parser.usage = parser.format_usage()[len("usage: ") :].rstrip() + " [-- ...]"
    options = parser.parse_args(words[:end])
    setattr(options, rest[0], words[end + 1 :])
    return options


def _config(
    text: Optional[str], files: Sequence[Path], read_config: ReadConfig
) -> Mapping[str, Any]:
    if text is None:
        return read_config(files)
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError("--settings: not JSON ({})".format(error)) from error


def _fill(part: type, options: argparse.Namespace) -> Any:
    """The dataclass ``part`` with the options of its fields; lists become tuples."""
    values = {field.name: getattr(options, field.name) for field in dataclasses.fields(part)}
    return part(**{name: _frozen(value) for name, value in values.items()})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _add_options(parser: argparse.ArgumentParser, part: type) -> None:
    hints = get_type_hints(part)
    for field in dataclasses.fields(part):
        more = dict(field.metadata.get("more", {}))
        if more.get("rest", False):
            continue
        positional, short = more.pop("positional", False), more.pop("short", None)
        arguments = {**_arguments(hints[field.name]), **more}
        if positional:
            parser.add_argument(field.name, help=field.metadata["help"], **arguments)
            continue
        if field.default is dataclasses.MISSING:
            arguments.setdefault("required", True)
        elif arguments.get("action") == "append":
            arguments["default"] = list(field.default)  # to which argparse appends
        else:
            arguments["default"] = field.default
        flags = ["--" + field.name.replace("_", "-")]
        parser.add_argument(*([short] if short else []), *flags, help=_help(field), **arguments)


def _help(field: Any) -> str:
    text = field.metadata.get("help", "")
    default = field.default
    if isinstance(default, bool) or default in (dataclasses.MISSING, None, (), ""):
        return text
    shown = " ".join(map(str, default)) if isinstance(default, tuple) else str(default)
    return "{} (default: {})".format(text, shown)


def _arguments(kind: Any) -> Dict[str, Any]:
    """What ``add_argument`` needs for a field of a kind: a number, text, a path, a boolean, or a tuple of such."""
    parts = getattr(kind, "__args__", ())  # type: Tuple[Any, ...]
    if type(None) in parts:
        inner = next(part for part in parts if part is not type(None))
        return {**_arguments(inner), "required": False}
    if getattr(kind, "__origin__", None) in (tuple, Tuple):
        if getattr(parts[0], "__args__", ()):
            return {"type": parts[0].__args__[0], "nargs": "+", "action": "append"}
        return {"type": parts[0], "nargs": "+"}
    if kind is bool:
        return {"action": "store_true"}
    return {"type": kind}
