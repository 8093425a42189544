"""Pairs of pictures in one file, as insightface tests recognisers with: a pickle of pictures and of who is the same.

The pickle is ``([bytes, ...], [bool, ...])``: the files of a pair's two pictures follow each other, and the second list
has one answer a pair.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scoreface.base.errors import InputError, shown
from scoreface.base.files import atomic
from scoreface.base.seeds import number_of
from scoreface.results.dataset.rows import Face

# A branch of the seeds of its own: no picture is drawn from it.
_BRANCH = 0xB12
# Pictures that the reader of the pickle puts into the list at once.
_BATCH = 100


class Picture(NamedTuple):
    """A picture of a face, by its number."""

    face: Face
    number: int

    @property
    def path(self) -> Path:
        """Its file."""
        return self.face.folder / f"{self.number:03d}.png"


class Pair(NamedTuple):
    """Two pictures, and whether they show one person."""

    first: Picture
    second: Picture
    same: bool


def read_pairs(path: Path, faces: Sequence[Face], views: int) -> Iterator[Pair]:
    """The pairs of a list: two ids, each with a picture's number behind a stroke or none, and 1 or 0.

    A pair of which a face is not there, because its photo was rejected, is left out.

    Args:
        path: the list, of columns that tabs separate.
        faces: those that are there.
        views: pictures of a face.

    Raises:
        InputError: the list is missing, or a line is something else.
    """
    there = {face.id: face for face in faces}
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip() and not line.startswith("#"):
                    cells = line.rstrip("\r\n").split("\t")
                    pair = _pair(cells, there, views, f"{path}: line {number}")
                    if pair is not None:
                        yield pair
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no readable list of pairs ({error})") from error


def _pair(cells: Sequence[str], there: Mapping[str, Face], views: int, place: str) -> Pair | None:
    if len(cells) != 3 or cells[2] not in ("0", "1"):
        raise InputError(
            f"{place}: {shown(cells)[:100]}; a pair is two ids and 1 or 0, separated by tabs"
        )
    pictures = []
    for cell in cells[:2]:
        id, _, number = cell.partition("/")
        if not (number or "0").isdecimal() or int(number or 0) >= views:
            raise InputError(f"{place}: {shown(cell)}: a face has the pictures 0 to {views - 1}")
        if id not in there:
            return None
        pictures.append(Picture(there[id], int(number or 0)))
    first, second = pictures
    return Pair(first, second, cells[2] == "1")


def draw_pairs(faces: Sequence[Face], views: int, seed: int) -> Iterator[Pair]:
    """Two pairs for each face: a picture of it with another of the same person, and with one of somebody else.

    Where there is no such other, the pair is left out. A face's pairs are a function of the seed, its id and the list.
    """
    of_identity: dict[str, list[int]] = {}
    for index, face in enumerate(faces):
        of_identity.setdefault(face.identity, []).append(index)
    for index, face in enumerate(faces):
        rng = np.random.default_rng(np.random.SeedSequence((seed, number_of(face.id), _BRANCH)))
        first = Picture(face, int(rng.integers(views)))
        own = of_identity[face.identity]
        # Counted over all pictures of the person, with the first one left out.
        if len(own) * views > 1:
            left_out = own.index(index) * views + first.number
            chosen = int(rng.integers(len(own) * views - 1))
            place, number = divmod(chosen + (chosen >= left_out), views)
            yield Pair(first, Picture(faces[own[place]], number), True)
        if len(own) < len(faces):
            chosen = int(rng.integers(len(faces) - len(own)))
            for mine in own:
                chosen += chosen >= mine
            yield Pair(first, Picture(faces[chosen], int(rng.integers(views))), False)


def write_list(path: Path, pairs: Iterable[Pair]) -> None:
    """Write pairs as :func:`read_pairs` reads them, atomically."""
    with atomic(path) as temporary, temporary.open("w", encoding="utf-8") as out:
        for first, second, same in pairs:
            ids = (f"{picture.face.id}/{picture.number}" for picture in (first, second))
            out.write("\t".join([*ids, str(int(same))]) + "\n")


def write_bin(path: Path, pairs: Iterable[Pair]) -> None:
    """Write pairs, one after the other: no more than one picture is in memory.

    Raises:
        InputError: a picture cannot be read, or there is no pair.
    """
    answers = bytearray()
    with atomic(path) as temporary, temporary.open("wb") as out:
        out.write(pickle.PROTO + b"\x03" + pickle.EMPTY_LIST)
        for pair in pairs:
            if len(answers) % _BATCH == 0:
                out.write((pickle.APPENDS if answers else b"") + pickle.MARK)
            for picture in pair[:2]:
                content = _content(picture.path)
                out.write(pickle.BINBYTES + struct.pack("<I", len(content)) + content)
            answers.append(pair.same)
        if not answers:
            raise InputError(
                f"{path}: not one pair; give faces of several people, or a list in augment.pairs"
            )
        out.write(pickle.APPENDS + pickle.EMPTY_LIST + pickle.MARK)
        out.write(b"".join(pickle.NEWTRUE if same else pickle.NEWFALSE for same in answers))
        out.write(pickle.APPENDS + pickle.TUPLE2 + pickle.STOP)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); delete its folder and run the workflow again"
        ) from error
