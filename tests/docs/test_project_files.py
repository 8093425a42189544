"""The files around the code: citation, changelog, the checks before a commit."""

import re
from pathlib import Path

import yaml

from scoreface import __version__

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def test_versions_agree():
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text())
    assert citation["version"] == __version__
    assert citation["cff-version"] == "1.2.0"
    assert {"title", "authors", "message", "license"} <= set(citation)
    changes = re.findall(r"^## (.+)$", (REPOSITORY / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert changes[0] == "[Unreleased]"
    assert changes[1].startswith(__version__)


def test_checks_before_a_commit_are_those_of_make_lint():
    lint = re.search(
        r"^lint:.*\n((?:\t.*\n)+)", (REPOSITORY / "Makefile").read_text(), re.MULTILINE
    )
    commands = [
        line.strip().split(" envs/")[0].split(" Snakefile")[0] for line in lint[1].splitlines()
    ]
    config = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())
    (repository,) = config["repos"]
    assert repository["repo"] == "local"
    entries = [hook["entry"].removesuffix(" --force-exclude") for hook in repository["hooks"]]
    assert entries == commands
