"""Work on a photo in a process of its own, so that one photo cannot stop a list of them, whatever it does.

dlib, TensorFlow and the decoders of pictures are foreign code, and photos come from anywhere: work on one can crash,
hang, or take more memory than there is. What happens once the photo is being read is put down to the photo, which is
rejected; what happens before would happen with the next photo too, and is an error.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

from scoreface.base import progress
from scoreface.base.errors import InputError
from scoreface.fitting.packages import variables

# What the other process says, in this order: that it begins to read the photo, and how it ended.
READING, DONE, ERROR, FAILED = "reading", "done", "error", "failed"

# Somebody ends a job by these, which says nothing of the photo.
_FROM_OUTSIDE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The system's call that waits takes no number above some weeks.
_LONGEST = 1e6


@dataclass(frozen=True)
class Task:
    """What can be done to a photo.

    Attributes:
        name: of the work, for messages.
        module: does it, with large libraries. ``load_models(inputs)`` gives what does not depend on the pixels, and
            ``run(models, inputs, outputs, settings, version)`` writes the results and says in a sentence how it went.
        record: ``reject(inputs, outputs, settings, how, version, seconds)`` of this module, without those libraries,
            writes the results where the work has ended as ``how`` says, and gives the sentence.
        doctor: the command that looks at what the work needs.
    """

    name: str
    module: str
    record: str
    doctor: str = "doctor-fit"


DETECTION = Task(
    "search for a face", "scoreface.fitting.detect", "scoreface.fitting.detection_record"
)
FIT = Task("fit", "scoreface.fitting.outcome", "scoreface.fitting.record")
# Beside this room, and with libraries of the other environment.
MESH = Task(
    "search by the mesh", "scoreface.parse.mesh_landmarks", "scoreface.parse.mesh_record", "doctor"
)


@dataclass(frozen=True)
class Job:
    """What the other process is told.

    Attributes:
        task: what to do.
        inputs, outputs, settings, version: of the stage.
        photo: that is worked on, for messages.
        threads: that libraries may use.
        parent: the process that waits for it.
    """

    task: Task
    inputs: Any
    outputs: Any
    settings: Any
    version: str
    photo: Path
    threads: int
    parent: int


def run_apart(
    task: Task,
    inputs: Any,
    outputs: Any,
    settings: Any,
    version: str,
    photo: Path,
    threads: int = 1,
) -> str:
    """Do a task in a process of its own and see that all its files are written, however that ends.

    Args:
        task: what to do.
        inputs, outputs, settings, version: of the stage; ``settings.time_limit`` is in seconds.
        photo: that is worked on, for messages.
        threads: that libraries may use.

    Returns:
        the photo's id and ``accepted``, or ``rejected: `` and the reason.

    Raises:
        InputError: a model or a package is missing or broken, or the results cannot be written.
    """
    started = time.time()
    job = Job(task, inputs, outputs, settings, version, photo, threads, os.getpid())
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
        raise InputError("{}: its {} was ended ({})".format(photo, task.name, _words(status)))
    else:
        how = "crashed ({})".format(_words(status))
    if (READING, "") not in said:
        raise InputError(
            "{}: before it was read, the {} {}; scoreface {} looks at what that needs".format(
                photo, task.name, how, task.doctor
            )
        )
    # Imported only here: while the other process runs, the memory is that one's.
    record = importlib.import_module(task.record)
    seconds = time.time() - started
    return str(record.reject(inputs, outputs, settings, how, version, seconds))


def _run(job: Job) -> Tuple[List[Tuple[str, str]], Optional[int]]:
    """Run the other process; what it said, and its exit status, None where it took too long.

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
                env=_environment(job.threads),
            )
        except OSError as error:
            raise InputError(
                "{}: no process can be started for its {} ({})".format(
                    job.photo, job.task.name, error
                )
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
