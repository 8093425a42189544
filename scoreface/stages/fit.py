"""Fit FLAME to one photo.

A photo that cannot be used is rejected with a reason in its record and exit status 0; a missing or corrupted model is
an error. Runs on Python 3.7 with TensorFlow 1.15 (``envs/tf_flame.yaml``), and on what the other stages run on.
"""

from __future__ import annotations

import os
import sys

from scoreface.base.errors import InputError
from scoreface.fitting.job import Inputs, Outputs, Settings

__all__ = ["VERSION", "Inputs", "Outputs", "Settings", "run"]

VERSION = "1"


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Fit the photo and write the four files.

    Raises:
        InputError: a model is missing or corrupted, the photo is missing or too large for the machine, or the results
            cannot be written.
    """
    # Read by the numerical libraries when they are first imported, so set before that.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(inputs.threads)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # TensorFlow 2 announces them otherwise
    # The loss touches about 150 vertices: a GPU would only add its start and the memory that TensorFlow claims on it.
    # Whoever wants one names it.
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

    from scoreface.fitting.outcome import fit_photo

    try:
        outcome = fit_photo(inputs, outputs, settings, VERSION)
    except OSError as error:
        place = error.filename if error.filename is not None else inputs.image
        raise InputError("{}: {}".format(place, error.strerror or error)) from error
    except MemoryError as error:
        raise InputError(
            "{}: out of memory; lower fit.max_pixels, so that photos of this size are rejected, or give the job more "
            "memory".format(inputs.image)
        ) from error
    print("{}: {}".format(inputs.id, outcome), file=sys.stderr)
