"""Pairs of Labeled Faces in the Wild (Huang et al. 2007): ``pairs.txt``, and sets that have its form."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from scoreface.base.errors import InputError
from scoreface.verify.lines import Line, read_lines
from scoreface.verify.pairs import Collector, PairSet, Sample

_WHAT = "LFW's pairs.txt"
_ONE = "a pair of one person: name, number, number"
_TWO = "a pair of two persons: name, number, name, number"


def read_lfw(path: Path) -> PairSet:
    """Read ``pairs.txt``, whose pictures are ``NAME/NAME_0001.jpg``.

    Its first line says how many folds there are and how many pairs of each kind a fold has; each fold has those of one
    person (``name n1 n2``), then those of two (``name1 n1 name2 n2``). A single number stands for one fold, as in
    ``pairsDevTest.txt``.

    Raises:
        InputError: a line is wrong, or there are more or fewer than the first says.
    """
    lines = read_lines(path, _WHAT)
    header = next(lines, None)
    if header is None:
        raise InputError(f"{path}: empty, so not {_WHAT}")
    folds, count = _header(header)
    found = Collector(path, path.parent)
    last = header
    for fold in range(folds):
        for same in chain([True] * count, [False] * count):
            line = next(lines, None)
            if line is None:
                raise InputError(
                    f"{path}: ends with line {last.number}, where the first says {folds} x {count} pairs of each kind"
                )
            _add(found, line, same, fold)
            last = line
    beyond = next(lines, None)
    if beyond is not None:
        raise InputError(
            f"{beyond.place}: more pairs than the {folds} x {count} of each kind that the first line says"
        )
    return found.done()


def _header(line: Line) -> tuple[int, int]:
    words = line.text.split()
    if len(words) not in (1, 2):
        raise line.wrong("the number of folds and of pairs of each kind in a fold")
    numbers = [line.whole(word, 1) for word in words]
    return (1, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])


def _add(found: Collector, line: Line, same: bool, fold: int) -> None:
    words = line.text.split("\t" if "\t" in line.text else None)
    if len(words) != (3 if same else 4):
        raise line.wrong(_ONE if same else _TWO)
    name, number, *other = words
    other_name, other_number = (name, *other) if same else other
    places = []
    for who, which in ((name, number), (other_name, other_number)):
        picture = f"{who}/{who}_{line.whole(which, 1):04d}.jpg"
        places.append(found.picture(Sample(picture, line.place), who))
    found.pair(places[0], places[1], same, fold)
