"""The line of progress that a long stage shows on the terminal, while all else that it says goes into its log."""

import os
import sys
import time

#: Names the descriptor that the rules keep open to the terminal; by hand there is none, and standard error serves.
VARIABLE = "SCOREFACE_PROGRESS"

# Seconds between two lines: jobs run side by side, and each has its own.
_INTERVAL = 10.0


class Progress:
    """Says how far a piece of work has come, now and then.

    Args:
        what: the work.
        unit: of its parts.
    """

    def __init__(self, what: str, unit: str):
        self._what, self._unit, self._said = what, unit, time.monotonic()

    def say(self, done: int, total: int, last: bool = False) -> None:
        """Say that ``done`` parts of ``total`` are done, unless that was said a moment ago and more is to come."""
        now = time.monotonic()
        if last or now - self._said >= _INTERVAL:
            self._said = now
            _show("{}, {} of {} {}".format(self._what, done, total, self._unit))


def _show(line: str) -> None:
    descriptor = os.environ.get(VARIABLE, "")
    if not descriptor.isdigit():
        print(line, file=sys.stderr, flush=True)
        return
    try:
        os.write(int(descriptor), (line + "\n").encode())
    except OSError:
        pass  # A terminal that has gone is no reason to stop.
