"""The face parser's files: which are the user's own, whether they are there, and what of them counts."""

from pathlib import Path

import pytest

from scoreface.base.files import sha256_of
from scoreface.config.parser import is_fetched, own_files, parser_contents, parser_problems
from scoreface.parse.engines import (
    EmbeddedSettings,
    LabelsSettings,
    NoSettings,
    OnnxSettings,
    SegformerSettings,
)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a file and a folder."""
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("a network")
    Path("folder").mkdir()
    Path("folder", "config.json").write_text("{}")
    return tmp_path


def test_only_the_person_network_is_fetched() -> None:
    assert is_fetched(EmbeddedSettings("auto"))
    assert not is_fetched(EmbeddedSettings("file"))
    assert not is_fetched(NoSettings())


@pytest.mark.parametrize(
    ("parser", "files"),
    [
        (NoSettings(), {}),
        (EmbeddedSettings("auto"), {}),
        (EmbeddedSettings("file"), {"parse.person_model": "file"}),
        (SegformerSettings("owner/name@0123"), {}),
        (SegformerSettings("folder"), {"parse.segformer.model": "folder"}),
        # Something here is called so: a path into it was meant.
        (SegformerSettings("folder/name"), {"parse.segformer.model": "folder/name"}),
        (OnnxSettings("file"), {"parse.onnx.model": "file"}),
        (LabelsSettings("{id}.png", ""), {}),
        (LabelsSettings("{id}.png", "file"), {"parse.labels.palette": "file"}),
    ],
)
def test_the_users_own_files(parser, files) -> None:
    assert own_files(parser) == files


@pytest.mark.parametrize(
    ("parser", "problem"),
    [
        (EmbeddedSettings("none"), "parse.person_model: no such file: none (relative paths count"),
        (EmbeddedSettings("/dev/zero"), "parse.person_model: no such file: /dev/zero"),
        (SegformerSettings("none"), "parse.segformer.model: no such folder: none"),
        (SegformerSettings("file"), "parse.segformer.model: no such folder: file"),
        (OnnxSettings("folder"), "parse.onnx.model: no such file: folder"),
        (OnnxSettings("x" * 300), "parse.onnx.model: no such file: xxx"),
        (LabelsSettings("{id}.png", "none"), "parse.labels.palette: no such file: none"),
    ],
)
def test_a_file_that_is_not_there_is_named_by_its_key(parser, problem) -> None:
    (line,) = parser_problems(parser)
    assert line.startswith(problem)


def test_files_that_are_there_are_no_problem(tmp_path: Path) -> None:
    for parser in (EmbeddedSettings("auto"), OnnxSettings("file"), SegformerSettings("folder")):
        assert parser_problems(parser) == []


def test_what_counts_is_the_content(tmp_path: Path) -> None:
    memory = tmp_path / "memory.json"
    found = parser_contents(OnnxSettings("file"), memory)
    assert found == {"parse.onnx.model": sha256_of(Path("file"))}
    Path("file").rename("other")
    assert list(parser_contents(OnnxSettings("other"), memory).values()) == list(found.values())
    folder = parser_contents(SegformerSettings("folder"), memory)
    Path("folder", "config.json").write_text("{ }")
    assert parser_contents(SegformerSettings("folder"), memory) != folder
    # With heads of another fitter nobody has looked whether they are there.
    assert parser_contents(OnnxSettings("none"), memory) == {}
    assert parser_contents(EmbeddedSettings("auto"), memory) == {}
