"""How far a long stage has come: said to whoever shows it, while all else that the stage says goes into its log."""

import os
import re
import sys
import time
from typing import Optional, Tuple

#: Names the descriptor that the rules keep open to the terminal, or the pipe that Snakemake's own process reads to
#: show one line for all jobs; by hand there is neither, and standard error serves.
VARIABLE = "SCOREFACE_PROGRESS"

# Seconds between two lines: on a terminal, which jobs that run side by side share, and into a pipe.
_INTERVAL, _INTERVAL_OF_PIPE = 10.0, 1.0


class Progress:
    """Says how far a piece of work has come, now and then.

    Args:
        what: the work, with the face's id before a colon.
        unit: of its parts.
    """

    def __init__(self, what: str, unit: str):
        self._what, self._unit, self._said = what, unit, time.monotonic()

    def say(self, done: int, total: int, last: bool = False) -> None:
        """Say that ``done`` parts of ``total`` are done, unless that was said a moment ago and more is to come."""
        now = time.monotonic()
        if last or now - self._said >= (_INTERVAL_OF_PIPE if _pipe() else _INTERVAL):
            self._said = now
            _show("{}, {} of {} {}".format(self._what, done, total, self._unit))


def heard(line: str) -> Optional[Tuple[str, int, int]]:
    """The id, the parts done and their number in a line of :class:`Progress`; None where it is another."""
    match = re.match(r"([^:\s]+): .*, (\d+) of (\d+) [a-z ]+$", line)
    return (match.group(1), int(match.group(2)), int(match.group(3))) if match else None


def _pipe() -> str:
    """Path of the pipe; empty where there is none."""
    told = os.environ.get(VARIABLE, "")
    return "" if told.isdigit() else told


def _show(line: str) -> None:
    told = os.environ.get(VARIABLE, "")
    if not told:
        print(line, file=sys.stderr, flush=True)
        return
    try:
        if told.isdigit():
            os.write(int(told), (line + "\n").encode())
            return
        # Not waited for: whoever reads it may have gone, or be on another machine.
        pipe = os.open(told, os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(pipe, (line + "\n").encode())
        finally:
            os.close(pipe)
    except OSError:
        pass  # A terminal that has gone is no reason to stop.
