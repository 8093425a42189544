"""The one line that shows a run: redrawn in place on a terminal, written every so often elsewhere."""

from __future__ import annotations

import os
import shutil
from typing import TextIO

from scoreface.launch.course import Course, Job

# Characters of the bar and of an id; seconds between two lines where they are not redrawn; their width there.
_BAR, _ID, _INTERVAL, _WIDTH = 10, 24, 30.0, 120
_CLEAR = "\r\x1b[2K"


def text(course: Course, now: float, width: int = _WIDTH, is_over: bool = False) -> str:
    """A bar, the faces, and unless it is over the time left and as much of what runs as ``width`` characters hold."""
    share = course.share(now)
    faces = f"{course.done} of {len(course.ids)} faces done"
    if course.rejected:
        faces += f", {len(course.rejected)} rejected"
    if course.failed:
        faces += f", {len(course.failed)} failed"
    line = f"{_bar(share)} {int(100 * share):3d} % | {faces}"
    if is_over:
        return line
    running = [job for job in course.running if job.rule != "all"]
    if share < 1:
        line += f" | {_left(course.seconds_left(now))}"
    for number, job in enumerate(running):
        named = f"{', ' if number else ' | '}{_named(course, job)}"
        more = f" +{len(running) - number - 1}" if number + 1 < len(running) else ""
        if len(line) + len(named) + len(more) > width:
            return f"{line} +{len(running) - number}" if number else line
        line += named
    return line


def duration(seconds: float) -> str:
    """A time as a person says it, coarser the longer it is."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"{round(seconds / 5) * 5} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours = round(seconds / 3600)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"


class Line:
    """Where the line is shown.

    Args:
        stream: a terminal, or anything else.
    """

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._redrawn = stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._drawn = False
        self._said: float | None = None
        self._last = ""

    @property
    def width(self) -> int:
        """Characters that a line may have."""
        return shutil.get_terminal_size().columns - 1 if self._redrawn else _WIDTH

    def show(self, line: str, now: float, last: bool = False) -> None:
        """Draw the line, or write it where the last one was long ago."""
        if self._redrawn:
            if line != self._last or not self._drawn:
                self._write(_CLEAR + line[: self.width])
            self._drawn, self._last = True, line
        elif last or self._said is None or now - self._said >= _INTERVAL:
            if line != self._last:
                self._write(line + "\n")
            self._said, self._last = now, line

    def clear(self) -> None:
        """Make room for something else."""
        if self._drawn:
            self._write(_CLEAR)
            self._drawn = False

    def _write(self, characters: str) -> None:
        self._stream.write(characters)
        self._stream.flush()


def _bar(share: float) -> str:
    filled = int(_BAR * share)
    return f"[{'=' * filled}{'-' * (_BAR - filled)}]"


def _left(seconds: float | None) -> str:
    return "time left not known yet" if seconds is None else f"{duration(seconds)} left"


def _named(course: Course, job: Job) -> str:
    stage = job.kind.replace("_", "-")
    share = course.heard(job)
    if share is not None:
        stage += f" {int(100 * share)} %"
    id = job.id if len(job.id) <= _ID else job.id[: _ID - 3] + "..."
    return f"{id}: {stage}" if id else stage
