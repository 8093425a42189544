"""One photo to a picture of the head in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from scoreface.base.arrays import write_image
from scoreface.base.errors import InputError, PhotoError
from scoreface.base.photo import MOST_PIXELS, load_photo
from scoreface.config.parser import PERSON_MODEL
from scoreface.parse.engines import (
    AUTO,
    EmbeddedSettings,
    Given,
    NoSettings,
    OnnxSettings,
    Parser,
    ParserSettings,
    SegformerSettings,
    make_parser,
)
from scoreface.parse.labels import BARE, GLASSES, HAIR, PERSON, UNKNOWN
from scoreface.parse.masks import touching
from scoreface.parse.pose import HeadPose, estimate_pose
from scoreface.training.align import FRAMES, cut_square, ffhq_square, view_square
from scoreface.training.prepare_job import Settings

_EVERYTHING = "everything"
_BALD = BARE | {GLASSES, UNKNOWN}
_LABELS = {"bald": _BALD | {HAIR}, "head": _BALD | {HAIR}, "person": PERSON | {UNKNOWN}}
_PARSERS = {"none": NoSettings, "embedded": EmbeddedSettings}
_PARSERS |= {"segformer": SegformerSettings, "onnx": OnnxSettings}
# How much larger than the average skull, and ear, one's own may be.
_LARGER = 1.06


@dataclass(frozen=True)
class _Models:
    """What a process needs beside the photos."""

    settings: Settings
    parser: Parser
    predictor: Any
    predictor_path: str


_models: _Models | None = None


def check(settings: Settings) -> None:
    """Make sure that photos can be prepared so, and fetch the person network where it is not there.

    Raises:
        InputError: they cannot.
    """
    for name, known in (("frame", FRAMES), ("keep", (*_LABELS, _EVERYTHING)), ("parser", _PARSERS)):
        if getattr(settings, name) not in known:
            raise InputError(f"--{name} {getattr(settings, name)}: none of {', '.join(known)}")
    if settings.parser == "none" and settings.keep != _EVERYTHING:
        raise InputError(
            f"--parser none: with it nobody knows what to keep; give --keep {_EVERYTHING}, or another parser"
        )
    parser = _parser_settings(settings)
    if parser == EmbeddedSettings(AUTO) and not Path(PERSON_MODEL).exists():
        from scoreface.parse.person_model import fetch_person_model

        fetch_person_model(Path(PERSON_MODEL))
    _load(settings)


def start(settings: Settings) -> None:
    """Load what a process needs."""
    global _models
    # The processes share the cores.
    cv2.setNumThreads(1)
    _models = _load(settings)


def prepare_one(task: tuple[Path, Path]) -> str:
    """Make one photo's picture, unless it is there.

    Args:
        task: path of the photo and of the picture.

    Returns:
        why the photo is left out; empty where it is not.
    """
    source, target = task
    if target.exists():
        return ""
    assert _models is not None
    try:
        photo = load_photo(str(source), MOST_PIXELS)
    except PhotoError as error:
        return str(error)
    landmarks = _landmarks(photo, _models)
    if landmarks is None:
        return "no face was found"
    try:
        picture = cut_head(photo, landmarks, _models.settings, _models.parser)
    except InputError as error:  # landmarks that are no face's
        return str(error)
    write_image(target, picture)
    return ""


def cut_head(
    photo: np.ndarray, landmarks: np.ndarray, settings: Settings, parser: Parser
) -> np.ndarray:
    """The head that landmarks (68, 2) are of in a photo (H, W, 3) uint8, as a picture (S, S, 3) uint8.

    Raises:
        InputError: the landmarks are no face's.
    """
    square = {"views": view_square, "ffhq": ffhq_square}[settings.frame](landmarks)
    shape = photo.shape[:2]
    kept = np.ones(shape, bool)
    if settings.keep != _EVERYTHING:
        pose = estimate_pose(landmarks)
        labels = parser.parse(photo, landmarks).labels
        kept = np.isin(labels, list(_LABELS[settings.keep]))
        if settings.keep == "bald":
            kept &= np.isin(labels, list(_BALD)) | _bald(pose, shape)
        # Of other people, nothing.
        kept = touching(kept, pose.face(shape) & kept)
    return cut_square(photo, kept, square, settings.size)


def _bald(pose: HeadPose, shape: tuple[int, int]) -> np.ndarray:
    """(H, W) bool: where the average head lies without any hair."""
    skull, ears = pose.skull(shape, _LARGER), pose.ears(shape, _LARGER)
    return skull | pose.face(shape) | ears | pose.neck(shape)


def _landmarks(photo: np.ndarray, models: _Models) -> np.ndarray | None:
    """Those (68, 2) of the largest face; None: there is none."""
    from scoreface.fitting.landmarks import detect

    face = detect(photo, models.predictor, models.predictor_path)
    if face is None and not models.settings.fast:
        # Imported only here: the network takes memory.
        from scoreface.fitting.search import search

        face = search(photo, models.predictor, models.predictor_path)
    return None if face is None else face.landmarks


def _load(settings: Settings) -> _Models:
    try:
        from scoreface.fitting.landmarks import find_predictor, load_predictor
    except ImportError as error:
        raise InputError(
            f"{error.name} is not installed, which finds the faces; pip install 'scoreface[fitting]'"
        ) from error
    path = settings.landmark_predictor
    path = find_predictor() if path == AUTO else path
    parser = make_parser(_parser_settings(settings), Given(person_model=Path(PERSON_MODEL)))
    return _Models(settings, parser, load_predictor(path), path)


def _parser_settings(settings: Settings) -> ParserSettings:
    kind = _PARSERS["none" if settings.keep == _EVERYTHING else settings.parser]
    if kind is NoSettings:
        return NoSettings()
    if settings.parser_model == AUTO and kind is not EmbeddedSettings:
        raise InputError(f"--parser {settings.parser}: give its network with --parser-model")
    return kind(settings.parser_model)
