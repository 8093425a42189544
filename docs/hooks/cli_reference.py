"""The reference of the commands, made of what each says with ``--help``."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Iterable
from unittest import mock

from scoreface import cli
from scoreface.base import command

#: Columns of the help.
WIDTH = 84


def render() -> str:
    """Markdown: a table of the commands, then the help of each."""
    lines: list[str] = []
    for title, names in cli.GROUPS.items():
        lines += [f"## {title}", "", *_table(names), ""]
        for name in names:
            usage, description, options = _parts(help_of(name))
            lines += [f"### scoreface {name}", "", "```text", usage, "```", "", description, ""]
            lines += ["```text", options, "```", ""]
    return "\n".join(lines)


def help_of(name: str) -> str:
    """What ``scoreface NAME --help`` prints."""
    printed = io.StringIO()
    plain = mock.patch.dict(os.environ, {"COLUMNS": str(WIDTH), "NO_COLOR": "1"})
    with plain, contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        cli.main([*name.split(), "--help"])
    return printed.getvalue().rstrip()


def _parts(help: str) -> tuple[str, str, str]:
    """Usage, description and options of a help."""
    usage, _, rest = help.partition("\n\n")
    start = re.search(r"^(positional arguments|options):$", rest, re.MULTILINE)
    end = start.start() if start else len(rest)
    return usage, rest[:end].strip(), rest[end:]


def _table(names: Iterable[str]) -> list[str]:
    rows = []
    for name in names:
        anchor = f"scoreface-{name}".replace(" ", "-")
        rows.append(f"| [`{name}`](#{anchor}) | {command.summary(cli.load(name))} |")
    return ["| command | what it does |", "| --- | --- |", *rows]
