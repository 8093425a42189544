"""Pairs of Celebrities in Frontal-Profile in the Wild (Sengupta et al. 2016): ``Protocol/Split/FF`` or ``FP``."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from scoreface.base.errors import InputError
from scoreface.verify.lines import read_lines
from scoreface.verify.pairs import Collector, PairSet, Sample

_SAME, _DIFFERENT = "same.txt", "diff.txt"
#: The lists of pictures that the two numbers of a pair are places in.
_LISTS = {"F": "Pair_list_F.txt", "P": "Pair_list_P.txt"}
# The lists name pictures from the protocol's own folder.
_IMAGES = ("Data", "Images")


def is_split(folder: Path) -> bool:
    """Whether a folder is one of the protocol's splits: a folder a fold, each with its pairs."""
    return bool(_folds(folder))


def read_cfp(folder: Path) -> PairSet:
    """Read a split: ``FF`` (frontal pictures with frontal ones) or ``FP`` (with profiles), of ten folds.

    Raises:
        InputError: it is no such folder, a list is missing, or a line is wrong.
    """
    if len(folder.name) != 2 or not set(folder.name) <= set(_LISTS):
        raise InputError(f"{folder}: give CFP's folder Protocol/Split/FF or Protocol/Split/FP")
    protocol = folder.parent.parent
    lists = {kind: _pictures(protocol / _LISTS[kind]) for kind in sorted(set(folder.name))}
    found = Collector(folder, protocol.parent.joinpath(*_IMAGES))
    for fold, part in enumerate(_folds(folder)):
        for file, same in ((_SAME, True), (_DIFFERENT, False)):
            for line in read_lines(part / file, "a list of CFP's pairs"):
                words = [word.strip() for word in line.text.split(",")]
                if len(words) != 2:
                    raise line.wrong("a pair: two numbers with a comma between them")
                places = []
                for kind, word in zip(folder.name, words, strict=True):
                    number = line.whole(word, 1)
                    if number not in lists[kind]:
                        raise InputError(
                            f"{line.place}: there is no picture {number} in {protocol / _LISTS[kind]}"
                        )
                    sample = lists[kind][number]
                    places.append(found.picture(sample, PurePosixPath(sample.name).parts[0]))
                found.pair(places[0], places[1], same, fold)
    return found.done()


def _folds(folder: Path) -> list[Path]:
    parts = sorted(path for path in folder.iterdir() if (path / _SAME).is_file())
    return [path for path in parts if (path / _DIFFERENT).is_file()]


def _pictures(path: Path) -> dict[int, Sample]:
    """The pictures of a list by their numbers; the first folder of a name is the person."""
    pictures = {}
    for line in read_lines(path, "a list of CFP's pictures"):
        number, _, name = line.text.partition(" ")
        parts = PurePosixPath(name.strip()).parts
        start = next((i for i in range(len(parts)) if parts[i : i + len(_IMAGES)] == _IMAGES), None)
        below = parts[start + len(_IMAGES) :] if start is not None else ()
        if len(below) < 2:
            raise line.wrong("a number and a picture below Data/Images")
        pictures[line.whole(number, 1)] = Sample("/".join(below), line.place)
    return pictures
