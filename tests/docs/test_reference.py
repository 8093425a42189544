"""The generated references: every key of the configuration and every command, as they are."""

import re
from pathlib import Path

import cli_reference
import config_reference
import pytest
import yaml

from scoreface.cli import COMMANDS
from scoreface.config.schema import load_schema

REPOSITORY = Path(__file__).resolve().parent.parent.parent

TEXT = """# The file.

# --- First ------

# What one is.
one: 1

# Of both.
two: a
three: [b]

# --- Second ------

# The group.
group:
  # Its own, <b> and
  # first.one; see docs/page.md.
  four: true
  five: 0.5
  inner:
    six: ""
seven: 7
"""


def _keys(schema, above=""):
    for name, part in schema["properties"].items():
        if "properties" in part:
            yield from _keys(part, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def test_a_comment_is_of_the_keys_below_it():
    first, second = config_reference.read_sections(TEXT)
    assert [first.title, second.title] == ["First", "Second"]
    assert [(block.comment, block.keys) for block in first.blocks] == [
        ("What one is.", ["one"]),
        ("Of both.", ["two", "three"]),
    ]
    assert [(block.comment, block.keys) for block in second.blocks] == [
        ("group: The group.", []),
        ("Its own, <b> and first.one; see docs/page.md.", ["group.four", "group.five"]),
        ("", ["group.inner.six"]),
        ("", ["seven"]),
    ]


def test_every_key_of_the_schema_is_in_the_reference():
    text = config_reference.render(REPOSITORY / "config.yaml")
    found = re.findall(r'<a id="([\w-]+)">', text)
    assert sorted(found) == sorted(key.replace(".", "-") for key in _keys(load_schema()))


def test_every_key_has_a_comment():
    parts = config_reference.read_sections((REPOSITORY / "config.yaml").read_text())
    assert [block.keys for part in parts for block in part.blocks if not block.comment] == []


def test_defaults_are_those_of_the_file():
    text = config_reference.render(REPOSITORY / "config.yaml")
    config = yaml.safe_load((REPOSITORY / "config.yaml").read_text())
    line = next(line for line in text.splitlines() if '<a id="fit-max_error">' in line)
    assert f"default `{config['fit']['max_error']}`" in line
    assert "number above 0 to 1,000" in line
    line = next(line for line in text.splitlines() if '<a id="inpaint-gpu">' in line)
    assert "`auto`, number from 0 to 1" in line
    assert "read by the workflow" in line
    line = next(line for line in text.splitlines() if '<a id="inpaint-snr">' in line)
    assert "read by inpaint" in line


def test_keys_and_pages_in_comments_are_links():
    linked = config_reference._prose("as seed, <b> in fit.ftol; docs/page.md", {"fit.ftol"}, "")
    assert linked == r"as seed, \<b\> in [`fit.ftol`](#fit-ftol); [page](page.md)"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command(name):
    assert cli_reference.help_of(name).startswith(f"usage: scoreface {name} ")


def test_every_command_is_in_the_reference():
    text = cli_reference.render()
    assert "-j N, --jobs N" in text
    assert "Photos are JPEG, PNG, WebP, TIFF or BMP files" in text
    found = re.findall(r"^### scoreface (.+)$", text, re.MULTILINE)
    assert sorted(found) == sorted(COMMANDS)
