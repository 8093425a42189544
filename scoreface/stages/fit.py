"""Fit FLAME to one photo.

A photo that cannot be fitted is rejected with a reason in its record and exit status 0, and so is one whose fit
crashes, hangs or runs out of memory, which happens in a process of its own; one that stage ``detect`` rejected stays
rejected for its reason. A missing or corrupted model is an error. Runs on Python 3.7 with TensorFlow 1.15
(``envs/tf_flame.yaml``), and on what the other stages run on.
"""

from __future__ import annotations

import sys

from scoreface.fitting.job import Inputs, Outputs, Settings

__all__ = ["VERSION", "Inputs", "Outputs", "Settings", "run"]

VERSION = "2"


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Fit the photo and write the three files.

    Raises:
        InputError: a model, the photo or its detection is missing or corrupted, or the results cannot be written.
    """
    from scoreface.fitting.apart import FIT, run_apart

    outcome = run_apart(FIT, inputs, outputs, settings, VERSION, inputs.photo, inputs.threads)
    print(outcome, file=sys.stderr)
