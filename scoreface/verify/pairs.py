"""Which pictures are compared with which, whatever format said so."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from scoreface.base.errors import InputError

#: Left, top, width and height in pixels.
Box = tuple[float, float, float, float]


class Sample(NamedTuple):
    """A picture of a face.

    Attributes:
        name: path below the folder of the pictures, or a number.
        place: where the list names it, for messages.
        box: around the face, where the list gives one.
        encoded: the picture's file, where the list itself holds it.
    """

    name: str
    place: str
    box: Box | None = None
    encoded: bytes | None = None


class Item(NamedTuple):
    """What is compared: a picture, or a template of several.

    Attributes:
        name: of the picture or the template.
        media: the pictures' places among the samples, those of one video together.
        subject: who it is, where the list says so.
    """

    name: str
    media: tuple[tuple[int, ...], ...]
    subject: str | None

    @property
    def is_picture(self) -> bool:
        """Whether it is one picture."""
        return sum(map(len, self.media)) == 1


@dataclass(frozen=True)
class PairSet:
    """P pairs.

    Attributes:
        path: of the list.
        folder: where the pictures lie unless it is said otherwise.
        samples, items: see there.
        first, second: (P,) int64, places among the items.
        same: (P,) bool, true where both are one person.
        fold: (P,) int64, from 0.
    """

    path: Path
    folder: Path
    samples: tuple[Sample, ...]
    items: tuple[Item, ...]
    first: np.ndarray
    second: np.ndarray
    same: np.ndarray
    fold: np.ndarray

    def __len__(self) -> int:
        return len(self.same)

    def kept(self, chosen: np.ndarray) -> PairSet:
        """The pairs where ``chosen`` (P,) bool is true.

        Raises:
            InputError: none of one person, or none of two, is among them.
        """
        parts = ("first", "second", "same", "fold")
        return checked(replace(self, **{name: getattr(self, name)[chosen] for name in parts}))

    def identities(self) -> np.ndarray:
        """A number for the person of each item, (I,) int64.

        Items of one subject are one person, and so are those that pairs of one person join; any other item is a person
        of its own.
        """
        subjects: dict[str, int] = {}
        joined = [np.stack([self.first[self.same], self.second[self.same]])]
        for number, item in enumerate(self.items):
            if item.subject is not None:
                known = subjects.setdefault(item.subject, number)
                joined.append(np.array([[known], [number]]))
        one, other = np.concatenate(joined, axis=1)
        size = (len(self.items),) * 2
        graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=size)
        return connected_components(graph, directed=False)[1].astype(np.int64)


class Collector:
    """Gathers a list's pairs.

    Args:
        path: of the list.
        folder: where the pictures lie unless it is said otherwise.
    """

    def __init__(self, path: Path, folder: Path):
        self._path, self._folder = path, folder
        self._samples: dict[str, int] = {}
        self._all: list[Sample] = []
        self._items: dict[str, int] = {}
        self._made: list[Item] = []
        self._first, self._second, self._fold = array("q"), array("q"), array("q")
        self._same = array("b")

    def sample(self, sample: Sample) -> int:
        """The place of a picture; one that is named again keeps its own."""
        place = self._samples.setdefault(sample.name, len(self._all))
        if place == len(self._all):
            self._all.append(sample)
        return place

    def picture(self, sample: Sample, subject: str | None = None) -> int:
        """The place of the item that is one picture.

        Raises:
            InputError: it was somebody else before.
        """
        number = self.sample(sample)
        place = self.item(Item(sample.name, ((number,),), subject))
        if self._made[place].subject != subject:
            raise InputError(
                f"{sample.place}: {sample.name} is {subject or 'nobody'} here, {self._made[place].subject or 'nobody'} "
                "before"
            )
        return place

    def item(self, item: Item) -> int:
        """The place of an item; one that comes again keeps its own."""
        place = self._items.setdefault(item.name, len(self._made))
        if place == len(self._made):
            self._made.append(item)
        return place

    def place_of(self, name: str) -> int | None:
        """The place of the item with a name."""
        return self._items.get(name)

    def subject_of(self, place: int) -> str | None:
        """Who the item at a place is."""
        return self._made[place].subject

    def pair(self, first: int, second: int, same: bool, fold: int = 0) -> None:
        """Add a pair of items, by their places."""
        self._first.append(first)
        self._second.append(second)
        self._same.append(same)
        self._fold.append(fold)

    def done(self) -> PairSet:
        """All of them.

        Raises:
            InputError: there are no pairs of one person, or none of two.
        """
        first, second, fold = (
            np.array(numbers, np.int64) for numbers in (self._first, self._second, self._fold)
        )
        same = np.array(self._same, bool)
        samples, items = tuple(self._all), tuple(self._made)
        return checked(PairSet(self._path, self._folder, samples, items, first, second, same, fold))


def checked(pairs: PairSet) -> PairSet:
    """The pairs.

    Raises:
        InputError: there are none of one person, or none of two.
    """
    for missing, kind in (
        (not pairs.same.any(), "one person"),
        (pairs.same.all(), "two persons"),
    ):
        if missing:
            raise InputError(
                f"{pairs.path}: no pairs of {kind} in it, so nothing can be told apart"
            )
    return pairs


def folded(pairs: PairSet, count: int) -> PairSet:
    """The pairs with ``count`` folds where their list has none of its own.

    Pairs of one person, and those of two, are dealt in the list's order, so that each fold has its share of both.

    Raises:
        InputError: there are too few for that.
    """
    if pairs.fold.any():
        return pairs
    fold = np.zeros(len(pairs), np.int64)
    for kind in (True, False):
        chosen = np.flatnonzero(pairs.same == kind)
        if len(chosen) < count:
            which = "one person" if kind else "two persons"
            raise InputError(
                f"{pairs.path}: {len(chosen)} pairs of {which} for {count} folds; give fewer --folds, from 2 up"
            )
        fold[chosen] = blocks(len(chosen), count)
    return replace(pairs, fold=fold)


def blocks(length: int, count: int) -> np.ndarray:
    """The numbers (length,) of ``count`` blocks one behind the other, as equal as they can be, longer ones first."""
    sizes = np.full(count, length // count)
    sizes[: length % count] += 1
    return np.repeat(np.arange(count), sizes)


def same_labels(one: PairSet, other: PairSet) -> None:
    """Check that two lists ask the same.

    Raises:
        InputError: they do not.
    """
    if not np.array_equal(one.same, other.same):
        raise InputError(
            f"{other.path}: its pairs are not those of {one.path}, in the same order; both have to ask the same"
        )
