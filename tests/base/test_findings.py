"""What checks found: the table, its last sentence, and how a command ends by it."""

import hashlib

import pytest

from scoreface.base import findings
from scoreface.base.errors import InputError
from scoreface.base.findings import Finding, Result, check_model, conclude, failed, report

FINE = Finding("python", findings.OK, "3.7.16")


def test_the_table_has_columns():
    assert report([FINE, Finding("package dlib", findings.NOT_USED, "none")]).splitlines() == [
        "what          state     found",
        "python        ok        3.7.16",
        "package dlib  not used  none",
        "",
        "Nothing stands in the way of a run.",
    ]


def test_what_was_not_looked_at_is_not_vouched_for():
    text = report([FINE, Finding("package dlib", findings.NOT_CHECKED, "elsewhere")])
    assert text.endswith("\n\nNothing that was looked at stands in the way of a run.\n")


def test_a_failure_is_a_sentence_below_the_table():
    lines = report([failed("disk", "full; make room"), FINE]).splitlines()
    assert lines[1] == "disk    FAILED  see below"
    assert lines[-2:] == ["", "error: disk: full; make room"]


def test_a_command_ends_by_what_was_found(tmp_path, capsys):
    conclude(iter([FINE]), tmp_path / "new" / "found.txt")
    text = capsys.readouterr().out
    assert (tmp_path / "new" / "found.txt").read_text() == text == report([FINE])
    conclude(iter([FINE]), None)
    with pytest.raises(SystemExit) as caught:
        conclude(iter([FINE, failed("disk", "full")]), tmp_path / "failed.txt")
    assert caught.value.code == 1
    assert "error: disk: full" in capsys.readouterr().out
    assert not (tmp_path / "failed.txt").exists()


def test_a_model_is_found_with_its_checksum(tmp_path):
    path = tmp_path / "m.pkl"
    path.write_bytes(b"a model")
    found = check_model("assets.m", path, lambda path: Result("3 faces", [path]))
    assert (found.state, found.details) == (findings.OK, f"{path}: 3 faces")
    assert found.checksums == ((str(path), hashlib.sha256(b"a model").hexdigest()),)


def test_a_model_that_is_none_is_named(tmp_path):
    def none(path):
        raise InputError(f"assets.m: {path} is none")

    path = tmp_path / "m.pkl"
    path.touch()
    assert check_model("assets.m", path, none) == failed("assets.m", f"{path} is none")
    again = "; delete it, and the workflow makes it again"
    found = check_model("assets.m", path, none, made=True)
    assert found == failed("assets.m", f"{path} is none{again}")

    path.unlink()
    found = check_model("assets.m", path, lambda path: Result(path.read_text(), []))
    assert found == failed("assets.m", f"{path}: No such file or directory")
    found = check_model("assets.m", path, none, made=True)
    assert (found.state, found.details) == (findings.MADE_LATER, str(path))
