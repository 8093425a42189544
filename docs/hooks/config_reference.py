"""The reference of the configuration, made of config.yaml, its schema and the Settings classes."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from scoreface import stages
from scoreface.base import settings as keyed
from scoreface.config.schema import load_schema
from scoreface.config.workflow import WorkflowSettings

_TITLE = re.compile(r"^# --- (.+?) -+$")
_LINE = re.compile(r"^( *)(\w+):(.*)$")


@dataclass
class Block:
    """Keys that follow each other under one comment.

    Attributes:
        comment: its text; of keys without one it is empty.
        keys: as in ``fit.weights.jaw``; none where the comment is that of a section of keys.
    """

    comment: str
    keys: list[str] = field(default_factory=list)


@dataclass
class Section:
    """What stands under one title of config.yaml."""

    title: str
    blocks: list[Block] = field(default_factory=list)


def read_sections(text: str) -> list[Section]:
    """The keys of a configuration file with what its comments say of them.

    A comment is of the key below it, and of those that follow that without a comment or a section in between.
    """
    found: list[Section] = []
    path: list[str] = []
    comment: list[str] = []
    # Of the key above, where that is a neighbour that this one may share a comment with.
    parent: str | None = None
    for line in text.splitlines():
        title, entry = _TITLE.match(line), _LINE.match(line)
        if title:
            found.append(Section(title[1]))
            comment, parent = [], None
        elif line.strip().startswith("#"):
            comment.append(line.strip().lstrip("#").strip())
        elif entry:
            del path[len(entry[1]) // 2 :]
            path.append(entry[2])
            if not entry[3].strip():
                if comment:
                    found[-1].blocks.append(Block(" ".join([f"{'.'.join(path)}:", *comment])))
                comment, parent = [], None
                continue
            if comment or ".".join(path[:-1]) != parent:
                found[-1].blocks.append(Block(" ".join(comment)))
            found[-1].blocks[-1].keys.append(".".join(path))
            comment, parent = [], ".".join(path[:-1])
    return found


def render(path: Path, here: str = "") -> str:
    """The keys of a configuration file as Markdown.

    Args:
        path: config.yaml.
        here: folder of the page below docs/, from which links count.
    """
    text = path.read_text()
    defaults = yaml.safe_load(text)
    readers = _readers()
    known = {key for part in read_sections(text) for block in part.blocks for key in block.keys}
    lines = []
    for part in read_sections(text):
        lines += [f"## {part.title}", ""]
        for block in part.blocks:
            if block.keys:
                lines += [f"#### {', '.join(f'`{key}`' for key in block.keys)}", ""]
            lines += [_prose(block.comment, known - set(block.keys), here), ""]
            for key in block.keys:
                name = f"`{key.rpartition('.')[2]}`: " if len(block.keys) > 1 else ""
                facts = (
                    f"{name}{_kind(_schema_of(key))}",
                    f"default {_code(_shown(keyed.value_at(defaults, key)))}",
                    f"read by {', '.join(readers[key])}",
                )
                lines += [f'<a id="{anchor(key)}"></a>{" · ".join(facts)}', "{: .fact }", ""]
    return "\n".join(lines)


def anchor(key: str) -> str:
    """The anchor of a key on the page: ``inpaint-gpu`` of ``inpaint.gpu``."""
    return key.replace(".", "-")


def leaves(config: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """The keys of a configuration that are no sections."""
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def _readers() -> dict[str, list[str]]:
    """Who reads each key: the workflow itself, which makes paths and options of them, and stages."""
    found = {key: ["the workflow"] for key in keyed.keys(WorkflowSettings)}
    for name in stages.STAGES:
        for key in keyed.keys(stages.load(name).Settings):
            if name not in found.setdefault(key, []):
                found[key].append(name)
    return found


def _schema_of(key: str) -> Mapping[str, Any]:
    schema = load_schema()
    for name in key.split("."):
        schema = schema["properties"][name]
    return schema


def _kind(schema: Mapping[str, Any]) -> str:
    """What values a key may have."""
    if "enum" in schema:
        return ", ".join(map(_code, schema["enum"]))
    kinds = schema["type"]
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    if kinds == ["string"]:
        return _escaped(schema["description"])
    if kinds == ["boolean"]:
        return "`true` or `false`"
    if kinds == ["array"]:
        return _escaped(schema["description"])
    words = (
        re.findall(r"\w+", schema.get("pattern", "").replace("\\Z", ""))
        if "string" in kinds
        else []
    )
    number = ("number" if "number" in kinds else "whole number") + _range(schema)
    return ", ".join([*map(_code, words), number])


def _range(schema: Mapping[str, Any]) -> str:
    words = {
        "minimum": "from",
        "exclusiveMinimum": "above",
        "maximum": "to",
        "exclusiveMaximum": "below",
    }
    return "".join(f" {words[name]} {_number(schema[name])}" for name in words if name in schema)


def _number(value: float) -> str:
    if isinstance(value, int):
        return "2^63 - 1" if value == 2**63 - 1 else f"{value:,}"
    return f"{value:g}"


def _shown(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | str | list) else str(value)


def _code(text: str) -> str:
    return f"`{text}`"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>|])", r"\\\1", text)


def _prose(text: str, known: set[str], here: str) -> str:
    """A comment as Markdown: other keys, and pages of the documentation, as links."""

    def linked(word: str) -> str:
        if word.startswith("docs/"):
            page = posixpath.relpath(word.removeprefix("docs/"), here or ".")
            return f"[{page.removesuffix('.md')}]({page})"
        return f"[`{word}`](#{anchor(word)})" if word in known else _escaped(word)

    parts = re.split(r"(docs/[\w-]+\.md|\b[a-z_]+(?:\.[a-z_]+)+\b(?!\())", text)
    return "".join(linked(part) if k % 2 else _escaped(part) for k, part in enumerate(parts))
