"""Find the face in a photo, and its landmarks.

A photo that cannot be used is rejected with a reason in its record and exit status 0, and so is one on which the search
crashes, hangs or runs out of memory, which happens in a process of its own; a missing or corrupted model is an error.
Runs where the fit runs.
"""

from __future__ import annotations

import sys

from scoreface.base.errors import InputError
from scoreface.fitting.detect_job import MEDIAPIPE, Inputs, Outputs, Settings

__all__ = ["VERSION", "Inputs", "Outputs", "Settings", "run"]

VERSION = "3"


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Look for the face and write both files.

    Raises:
        InputError: a model is missing or corrupted, the photo or a file of its landmarks is missing, or the results
            cannot be written.
    """
    if settings.detector == MEDIAPIPE and not (inputs.mesh or inputs.landmarks):
        raise InputError(
            "fit.detector: mediapipe, but no file of landmarks is given; make it with `scoreface mesh-landmarks` and "
            "give it with --mesh FILE"
        )
    from scoreface.fitting.apart import DETECTION, run_apart

    outcome = run_apart(DETECTION, inputs, outputs, settings, VERSION, inputs.image)
    print(outcome, file=sys.stderr)
