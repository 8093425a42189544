"""What a terminal and a log file show of a run, from the events of Snakemake."""

import io
import logging
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scoreface.base.progress import VARIABLE, Progress
from scoreface.launch import handler as module
from scoreface.launch.course import Job
from scoreface.launch.handler import LAUNCHED, TERMINAL, OneLine, attach
from scoreface.launch.plan import Run

PLAIN = [Job("detect", "a"), Job("fit", "a"), Job("detect", "b"), Job("fit", "b"), Job("screen")]


class Terminal(io.StringIO):
    """A stream that is a terminal, or none."""

    def __init__(self, tty: bool):
        super().__init__()
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty


def workflow_of(tmp_path: Path, jobs: list[Job], **output: Any) -> Any:
    """As much of Snakemake's workflow as the handler looks at."""
    named = [
        SimpleNamespace(
            rule=SimpleNamespace(name=job.rule), wildcards={"id": job.id} if job.id else {}
        )
        for job in jobs
    ]
    rules = [
        SimpleNamespace(name=name, wildcard_names={"id"}) for name in ("detect", "fit", "render")
    ]
    settings = {"dryrun": False, "verbose": False, "printshellcmds": False, "debug_dag": False}
    return SimpleNamespace(
        dag=SimpleNamespace(needrun_jobs=lambda: iter(named)),
        rules=rules,
        resource_settings=SimpleNamespace(cores=2),
        output_settings=SimpleNamespace(**{**settings, "quiet": None, **output}),
        is_main_process=True,
        snakemake_tmp_dir=tmp_path,
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(workflow_of(tmp_path, PLAIN), ["a", "b"], tmp_path / "results", 10.0, tmp_path)


@pytest.fixture
def make(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[bool], tuple[OneLine, Terminal]]:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(LAUNCHED, raising=False)

    def made(tty: bool) -> tuple[OneLine, Terminal]:
        stream = Terminal(tty)
        return OneLine(logging.StreamHandler(stream), run, tmp_path / "none"), stream

    return made


def tell(handler: OneLine, event: str | None = None, message: str = "", **fields: Any) -> None:
    level = fields.pop("level", logging.INFO)
    record = logging.LogRecord("snakemake", level, "", 0, message, None, None)
    record.__dict__.update(fields, event=event)
    handler.handle(record)


def begin(handler: OneLine, number: int, job: Job) -> None:
    wildcards = {"id": job.id} if job.id else {}
    tell(
        handler,
        "job_info",
        jobid=number,
        rule_name=job.rule,
        wildcards=wildcards,
        threads=1,
    )


def shown(stream: Terminal) -> list[str]:
    """What a terminal's lines are in the end."""
    return [line.rpartition("\r\x1b[2K")[2] for line in stream.getvalue().split("\n")]


def test_a_terminal_has_one_line(make: Callable) -> None:
    handler, stream = make(True)
    tell(handler, None, "Building DAG of jobs...")
    tell(handler, "run_info", "Job stats: ...")
    for number, job in enumerate(PLAIN):
        begin(handler, number, job)
        tell(handler, "job_finished", job_id=number)
        tell(handler, "progress", done=number + 1, total=len(PLAIN))
    assert "\n" not in stream.getvalue()
    drawn = stream.getvalue().split("\r\x1b[2K")[1:]
    assert all(len(line) < 80 for line in drawn)
    assert any(line.endswith("| a: fit") for line in drawn)
    shares = [int(re.search(r"(\d+) %", line)[1]) for line in drawn]
    assert shares == sorted(shares)
    # What follows the screening is foreseen.
    assert shares[-1] < 100
    handler.close()
    assert "DAG" not in stream.getvalue()
    assert shown(stream) == [""]


def test_a_log_file_has_few_lines(make: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    handler, stream = make(False)
    tell(handler, "run_info", "Job stats: ...")
    for number, job in enumerate(PLAIN[:4]):
        begin(handler, number, job)
        now[0] += 20.0
        tell(handler, "job_finished", job_id=number)
    handler.close()
    lines = stream.getvalue().splitlines()
    assert "\x1b" not in stream.getvalue()
    # At 0, 40 and 80 seconds; the last has changed in nothing but the time since.
    assert 3 <= len(lines) <= 4
    assert all(line.startswith("[") for line in lines)


def test_warnings_and_unknown_messages_stand_above_the_line(make: Callable) -> None:
    handler, stream = make(True)
    tell(handler, "run_info")
    tell(handler, None, "Creating conda environment x.yaml...")
    tell(handler, None, "mind the gap", level=logging.WARNING)
    lines = shown(stream)
    assert lines[:2] == ["Creating conda environment x.yaml...", "mind the gap"]
    assert lines[2].startswith("[")


def test_of_a_failed_job_the_end_of_its_log_is_shown(make: Callable, tmp_path: Path) -> None:
    log = tmp_path / "fit.log"
    log.write_text(
        "".join(f"line {number}\n" for number in range(50)) + "5 %\r9 %\nerror: no head\n"
    )
    handler, stream = make(True)
    tell(handler, "run_info")
    begin(handler, 1, Job("fit", "a"))
    tell(handler, "error", "CalledProcessError in file ...", level=logging.ERROR)
    tell(
        handler,
        "job_error",
        level=logging.ERROR,
        jobid=1,
        rule_name="fit",
        rule_msg=None,
        log=[str(log)],
    )
    lines = shown(stream)
    assert lines[0] == "Error in rule fit, id a; log: fit.log"
    assert lines[-3:-1] == ["    9 %", "    error: no head"]
    assert "    line 49" in lines
    assert "    line 5" not in lines
    assert "1 failed" in lines[-1]


def test_the_last_line_says_what_to_open(make: Callable, run: Run) -> None:
    run.results.mkdir()
    (run.results / "summary.tsv").write_text(
        "id\tstatus\treason\tflag\na\tcomplete\t\t\nb\trejected\tNo face was found\t\nold\tcomplete\t\t\n"
    )
    handler, stream = make(True)
    tell(handler, "run_info")
    handler.close()
    assert shown(stream)[-3:] == [
        "rejected: b: No face was found",
        "1 complete, 1 rejected; open results/report.html",
        "",
    ]


def test_a_face_whose_job_failed_is_not_called_complete(make: Callable, run: Run) -> None:
    run.results.mkdir()
    (run.results / "summary.tsv").write_text(
        "id\tstatus\treason\tflag\na\tcomplete\t\t\nb\tcomplete\t\tlook\n"
    )
    handler, stream = make(False)
    tell(handler, "run_info")
    begin(handler, 1, Job("render", "a"))
    error = {"jobid": 1, "rule_name": "render", "rule_msg": None, "log": ["results/a/render.log"]}
    tell(handler, "job_error", **error)
    handler.close()
    assert stream.getvalue().splitlines()[-3:] == [
        "failed: a: render, see results/a/render.log",
        "look at: b: look",
        "1 complete, 0 rejected, 1 failed; open results/report.html",
    ]


def test_nothing_to_be_done_is_an_outcome_too(
    make: Callable, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.results.mkdir()
    (run.results / "summary.tsv").write_text("id\tstatus\treason\na\tcomplete\t\n")
    monkeypatch.setenv(LAUNCHED, str(run.seen_from))
    handler = OneLine(logging.StreamHandler(stream := Terminal(False)), run, Path("none"))
    tell(handler, None, "Nothing to be done (all requested files are present and up to date).")
    handler.close()
    assert stream.getvalue() == "1 complete, 0 rejected; open results/report.html\n"


def test_a_run_on_a_cluster_looks_as_it_did(make: Callable) -> None:
    handler, stream = make(True)
    tell(handler, None, "Building DAG of jobs...")
    tell(handler, "resources_info", "Provided remote nodes: 100", nodes=100)
    tell(handler, "run_info", "Job stats: ...")
    begin(handler, 1, Job("fit", "a"))
    handler.close()
    assert stream.getvalue().split("\n")[:3] == [
        "Building DAG of jobs...",
        "Provided remote nodes: 100",
        "Job stats: ...",
    ]
    assert "\x1b" not in stream.getvalue()


def test_an_event_of_another_snakemake_stops_nothing(make: Callable) -> None:
    handler, stream = make(True)
    tell(handler, "run_info", "Job stats: ...")
    tell(handler, "job_info", "rule x:", job="unheard of")
    tell(handler, "job_finished", "Finished jobid: 1", job_id=1)
    assert shown(stream)[:2] == ["rule x:", "Finished jobid: 1"]


def test_jobs_are_heard_through_the_pipe(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = Job("inpaint_round1_view000", "a")
    run.workflow = workflow_of(tmp_path, [walk])
    monkeypatch.setenv("TERM", "xterm")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    handler = OneLine(logging.StreamHandler(stream := Terminal(True)), run, pipe)
    tell(handler, "run_info")
    begin(handler, 1, walk)
    monkeypatch.setenv(VARIABLE, str(pipe))
    for _ in range(100):
        Progress("a: round 1", "noise levels").say(5, 20, last=True)
        if "a: inpaint 25 %" in stream.getvalue():
            break
        handler._end.wait(0.05)
    handler.close()
    assert "a: inpaint 25 %" in stream.getvalue()
    # Nobody is there any more, which stops no job.
    Progress("a: round 1", "noise levels").say(6, 20, last=True)


@pytest.mark.parametrize(
    "output",
    [
        {"dryrun": True},
        {"verbose": True},
        {"printshellcmds": True},
        {"debug_dag": True},
        {"quiet": {"rules"}},
    ],
)
def test_whoever_asks_for_snakemakes_own_output_gets_it(
    output: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = logging.StreamHandler(io.StringIO())
    plain.name = "DefaultStreamHandler"
    logger = logging.getLogger("snakemake.logging")
    monkeypatch.setattr(logger, "handlers", [plain])
    assert attach(workflow_of(tmp_path, PLAIN, **output), ["a"], tmp_path, None) == TERMINAL
    assert logger.handlers == [plain]
    assert attach(workflow_of(tmp_path, PLAIN), ["a"], tmp_path, None) != TERMINAL
    assert isinstance(logger.handlers[0], OneLine)


def test_a_face_that_was_rejected_may_be_looked_at_again(make: Callable, run: Run) -> None:
    run.results.mkdir()
    (run.results / "screen.tsv").write_text("id\tstatus\na\trejected\nold\trejected\n")
    handler, stream = make(False)
    tell(handler, "run_info")
    assert "rejected" not in stream.getvalue()
    # Its fit says what has become of it, before the screening does.
    record = run.results / "b" / "fit" / "fit.json"
    record.parent.mkdir(parents=True)
    record.write_text('{"status": "rejected"}')
    begin(handler, 1, Job("fit", "b"))
    tell(handler, "job_finished", job_id=1)
    handler.close()
    assert "0 of 2 faces done, 1 rejected" in stream.getvalue()


def test_what_earlier_faces_took_is_looked_up(run: Run) -> None:
    for id, seconds in (("a", 10), ("b", 30)):
        path = run.results / id / "benchmarks" / "inpaint_round1_view000.tsv"
        path.parent.mkdir(parents=True)
        path.write_text(f"s\th:m:s\n{seconds}.0\t0:00:00\n")
    (run.results / "a" / "benchmarks" / "fit.tsv").write_text("s\nNA\n")
    assert run.seconds() == {"inpaint": 20.0}


def test_what_follows_the_screening_is_foreseen(run: Run) -> None:
    assert set(run.jobs_to_do()) == {*PLAIN, Job("render", "a"), Job("render", "b")}
