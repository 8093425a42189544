"""Shows a run of Snakemake as one line, in Snakemake's own process. Needs nothing beyond Python itself.

Snakemake's log file keeps every detail; the terminal gets the line, warnings, and of a job that failed the end of its
log. A dry run, a run on a cluster, and one with ``--verbose``, ``--printshellcmds`` or ``--quiet`` look as they did.
"""

from __future__ import annotations

import logging
import os
import re
import select
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scoreface.base.progress import VARIABLE, heard
from scoreface.launch.course import Course, Job
from scoreface.launch.line import Line, text
from scoreface.launch.outcome import closing, read_outcome, shown_path
from scoreface.launch.plan import Run

#: Set by ``scoreface run`` to the folder that it was called in.
LAUNCHED = "SCOREFACE_LAUNCHED"

#: What the jobs are told where nobody shows a line: the descriptor that the rules keep open to the terminal.
TERMINAL = "3"

# Snakemake's handler of the terminal, which this one takes the place of.
_PLAIN = "DefaultStreamHandler"
_NOTHING = "Nothing to be done"
# Messages of no event that say nothing to who runs the workflow.
_IDLE = re.compile(
    r"Building DAG|Using shell|Conda environments: ignored|Singularity containers: ignored|Group jobs: inactive|"
    r"Select jobs|DAG of jobs will be updated|Updating checkpoint|Removing output files|Elapsed time|host: |"
    r"Exiting because a job|Processed \d+ potential"
)
# Likewise for `scoreface run`, whose user knows nothing of Snakemake.
_IDLE_LAUNCHED = re.compile(
    rf"{_NOTHING}|Complete log|WorkflowError:\s+At least one job did not complete"
)
# What Snakemake says of a job that failed, beside the error with its log.
_TOLD_TWICE = "CalledProcessError in file"
_EVENTS_LEFT_OUT = {"workflow_started", "resources_info", "shellcmd", "group_info", "rulegraph"}
# Lines of the log of a job that failed.
_LOG_LINES = 15


