"""``scoreface STAGE ...``: one command a stage, explicit paths in, explicit paths out.

Only the module of the stage that is asked for is imported: ``scoreface fit`` runs where the rest cannot be.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any, List, Mapping, Optional, Sequence, Tuple

from scoreface import __version__, stages
from scoreface.base import command
from scoreface.base.errors import InputError

#: Commands that no rule calls, and their modules.
OTHERS = {
    "run": "scoreface.launch.command",
    "convert 3ddfa": "scoreface.convert.commands.tddfa",
    "convert deca": "scoreface.convert.commands.deca",
    "prepare": "scoreface.training.prepare",
    "train": "scoreface.training.command",
    "sample": "scoreface.training.sample",
    "score convert": "scoreface.score.command",
    "verify": "scoreface.verify.command",
    "benchmark augmentation": "scoreface.benchmark.commands.augmentation",
    "benchmark cost": "scoreface.benchmark.commands.cost",
    "benchmark detection": "scoreface.benchmark.commands.detection",
    "benchmark evidence": "scoreface.benchmark.commands.evidence",
    "benchmark holdout": "scoreface.benchmark.commands.holdout",
    "benchmark prior": "scoreface.benchmark.commands.prior",
    "benchmark prior-fit": "scoreface.benchmark.commands.prior_fit",
    "benchmark quality": "scoreface.benchmark.commands.quality",
    "benchmark verification": "scoreface.benchmark.commands.verification",
}
#: All commands as they are listed.
GROUPS = {
    "From photos to heads": ("run",),
    "The stages, in the workflow's order": stages.STAGES,
    "Beside the workflow": tuple(name for name in OTHERS if name != "run"),
}
COMMANDS = tuple(name for names in GROUPS.values() for name in names)


def main(arguments: Optional[List[str]] = None) -> None:
    """Run one command; bad input ends with one sentence and exit status 1."""
    name, rest = _named(sys.argv[1:] if arguments is None else arguments)
    try:
        command.run(load(name), name, rest, _read_config)
    except (InputError, FileNotFoundError) as error:
        sys.exit("error: {}".format(error))


def load(name: str) -> Any:
    """The module of a command."""
    return importlib.import_module(OTHERS[name]) if name in OTHERS else stages.load(name)


def _named(arguments: Sequence[str]) -> Tuple[str, Sequence[str]]:
    """The command that the arguments begin with, and those behind it; ends with help where they name none."""
    for words in (2, 1):
        name = " ".join(arguments[:words])
        if name in COMMANDS:
            return name, arguments[words:]
    parser = argparse.ArgumentParser(
        prog="scoreface",
        usage="scoreface COMMAND ...",
        description="Complete face textures from single photos.",
        epilog=_listing(arguments),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    parser.add_argument("-h", "--help", action="help", help="of a command: scoreface COMMAND -h")
    parser.add_argument("--version", action="version", version=__version__)
    parser.parse_args([word for word in arguments[:1] if word.startswith("-")])
    if not arguments:
        parser.print_help(sys.stderr)
        parser.exit(2)
    parser.error("unknown command {!r}; scoreface -h lists them".format(" ".join(arguments[:2])))
    raise AssertionError("parser.error does not return")


def _listing(arguments: Sequence[str]) -> str:
    """What each command does; nothing where nobody asks, since it imports all of them."""
    if arguments and not {"-h", "--help"} & set(arguments[:1]):
        return ""
    lines = []
    for title, names in GROUPS.items():
        lines += ["", title + ":"]
        lines += ["  {:24}{}".format(name, command.summary(load(name))) for name in names]
    return "\n".join(lines[1:])


def _read_config(files: Sequence[Path]) -> Mapping[str, Any]:
    """The configuration with some files over it.

    Raises:
        InputError: a file is missing or wrong, or this environment cannot read YAML.
    """
    # Needs YAML, which the fit's environment does without: there the rule gives the settings as JSON.
    try:
        from scoreface.config.schema import checked_config
    except ImportError as error:
        raise InputError(
            "no configuration without {}; give --settings".format(error.name)
        ) from error
    return checked_config(files)
