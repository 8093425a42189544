"""A network for face parsing from an ONNX file: BiSeNet with the 19 classes of CelebAMask-HQ, or one like it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from scoreface.base.errors import InputError
from scoreface.base.files import sha256_of
from scoreface.parse.celeba import CLASSES, checked_scores, decide, labels_of, where_to_look
from scoreface.parse.engines import Given, OnnxSettings, Parsed, Source
from scoreface.parse.session import open_network

#: Mean and deviation of ImageNet's colours, which these networks expect.
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
#: Pixels a side where the network takes any number.
_SIDE = 512
#: Pixels a side that are no mistake.
_LARGEST = 8192
#: The names of the classes may stand in the file's metadata.
_NAMES = "names"


class OnnxParser:
    """The network in a file.

    Raises:
        InputError: the file is missing or no such network.
    """

    def __init__(self, settings: OnnxSettings, given: Given) -> None:
        self._path = Path(settings.model)
        self._session = open_network(self._path, "parse.onnx.model")
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or not _takes_pictures(inputs[0]):
            raise InputError(
                f"parse.onnx.model: {self._path} does not take one picture of shape (1, 3, height, width) in "
                "floating-point numbers"
            )
        self._input = inputs[0].name
        self._size = tuple(n if isinstance(n, int) else _SIDE for n in inputs[0].shape[:1:-1])
        self._labels = labels_of(self._names(), f"parse.onnx.model: {self._path}")

    @property
    def classes(self) -> int:
        """How many classes the network tells apart."""
        return len(self._labels)

    def parse(self, photo: np.ndarray, landmarks: np.ndarray | None) -> Parsed:
        """See :meth:`scoreface.parse.engines.Parser.parse`."""
        box = where_to_look(photo.shape[:2], landmarks)
        part = np.ascontiguousarray(photo[box.rows, box.columns])
        picture = cv2.resize(part, self._size, interpolation=cv2.INTER_AREA) / np.float32(255.0)
        picture = ((picture - _MEAN) / _DEVIATION).transpose(2, 0, 1)[None]
        what = f"parse.onnx.model: {self._path}"
        try:
            made = self._session.run(None, {self._input: np.ascontiguousarray(picture)})
        except Exception as error:  # onnxruntime's own are of many kinds
            raise InputError(f"{what} does not run on a picture ({_first_line(error)})") from error
        scores = checked_scores(made[0], len(self._labels), what)
        return decide(scores, self._labels, box, photo.shape[:2])

    def source(self) -> Source:
        """See :meth:`scoreface.parse.engines.Parser.source`."""
        return Source(str(self._path), sha256_of(self._path))

    def _names(self) -> Sequence[str]:
        """The classes' names: as ultralytics and others leave them in the metadata, or the usual ones."""
        text = self._session.get_modelmeta().custom_metadata_map.get(_NAMES)
        if text is None:
            return CLASSES
        try:
            names = json.loads(text)
            return (
                [names[str(i)] for i in range(len(names))] if isinstance(names, dict) else [*names]
            )
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputError(
                f"parse.onnx.model: {self._path} has metadata {_NAMES!r} that are no list of its classes in JSON"
            ) from error


def _takes_pictures(given: onnxruntime.NodeArg) -> bool:
    """Whether an input of a network is one picture, of any size or of one that it names."""
    if given.type != "tensor(float)" or len(given.shape) != 4:
        return False
    # What is no number is a size that the network leaves open.
    wanted = [
        size if isinstance(size, int) else known
        for size, known in zip(given.shape[:2], (1, 3), strict=True)
    ]
    sides = [size for size in given.shape[2:] if isinstance(size, int)]
    return wanted == [1, 3] and all(0 < side <= _LARGEST for side in sides)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