class OneLine(logging.Handler):
    """Takes what Snakemake says.

    Args:
        plain: Snakemake's own handler, for what is to be read in full.
        run: what is run.
        pipe: where the jobs say how far they are.
    """

    def __init__(self, plain: logging.StreamHandler, run: Run, pipe: Path):
        super().__init__(plain.level)
        self.name = _PLAIN
        self._plain, self._run, self._pipe = plain, run, pipe
        self._launched = LAUNCHED in os.environ
        self._line = Line(plain.stream)
        self._course: Course | None = None
        self._jobs: dict[int, Job] = {}
        self._replan = False
        # What was left out so far; None once it is known that the line is shown.
        self._held: list[logging.LogRecord] | None = []
        self._passes = self._is_over = False
        # Not the handler's own lock, which Snakemake holds while it closes the handler.
        self._drawing = threading.RLock()
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Fold an event into the line, leave it out, or say it above the line."""
        with self._drawing:
            # A cluster's run: its jobs wait in a queue of which nothing is known here.
            if str(getattr(record, "event", None)) == "resources_info" and hasattr(record, "nodes"):
                self._give_up()
            if not self._passes:
                try:
                    self._take(record)
                    return
                except Exception:
                    # Of a Snakemake that says it otherwise: no reason to stop the run.
                    self._give_up()
            self._say(record)

    def close(self) -> None:
        """Leave the last state, and say what has become of the faces."""
        self._end.set()
        if self._thread is not None:
            self._thread.join()
        course, self._course = self._course, None
        if course is not None:
            now = time.monotonic()
            self._line.show(text(course, now, is_over=True), now, last=True)
            self._line.clear()
        if course is not None or (self._is_over and self._launched):
            self._tell_outcome(course.failed if course is not None else {})
        self._plain.close()
        super().close()

    def _take(self, record: logging.LogRecord) -> None:
        event = str(getattr(record, "event", None) or "")
        act = getattr(self, f"_on_{event}", None)
        if act is not None:
            act(record.__dict__)
        elif event not in _EVENTS_LEFT_OUT and not self._is_idle(record):
            self._say(record)
            return
        if self._held is not None:
            self._held.append(record)
        self._draw()

    def _give_up(self) -> None:
        """Show the run as Snakemake has it, from its beginning."""
        self._passes, self._course = True, None
        self._line.clear()
        held, self._held = self._held, None
        for record in held or ():
            self._say(record)

    def _tell_outcome(self, failed: Mapping[Job, str]) -> None:
        outcome = read_outcome(self._run.results, self._run.ids)
        if outcome is not None:
            logs = {
                job: shown_path(Path(log), self._run.seen_from) if log else ""
                for job, log in failed.items()
            }
            lines = closing(self._run.results, outcome.without(logs), self._run.seen_from)
            print("\n".join(lines), file=self._plain.stream, flush=True)

    def _is_idle(self, record: logging.LogRecord) -> bool:
        message = str(record.msg or "")
        self._is_over = self._is_over or message.startswith(_NOTHING)
        return (
            not message
            or _TOLD_TWICE in message
            or bool(_IDLE.match(message) or (self._launched and _IDLE_LAUNCHED.match(message)))
        )

    def _on_run_info(self, record: Mapping[str, Any]) -> None:
        """The plan is made, before the first job."""
        self._held = None
        workflow = self._run.workflow
        cores = getattr(workflow.resource_settings, "cores", None) or 1
        self._course = Course(self._run.ids, float(cores), self._run.seconds())
        self._plan()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _on_job_started(self, record: Mapping[str, Any]) -> None:
        if self._replan:
            self._replan = False
            self._plan()

    def _on_job_info(self, record: Mapping[str, Any]) -> None:
        job = Job(record["rule_name"], (record["wildcards"] or {}).get("id", ""))
        self._jobs[record["jobid"]] = job
        if self._course is not None:
            self._course.begin(job, time.monotonic(), record["threads"])

    def _on_job_finished(self, record: Mapping[str, Any]) -> None:
        job = self._jobs.get(record["job_id"])
        if job is None or self._course is None:
            return
        self._course.finish(job, time.monotonic())
        if job.rule in ("fit", "adopt") and self._run.is_rejected(job.id):
            self._course.reject([job.id])
        # Which photos are accepted is known now, and what follows when the next jobs are chosen.
        self._replan = self._replan or job.rule == "screen"

    def _on_progress(self, record: Mapping[str, Any]) -> None:
        """Its percentage is that of the jobs planned so far, which falls when there are more."""

    def _on_job_error(self, record: Mapping[str, Any]) -> None:
        job = self._jobs.get(record["jobid"], Job(record["rule_name"]))
        logs = [Path(path) for path in record["log"]]
        ends = {path: _tail(path) for path in logs}
        if any(lines and lines[-1] == "KeyboardInterrupt" for lines in ends.values()):
            return  # stopped by the user, as all are
        if self._course is not None:
            self._course.fail(job, str(logs[0]) if logs else "")
        shown = ", ".join(shown_path(path, self._run.seen_from) for path in logs)
        lines = [
            f"Error in rule {job.rule}" + (f", id {job.id}" if job.id else "") + f"; log: {shown}"
        ]
        if record.get("rule_msg"):
            lines.append(str(record["rule_msg"]))
        for end in ends.values():
            lines += [f"    {line}" for line in end]
        self._line.clear()
        print("\n".join(lines), file=self._plain.stream, flush=True)

    def _plan(self) -> None:
        assert self._course is not None
        jobs = self._run.jobs_to_do()
        self._course.plan(jobs)
        # One that was rejected may be looked at again.
        busy = {job.id for job in (*jobs, *self._course.running)}
        self._course.reject(id for id in self._run.rejected() if id not in busy)

    def _say(self, record: logging.LogRecord) -> None:
        self._line.clear()
        # As the logger would: it looks at the filter, and prints.
        self._plain.handle(record)
        self._draw()

    def _draw(self) -> None:
        if self._course is not None:
            now = time.monotonic()
            self._line.show(text(self._course, now, self._line.width), now)

    def _listen(self) -> None:
        """Hear the jobs, and draw the line once a second."""
        pipe = _opened(self._pipe)
        while not self._end.is_set():
            if pipe is None:
                self._end.wait(1.0)
            elif select.select([pipe], [], [], 1.0)[0]:
                with self._drawing:
                    self._hear(os.read(pipe, 65536).decode(errors="replace"))
                self._end.wait(0.2)
            with self._drawing:
                self._draw()
        if pipe is not None:
            os.close(pipe)

    def _hear(self, lines: str) -> None:
        for line in lines.splitlines():
            said = heard(line)
            if said is not None and self._course is not None:
                self._course.hear(*said, time.monotonic())


def attach(workflow: Any, ids: Sequence[str], results: Path, walk_seconds: float | None) -> str:
    """Show the run that begins as one line, where that is wanted.

    Args:
        workflow: Snakemake's, whose terminal handler is replaced.
        ids: all faces of the list.
        results: the folder of the results.
        walk_seconds: of one link of a walk over the views; None: nobody knows.

    Returns:
        What :data:`scoreface.base.progress.VARIABLE` is for the jobs.
    """
    logger = logging.getLogger("snakemake.logging")
    plain = next((handler for handler in logger.handlers if handler.name == _PLAIN), None)
    if not isinstance(plain, logging.StreamHandler) or not _is_wanted(workflow):
        return TERMINAL
    pipe = workflow.snakemake_tmp_dir / VARIABLE.lower()
    try:
        os.mkfifo(pipe)
    except OSError:
        return TERMINAL
    run = Run(workflow, ids, results.absolute(), walk_seconds)
    if LAUNCHED in os.environ:
        run.seen_from = Path(os.environ[LAUNCHED])
    logger.removeHandler(plain)
    logger.addHandler(OneLine(plain, run, pipe))
    return str(pipe)


def _is_wanted(workflow: Any) -> bool:
    output = workflow.output_settings
    asked = output.dryrun or output.verbose or output.printshellcmds or output.debug_dag
    quiet = {str(level).lower() for level in output.quiet or ()}
    return workflow.is_main_process and not asked and not quiet


def _opened(pipe: Path) -> int | None:
    """The pipe for reading, held open for writing too: else its end would be read whenever no job has it open."""
    try:
        return os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return None


def _tail(path: Path) -> list[str]:
    """The last lines of a log, as a terminal would show them."""
    try:
        text = path.read_bytes().decode(errors="replace")
    except OSError:
        return ["(no log was written)"]
    # A bar of progress is rewritten in place.
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
    return [line for line in lines if line.strip()][-_LOG_LINES:]
