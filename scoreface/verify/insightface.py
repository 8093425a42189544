"""Pairs in insightface's ``.bin``: a pickle of encoded pictures, two a pair, and of what says which are one person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.pickles import load_values
from scoreface.verify.pairs import Collector, PairSet, Sample, blocks

#: Folds, as insightface's own evaluation cuts the list: one behind the other.
FOLDS = 10


def read_bin(path: Path) -> PairSet:
    """Read a ``.bin``. Nothing that it names is executed.

    Raises:
        InputError: it is no such file, or names what none needs.
    """
    content = load_values(str(path), "set of pairs")
    if not (isinstance(content, (tuple, list)) and len(content) == 2):
        raise InputError(
            f"{path}: its pickle is no pair of a list of pictures and a list of labels"
        )
    pictures, labels = content
    if isinstance(labels, np.ndarray):
        labels = list(labels.ravel())
    if not (isinstance(pictures, (list, tuple)) and isinstance(labels, (list, tuple))):
        raise InputError(
            f"{path}: its pickle is no pair of a list of pictures and a list of labels"
        )
    if not labels or len(pictures) != 2 * len(labels):
        raise InputError(
            f"{path}: {len(pictures)} pictures for {len(labels)} pairs, which need two each"
        )
    found = Collector(path, path.parent)
    folds = blocks(len(labels), min(FOLDS, len(labels)))
    for number, (label, fold) in enumerate(zip(labels, folds, strict=True)):
        places = [
            found.picture(Sample(str(k), f"{path}, picture {k}", None, _encoded(path, k, pictures)))
            for k in (2 * number, 2 * number + 1)
        ]
        found.pair(places[0], places[1], _truth(path, number, label), int(fold))
    return found.done()


def _encoded(path: Path, number: int, pictures: Any) -> bytes:
    picture = pictures[number]
    if isinstance(picture, bytes):
        return picture
    if isinstance(picture, np.ndarray) and picture.dtype == np.uint8:
        return picture.tobytes()
    # Python 2 wrote bytes as text, a letter each.
    if isinstance(picture, str) and all(ord(letter) < 256 for letter in picture[:16]):
        try:
            return picture.encode("latin1")
        except UnicodeEncodeError:
            pass
    raise InputError(
        f"{path}, picture {number}: a {type(picture).__name__}, not an encoded picture"
    )


def _truth(path: Path, number: int, label: Any) -> bool:
    if isinstance(label, (bool, np.bool_)) or (
        isinstance(label, (int, np.integer)) and label in (0, 1)
    ):
        return bool(label)
    raise InputError(
        f"{path}, pair {number}: its label is a {type(label).__name__}, not true or false"
    )
