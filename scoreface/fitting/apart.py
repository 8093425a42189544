"""The fit in a process of its own, so that one photo cannot stop a list of them, whatever it does.

dlib, TensorFlow and the decoders of pictures are foreign code, and photos come from anywhere: a fit can crash, hang, or
take more memory than there is. What happens once the photo is being read is put down to the photo, which is rejected;
what happens before would happen with the next photo too, and is an error.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import Dict, Iterator, List, Optional, Tuple

from scoreface.base import progress
from scoreface.base.errors import InputError
from scoreface.base.files import sha256_of
from scoreface.fitting.job import Inputs, Outputs, Settings
from scoreface.fitting.packages import variables

# What the process of the fit says, in this order: that it begins to read the photo, and how it ended.
READING, DONE, ERROR, FAILED = "reading", "done", "error", "failed"

# Somebody ends a job by these, which says nothing of the photo.
_FROM_OUTSIDE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The system's call that waits takes no number above some weeks.
_LONGEST = 1e6


@dataclass(frozen=True)
class Job:
    """What the process of the fit is told.

    Attributes:
        inputs, outputs, settings, version: as of :func:`scoreface.fitting.outcome.fit_photo`.
        parent: the process that waits for it.
    """

    inputs: Inputs
    outputs: Outputs
    settings: Settings
    version: str
    parent: int


def fit_apart(inputs: Inputs, outputs: Outputs, settings: Settings, version: str) -> str:
    """Fit one photo in a process of its own and see that its four files are written, however that ends.

    Returns:
        ``accepted``, or ``rejected: `` and the reason.

    Raises:
        InputError: a model or a package is missing or broken, or the results cannot be written.
    """
    started = time.time()
    job = Job(inputs, outputs, settings, version, os.getpid())
    said, status = _run(job)
    last, text = said[-1] if said else ("", "")
    if last == DONE:
        return text
    if last == ERROR:
        raise InputError(text)
    if status is None:
        how = "took more than the limit of {:g} s (fit.time_limit)".format(settings.time_limit)
    elif last == FAILED:
        how = text
    elif -status in _FROM_OUTSIDE:
        raise InputError("{}: its fit was ended ({})".format(inputs.image, _words(status)))
    else:
        how = "crashed ({})".format(_words(status))
    if (READING, "") not in said:
        raise InputError(
            "{}: before it was read, the fit {}; scoreface doctor-fit looks at what a fit needs".format(
                inputs.image, how
            )
        )
    return _reject(
        job, "The fit to the photo {} {}.".format(inputs.image, how), time.time() - started
    )


def _run(job: Job) -> Tuple[List[Tuple[str, str]], Optional[int]]:
    """Run the process of the fit; what it said, and its exit status, None where it took too long.

    Raises:
        InputError: the system has no room for a process.
    """
    # faulthandler leaves in the log where the process was when it crashed.
    command = [sys.executable, "-X", "faulthandler", "-m", "scoreface.fitting.child"]
    with _signals_end_the_block():
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(job.inputs.threads),
            )
        except OSError as error:
            raise InputError(
                "{}: no process can be started for its fit ({})".format(job.inputs.image, error)
            ) from error
        try:
            limit = min(job.settings.time_limit, _LONGEST)
            said, _ = process.communicate(pickle.dumps(job), timeout=limit)
            status = process.returncode  # type: Optional[int]
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
            status = None
        finally:
            # Whatever ends this one, the other does not run on.
            process.kill()
            process.wait()
    # The last line of a process that was killed may lack its end.
    return [tuple(json.loads(line)) for line in said.split(b"\n")[:-1]], status


def _environment(threads: int) -> Dict[str, str]:
    # Without the descriptor that the line of progress goes to, which is not handed down.
    here = {name: value for name, value in os.environ.items() if name != progress.VARIABLE}
    return {**here, **variables(threads)}


@contextlib.contextmanager
def _signals_end_the_block() -> Iterator[None]:
    """Have the signals that end a process end the block by an exception, so that it can tidy up.

    Those that are ignored (nohup) or handled by somebody else are left as they are.
    """

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)  # the status by which a shell reports a signal

    numbers = []
    if threading.current_thread() is threading.main_thread():
        numbers = [n for n in _FROM_OUTSIDE if signal.getsignal(n) == signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def _words(status: int) -> str:
    """An exit status of a process in words."""
    if status >= 0:
        return "exit status {}".format(status)
    try:
        name = signal.Signals(-status).name
    except ValueError:  # a real-time signal
        name = "without a name"
    perhaps = ": out of memory, perhaps" if -status == signal.SIGKILL else ""
    return "signal {}, {}{}".format(-status, name, perhaps)


def _reject(job: Job, reason: str, seconds: float) -> str:
    """Write the four files where the fit has not; the photo itself is not decoded again."""
    # Imported only here: while the fit runs, the memory is the fit's.
    from scoreface.fitting.record import Outcome, write_outcome

    try:
        checksum = sha256_of(job.inputs.image)  # type: Optional[str]
    except OSError:
        checksum = None
    outcome = Outcome(reason=reason, checksum=checksum)
    write_outcome(job.inputs, job.outputs, job.settings, outcome, job.version, seconds)
    return str(outcome)
