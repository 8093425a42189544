"""Fit FLAME to one photo.

A photo that cannot be used is rejected with a reason in its record and exit status 0, and so is one whose fit crashes,
hangs or runs out of memory, which happens in a process of its own; a missing or corrupted model is an error. Runs on
Python 3.7 with TensorFlow 1.15 (``envs/tf_flame.yaml``), and on what the other stages run on.
"""

from __future__ import annotations

import sys

from scoreface.fitting.job import Inputs, Outputs, Settings

__all__ = ["VERSION", "Inputs", "Outputs", "Settings", "run"]

VERSION = "1"


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Fit the photo and write the four files.

    Raises:
        InputError: a model is missing or corrupted, the photo is missing, or the results cannot be written.
    """
    from scoreface.fitting.apart import fit_apart

    outcome = fit_apart(inputs, outputs, settings, VERSION)
    print("{}: {}".format(inputs.id, outcome), file=sys.stderr)
