"""Progress goes to the terminal, past the log, and now and then only."""

import os
import subprocess
import sys

import pytest

from scoreface.base.progress import VARIABLE, Progress, heard

SCRIPT = """
from scoreface.base.progress import Progress
progress = Progress("a face: round 1", "views")
print("for the log")
for done in range(1, 4):
    progress.say(done, 3, last=done == 3)
"""


def test_it_goes_past_the_log(repository, tmp_path):
    command = f"{sys.executable} -c '{SCRIPT}' 3>&2 > log 2>&1"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        env={**os.environ, VARIABLE: "3", "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "a face: round 1, 3 of 3 views\n"
    assert (tmp_path / "log").read_text() == "for the log\n"


def test_by_hand_it_goes_to_standard_error(monkeypatch, capsys):
    monkeypatch.delenv(VARIABLE, raising=False)
    Progress("a", "views").say(1, 2, last=True)
    assert capsys.readouterr().err == "a, 1 of 2 views\n"


def test_it_is_said_now_and_then(monkeypatch, capsys):
    monkeypatch.delenv(VARIABLE, raising=False)
    now = iter([0.0, 1.0, 11.0, 12.0, 13.0])
    monkeypatch.setattr("scoreface.base.progress.time.monotonic", lambda: next(now))
    progress = Progress("a", "views")
    for done in range(1, 5):
        progress.say(done, 4, last=done == 4)
    assert capsys.readouterr().err.splitlines() == ["a, 2 of 4 views", "a, 4 of 4 views"]


def test_it_goes_into_a_pipe(monkeypatch, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    monkeypatch.setenv(VARIABLE, str(pipe))
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    Progress("a: round 1", "noise levels").say(3, 20, last=True)
    text = os.read(reader, 1000).decode()
    os.close(reader)
    assert text == "a: round 1, 3 of 20 noise levels\n"
    assert heard(text.strip()) == ("a", 3, 20)
    # Whoever read it has gone, and then the pipe.
    Progress("a: round 1", "noise levels").say(4, 20, last=True)
    pipe.unlink()
    Progress("a: round 1", "noise levels").say(5, 20, last=True)


@pytest.mark.parametrize("line", ["", "a", "a: round 1", "3 of 20", "a: b, 3 of 20 \x1b[2J"])
def test_another_line_says_nothing(line):
    assert heard(line) is None


def test_a_terminal_that_has_gone_stops_nothing(monkeypatch):
    read, write = os.pipe()
    os.close(read)
    os.close(write)
    monkeypatch.setenv(VARIABLE, str(write))
    Progress("a", "views").say(1, 1, last=True)
