"""Who stands in front: a small person network, and GrabCut where it is not sure.

The network is MediaPipe's selfie segmentation, see :mod:`scoreface.parse.person_model`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from scoreface.base.errors import InputError
from scoreface.parse.crop import HeadCrop, box_around
from scoreface.parse.masks import (
    PROBABLY,
    PROBABLY_NOT,
    SURELY,
    SURELY_NOT,
    along_edges,
    grab_cut,
    grow,
    shrink,
    touching,
)

_SIDE = 256
#: Widths of the squares around the face that the network looks at, in eye distances: head, shoulders, all.
_LOOKS = (3.0, 4.0, 6.0)
#: How far the network's answers may differ and still all say person, or all say background.
_ALL_PERSON, _ALL_BACKGROUND = 0.9, 0.1
_CUT_ROUNDS = 3
_AGAIN = "`scoreface person-model` fetches it"


class Person(NamedTuple):
    """Where the person is.

    Attributes:
        share: (h, w) float32, how far each pixel is the person's by network and GrabCut.
        network: (h, w) float32, the largest of the network's answers: hair before something dark is a person's
            even where its colour is not told apart.
    """

    share: np.ndarray
    network: np.ndarray


class PersonNetwork:
    """The network in a file.

    Raises:
        InputError: the file is missing or no such network.
    """

    def __init__(self, path: Path) -> None:
        try:
            content = path.read_bytes()
            self._interpreter = Interpreter(model_content=content, num_threads=1)
            self._interpreter.allocate_tensors()
            given = self._interpreter.get_input_details()
            made = self._interpreter.get_output_details()
        except (OSError, ValueError, RuntimeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no TFLite model"
            raise InputError(
                f"{path}: cannot be read as the person network ({reason}); {_AGAIN}"
            ) from error
        self.sha256 = hashlib.sha256(content).hexdigest()
        shapes = [tuple(tensor["shape"]) for tensor in (*given, *made)]
        floats = all(tensor["dtype"] is np.float32 for tensor in (*given, *made))
        if not floats or shapes != [(1, _SIDE, _SIDE, 3), (1, _SIDE, _SIDE, 1)]:
            raise InputError(
                f"{path}: is not the person network, which makes one number of each of {_SIDE} x {_SIDE} pixels; "
                f"{_AGAIN}"
            )
        self._path, self._given, self._made = path, given[0]["index"], made[0]["index"]

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        """How far each pixel of a picture (H, W, 3) uint8 is a person's: (H, W) float32, both ways round averaged."""
        small = cv2.resize(picture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        small = small.astype(np.float32) / 255.0
        both = (self._run(small) + self._run(small[:, ::-1])[:, ::-1]) / 2
        size = picture.shape[1], picture.shape[0]
        return cv2.resize(np.ascontiguousarray(both), size, interpolation=cv2.INTER_LINEAR)

    def _run(self, picture: np.ndarray) -> np.ndarray:
        self._interpreter.set_tensor(self._given, np.ascontiguousarray(picture[None]))
        try:
            self._interpreter.invoke()
            made = self._interpreter.get_tensor(self._made)[0, ..., 0]
        except (ValueError, RuntimeError) as error:
            raise InputError(f"{self._path}: does not run on a picture; {_AGAIN}") from error
        if not np.isfinite(made).all():
            raise InputError(f"{self._path}: makes numbers that are not finite; {_AGAIN}")
        return made


def find_person(network: PersonNetwork, head: HeadCrop) -> Person:
    """The person whose head it is: what all looks of the network agree on, and GrabCut's cut between."""
    looks = _look(network, head)
    lowest, highest = np.nanmin(looks, axis=0), np.nanmax(looks, axis=0)
    seeds = _seeds(np.nanmean(looks, axis=0), lowest, highest, head)
    lab = cv2.cvtColor(head.picture, cv2.COLOR_RGB2LAB)
    cut = grab_cut(lab, seeds, _CUT_ROUNDS)
    cut = touching(cut, shrink(head.pose.face(head.shape), 0.12 * head.pose.eye) & cut)
    grey = cv2.cvtColor(head.picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255.0
    radius = max(1, round(0.03 * head.pose.eye))
    return Person(along_edges(cut.astype(np.float32), grey, radius, 1e-4), highest)


def _look(network: PersonNetwork, head: HeadCrop) -> np.ndarray:
    """The network's answers (L, h, w) for squares of several sizes; NaN outside of them."""
    eye, at = head.pose.eye, head.pose.landmarks[27]
    answers = np.full((len(_LOOKS), *head.shape), np.nan, np.float32)
    for answer, width in zip(answers, _LOOKS, strict=True):
        box = box_around(head.shape, at, width / 2 * eye, 0.47 * width * eye, 0.53 * width * eye)
        answer[box.rows, box.columns] = network(head.picture[box.rows, box.columns])
    # Where the largest square ends, what it says last goes on.
    bare = np.isnan(answers).all(axis=0)
    answers[-1][bare] = 0.5
    return answers


def _seeds(mean: np.ndarray, lowest: np.ndarray, highest: np.ndarray, head: HeadCrop) -> np.ndarray:
    """What GrabCut is told, (h, w) uint8: the network where it is sure of itself and the head's pose agrees."""
    pose, shape = head.pose, head.shape
    face = pose.face(shape)
    inner = shrink(face, 0.12 * pose.eye)
    skull = pose.skull(shape) | face
    below = pose.heights(shape) < pose.chin - 0.1
    around = grow(skull, 0.35 * pose.eye)
    seeds = np.where(mean > 0.5, PROBABLY, PROBABLY_NOT).astype(np.uint8)
    seeds[highest < _ALL_BACKGROUND] = SURELY_NOT
    seeds[~around & ~below & (lowest < _ALL_PERSON)] = SURELY_NOT
    # Beside the neck is a wall, or hair and shoulders that the network is sure of.
    shoulders = pose.neck(shape, 1.4, 3.0)
    seeds[below & ~shoulders & (lowest < 0.5)] = SURELY_NOT
    seeds[(lowest > _ALL_PERSON) & (skull | below & shoulders)] = SURELY
    seeds[inner] = SURELY
    return seeds
