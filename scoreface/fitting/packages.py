"""The packages of the fit's environment: the variables that they read, and what to say where one is missing."""

import os
from typing import Dict, Optional


def variables(threads: int) -> Dict[str, str]:
    """The environment variables for a process that uses them; they are read when a package is first imported."""
    quiet = {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",  # TensorFlow 2 announces them otherwise
        # TensorFlow 2 imports Keras 3 otherwise, with which Matplotlib and more come: a third of its start.
        "TF_USE_LEGACY_KERAS": "1",
        # The loss touches about 150 vertices: a GPU would only add its start and the memory that TensorFlow claims on
        # it. Whoever wants one names it.
        "CUDA_VISIBLE_DEVICES": "-1",
    }
    chosen = {name: os.environ.get(name, value) for name, value in quiet.items()}
    libraries = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {**chosen, **{name: str(threads) for name in libraries}}


def missing(error: ImportError, package: Optional[str] = None) -> str:
    """The sentence for a package that is not there, or does not go with the others.

    Args:
        error: that its import raised.
        package: what to call it; None: as the error does.
    """
    return "{}: cannot be imported ({}); the fit needs it: pip install '.[fitting]', or snakemake --use-conda".format(
        package or (error.name or "a package").partition(".")[0], error
    )
