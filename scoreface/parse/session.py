"""Networks from ONNX files, run on the CPU."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from scoreface.base.errors import InputError


def open_network(path: Path, named: str) -> Any:
    """Open an ONNX file as a session of onnxruntime, with OMP_NUM_THREADS threads where that is set.

    Args:
        path: of the file.
        named: the key or option that gives it, for the message.

    Raises:
        InputError: the file cannot be read, or is no network.
        ImportError: onnxruntime is not installed.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # 0 leaves it to the machine.
    threads = os.environ.get("OMP_NUM_THREADS", "")
    options.intra_op_num_threads = int(threads) if threads.isdecimal() else 0
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    except OSError as error:
        raise InputError(
            "{}: {} cannot be read ({})".format(named, path, error.strerror)
        ) from error
    except Exception as error:  # onnxruntime's own are of many kinds
        raise InputError("{}: {} is no ONNX network".format(named, path)) from error
