"""The process of one task: ``python -m scoreface.fitting.child``, which :mod:`scoreface.fitting.apart` starts."""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import pickle
import signal
import sys
import traceback
from typing import Callable

from scoreface.base.errors import InputError
from scoreface.fitting.apart import DONE, ERROR, FAILED, READING, Job
from scoreface.fitting.packages import missing

_PR_SET_PDEATHSIG = 1  # of linux/prctl.h
_LONGEST = 300  # characters of a library's own words; the log has all of them


def main() -> None:
    """Do the job on standard input, and say on standard output how that went."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # What a library prints goes to the log, not into the answer.

    def say(what: str, text: str = "") -> None:
        answer.write(json.dumps([what, text]) + "\n")
        answer.flush()

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # The parent says what there is to say of a Ctrl-C.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # TensorFlow and its graphs are millions of objects, of which the collector would find next to none to free.
    gc.disable()
    job = pickle.load(sys.stdin.buffer)
    _end_with(job.parent)
    _follow(job, say)


def _end_with(parent: int) -> None:
    """Have the system end this process when its parent has ended, be it by ``kill -9``. Linux only."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # It ended before that.
        sys.exit(1)


def _follow(job: Job, say: Callable[..., None]) -> None:
    """Do the task, and say how it went: what ends it for every photo is an error, what this photo does is its own."""
    try:
        # Models come first: a missing one is an error whatever the photo is like.
        task = importlib.import_module(job.task.module)
        models = task.load_models(job.inputs)
        say(READING)
        say(DONE, task.run(models, job.inputs, job.outputs, job.settings, job.version))
    except InputError as error:
        say(ERROR, str(error))
    except ImportError as error:
        say(ERROR, missing(error))
    except OSError as error:
        place = error.filename if error.filename is not None else job.photo
        say(ERROR, "{}: {}".format(place, error.strerror or error))
    except MemoryError:
        advice = "lower fit.max_pixels, so that photos of this size are rejected unread, or give the job more memory"
        say(FAILED, "ran out of memory; {}".format(advice))
    except Exception as error:
        # A defect of ours or of a library: the log has all of it.
        traceback.print_exc()
        said = " ".join(str(error).split())[:_LONGEST].rstrip(".")
        say(FAILED, "failed: {}: {}".format(type(error).__name__, said))


if __name__ == "__main__":
    main()
