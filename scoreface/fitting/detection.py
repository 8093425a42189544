"""What stage ``detect`` found in a photo, as ``detection.json`` has it. Needs no dlib, so every stage may read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, NamedTuple, Optional

import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.files import read_json

ACCEPTED, REJECTED = "accepted", "rejected"
#: Landmarks of iBUG 300-W: 17 along the jaw, then those inside the face, which the fit uses.
N_LANDMARKS, N_JAW = 68, 17


class Face(NamedTuple):
    """The largest face of a photo.

    Attributes:
        landmarks: (68, 2) float64, iBUG 300-W in pixels, x right and y down; a pixel's centre is a whole number.
        box: (4,) float64, left, top, right, bottom of the face in pixels.
        n_faces: how many faces were found.
        found_by: which way, such as ``hog``.
    """

    landmarks: np.ndarray
    box: np.ndarray
    n_faces: int
    found_by: str


@dataclass(frozen=True)
class Detection:
    """What is known of a photo; None stands for what is not.

    Attributes:
        id: the photo's.
        status: ``accepted`` or ``rejected``.
        reason: why it is rejected; None where it is accepted.
        image: path of the photo's file.
        image_sha256: its checksum.
        image_width, image_height: pixels of the photo, upright.
        n_faces: how many faces were found in it; 0 where it could be read and shows none.
        face_box: (4,) float64, see :class:`Face`.
        found_by: see :class:`Face`.
        landmarks: (68, 2) float64, see :class:`Face`; there exactly where the photo is accepted.
        seconds: that the search took.
        version: of the stage.
        settings: of the stage, and the predictor.
    """

    id: str
    status: str
    reason: Optional[str]
    image: str
    image_sha256: Optional[str]
    image_width: Optional[int]
    image_height: Optional[int]
    n_faces: Optional[int]
    face_box: Optional[np.ndarray]
    found_by: Optional[str]
    landmarks: Optional[np.ndarray]
    seconds: float
    version: str
    settings: Mapping[str, Any]

    @property
    def summary(self) -> str:
        """The id and ``accepted``, or ``rejected: `` and the reason."""
        return summary(self.id, self.reason)

    def as_json(self) -> str:
        """The record's text; :func:`load_detection` reads it back with the same numbers."""
        record = dict(vars(self))
        for name in ("face_box", "landmarks"):
            if record[name] is not None:
                record[name] = record[name].tolist()
        return json.dumps(record, indent=2, allow_nan=False) + "\n"


def summary(id: str, reason: Optional[str]) -> str:
    """What a stage says of a photo that it accepts, or rejects for a reason."""
    return "{}: {}".format(id, ACCEPTED if reason is None else "{}: {}".format(REJECTED, reason))


def load_detection(path: Path) -> Detection:
    """Read ``detection.json``.

    Raises:
        InputError: the file is missing, damaged, or no such record.
    """
    advice = "delete it and run again"
    try:
        record = read_json(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError("{}: cannot be read ({})".format(path, reason)) from error
    except RecursionError as error:
        raise InputError("{}: not JSON (nested too deeply); {}".format(path, advice)) from error
    problem = _problem(record)
    if problem:
        raise InputError("{}: no record of a detection ({}); {}".format(path, problem, advice))
    values = {name: record[name] for name in _FIELDS}
    for name in ("face_box", "landmarks"):
        if values[name] is not None:
            values[name] = np.array(values[name], dtype=np.float64)
    return Detection(**values)


def _problem(record: Any) -> Optional[str]:
    """What is wrong with a record; None where nothing is."""
    if not isinstance(record, dict):
        return "it is no object"
    for name, is_sound in _FIELDS.items():
        if name not in record:
            return "no {} in it".format(name)
        if not is_sound(record[name]):
            return "its {} is of another kind".format(name)
    accepted = record["status"] == ACCEPTED
    if accepted == (record["reason"] is not None):
        return "status and reason contradict each other"
    known = [record[name] is not None for name in ("landmarks", "face_box", "found_by")]
    if known != [accepted] * len(known) or (accepted and not record["n_faces"]):
        return "status and face contradict each other"
    sizes = [record[name] is not None for name in ("image_width", "image_height")]
    if sizes[0] != sizes[1] or (accepted and not sizes[0]):
        return "the photo's size is missing"
    return None


def _or_none(is_sound: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or is_sound(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any, least: int = 0) -> bool:
    return type(value) is int and least <= value < 2**31


def _is_number(value: Any) -> bool:
    # What lies beyond this is no place in a picture, and not every whole number has a float. NaN is not below it.
    return type(value) in (int, float) and abs(value) < 1e9


def _is_list(value: Any, length: int, is_sound: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and len(value) == length and all(map(is_sound, value))


def _is_point(value: Any) -> bool:
    return _is_list(value, 2, _is_number)


_FIELDS: Mapping[str, Callable[[Any], bool]] = {
    "id": _is_text,
    "status": lambda value: value in (ACCEPTED, REJECTED),
    "reason": _or_none(_is_text),
    "image": _is_text,
    "image_sha256": _or_none(_is_text),
    "image_width": _or_none(lambda value: _is_count(value, 1)),
    "image_height": _or_none(lambda value: _is_count(value, 1)),
    "n_faces": _or_none(_is_count),
    "face_box": _or_none(lambda value: _is_list(value, 4, _is_number)),
    "found_by": _or_none(_is_text),
    "landmarks": _or_none(lambda value: _is_list(value, N_LANDMARKS, _is_point)),
    "seconds": lambda value: _is_number(value) and value >= 0,
    "version": _is_text,
    "settings": lambda value: isinstance(value, dict),
}
