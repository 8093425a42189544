"""Descriptions of a list's pictures: made by a recogniser and kept, or read from a file."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from scoreface.base.arrays import NUMBERS, TEXT, Array, read_npy, read_npz, write_npz
from scoreface.base.errors import InputError, PhotoError
from scoreface.base.progress import Progress
from scoreface.verify.lines import read_lines
from scoreface.verify.pairs import Sample
from scoreface.verify.pictures import Found
from scoreface.verify.recognisers import NO_FACE, Recogniser, Recognition, make_recogniser

NOT_THERE = "the file of embeddings does not have it"
_WHAT = "file of embeddings"
_ADVICE = (
    "give an .npz with names (N,) and embeddings (N, D), or an .npy (N, D) with the names beside it in a .txt of the "
    "same name, one a line"
)
#: What a file of kept descriptions has.
_KEPT = {
    "made": Array(TEXT),
    "names": Array(TEXT, ("pictures",)),
    "embeddings": Array(NUMBERS, ("pictures", "numbers")),
    "stamps": Array(TEXT, ("pictures",)),
    "faceless_stamps": Array(TEXT, ("faceless",)),
    "faceless_reasons": Array(TEXT, ("faceless",)),
}
# Seconds after which what has been done is kept; and so many times as long as that takes.
_INTERVAL, _TIMES = 60.0, 20.0


@dataclass
class Described:
    """What is known of a list's samples.

    Attributes:
        vectors: (D,) by the sample's place in the list.
        reasons: why there is none, by the place of each other sample.
        metric: by which they are compared, where the recogniser says it.
        source: the recogniser, or the file.
    """

    metric: str
    source: str
    vectors: dict[int, np.ndarray] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)


def read_embeddings(path: Path, samples: Sequence[Sample], metric: str) -> Described:
    """The embeddings of samples in a file, by their names; those that it does not have count as faces not found.

    Raises:
        InputError: it is no such file, a name stands twice, or it has none of the samples.
    """
    names, vectors = _read(path)
    places = {name: place for place, name in enumerate(names)}
    if len(places) < len(names):
        twice = next(name for place, name in enumerate(names) if places[name] != place)
        raise InputError(f"{path}: the name {twice} stands there more than once")
    described = Described(metric, str(path))
    for number, sample in enumerate(samples):
        if sample.name in places:
            described.vectors[number] = vectors[places[sample.name]]
        else:
            described.reasons[number] = NOT_THERE
    if not described.vectors:
        raise InputError(
            f"{path}: has no picture of the list, such as {samples[0].name}; its names have to be the list's"
        )
    return described


def _read(path: Path) -> tuple[list[str], np.ndarray]:
    wanted = {name: _KEPT[name] for name in ("names", "embeddings")}
    if path.suffix == ".npz":
        read = read_npz(path, wanted, _WHAT, _ADVICE)
        return read["names"].tolist(), read["embeddings"]
    vectors = read_npy(path, wanted["embeddings"], _WHAT, _ADVICE)
    names = path.with_suffix(".txt")
    listed = [line.text for line in read_lines(names, "the names of the embeddings")]
    if len(listed) != len(vectors):
        raise InputError(
            f"{names}: {len(listed)} names for the {len(vectors)} embeddings of {path}"
        )
    return listed, vectors


def describe_all(
    pictures: Sequence[Found], recognition: Recognition, kept: Path, workers: int
) -> Described:
    """Describe pictures, unless a run before has described the same ones in the same way.

    Args:
        pictures: of a list's samples, in their order.
        recognition: by which recogniser.
        kept: npz of what has been described; it is written now and then, and takes the place of the network as a file
            of embeddings.
        workers: processes.

    Raises:
        InputError: the recogniser cannot be loaded, or does not run.
    """
    recogniser = make_recogniser(recognition)
    made = f"{recogniser.source}, {recognition}"
    described = Described(recogniser.metric, recogniser.source)
    stamps, todo = {}, []
    before = _read_kept(kept, made)
    for number, picture in enumerate(pictures):
        if picture.reason:
            described.reasons[number] = picture.reason
            continue
        stamp = stamps[number] = picture.stamp()
        if stamp in before.reasons:
            described.reasons[number] = before.reasons[stamp]
        elif stamp in before.vectors:
            described.vectors[number] = before.vectors[stamp]
        else:
            todo.append(number)
    progress, due = Progress("verify", "pictures"), time.monotonic() + _INTERVAL
    results = _results([pictures[number] for number in todo], recogniser, recognition, workers)
    for done, (number, (vector, reason)) in enumerate(zip(todo, results, strict=True), 1):
        if vector is None:
            described.reasons[number] = reason
        else:
            described.vectors[number] = vector
        progress.say(done, len(todo), last=done == len(todo))
        if (started := time.monotonic()) > due:
            _keep(kept, made, pictures, described, stamps)
            ended = time.monotonic()
            due = ended + max(_INTERVAL, _TIMES * (ended - started))
    if todo:
        _keep(kept, made, pictures, described, stamps)
    return described


Result = tuple[np.ndarray | None, str]


def _results(
    pictures: Sequence[Found], recogniser: Recogniser, recognition: Recognition, workers: int
) -> Iterator[Result]:
    if workers < 2 or len(pictures) < 2:
        yield from (describe_one(recogniser, picture) for picture in pictures)
        return
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers, context, _start, (recognition,)) as pool:
        yield from pool.map(_describe, pictures, chunksize=4)


def describe_one(recogniser: Recogniser, picture: Found) -> Result:
    """The description (D,) of a picture, or why there is none."""
    try:
        vector = recogniser.describe(picture.pixels())
    except PhotoError as error:
        return None, str(error)
    if vector is None:
        return None, NO_FACE
    # As it is kept, so that a run that goes on gives the same.
    return vector.astype(np.float32), ""


_recogniser: Recogniser | None = None


def _start(recognition: Recognition) -> None:
    global _recogniser
    _recogniser = make_recogniser(recognition)


def _describe(picture: Found) -> Result:
    assert _recogniser is not None
    return describe_one(_recogniser, picture)


@dataclass
class _Before:
    """Descriptions, and why there are none, by the pictures' stamps."""

    vectors: dict[str, np.ndarray] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def _read_kept(path: Path, made: str) -> _Before:
    if not path.exists():
        return _Before()
    read = read_npz(path, _KEPT, "descriptions of a run before")
    if str(read["made"]) != made:
        return _Before()
    stamps, faceless = read["stamps"].tolist(), read["faceless_stamps"].tolist()
    vectors = read["embeddings"]
    return _Before(
        dict(zip(stamps, vectors, strict=True)),
        dict(zip(faceless, read["faceless_reasons"].tolist(), strict=True)),
    )


def _keep(
    path: Path,
    made: str,
    pictures: Sequence[Found],
    described: Described,
    stamps: dict[int, str],
) -> None:
    """Write what has been described so far.

    Raises:
        InputError: it cannot be written.
    """
    with_face = sorted(described.vectors)
    without = [number for number in sorted(described.reasons) if number in stamps]
    vectors = [described.vectors[number] for number in with_face]
    write_npz(
        path,
        made=np.array(made),
        names=_text([pictures[number].sample.name for number in with_face]),
        embeddings=np.stack(vectors) if vectors else np.zeros((0, 0)),
        stamps=_text([stamps[number] for number in with_face]),
        faceless_stamps=_text([stamps[number] for number in without]),
        faceless_reasons=_text([described.reasons[number] for number in without]),
    )


def _text(words: list[str]) -> np.ndarray:
    return np.array(words, dtype=np.str_)
