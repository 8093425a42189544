"""Find the face in a photo, and its landmarks, by MediaPipe's networks, which know turned faces better than dlib does.

What they find is a suggestion: the stage ``detect`` says whose landmarks count (``fit.detector``). A photo that cannot
be read, or on which the search crashes, hangs or runs out of memory, shows no face to them.
"""

from __future__ import annotations

import sys

from scoreface.parse.mesh_job import Inputs, Outputs, Settings

__all__ = ["VERSION", "Inputs", "Outputs", "Settings", "run"]

VERSION = "1"


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Look for the face and write the file.

    Raises:
        InputError: a network or the photo is missing, or the file cannot be written.
    """
    from scoreface.fitting.apart import MESH, run_apart

    outcome = run_apart(MESH, inputs, outputs, settings, VERSION, inputs.image)
    print(outcome, file=sys.stderr)
