"""From a list of pairs to the folder of results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.files import write_text
from scoreface.verify.bootstrap import IDENTITY, PAIR, draws
from scoreface.verify.embeddings import Described, describe_all, read_embeddings
from scoreface.verify.formats import read_pairs
from scoreface.verify.job import Inputs, Settings
from scoreface.verify.measure import Draws, Measured, measure
from scoreface.verify.pairs import PairSet, folded, same_labels
from scoreface.verify.pictures import find_all
from scoreface.verify.recognisers import COSINE, EUCLIDEAN, IN_WORDS, Recognition
from scoreface.verify.report import Faceless, summarise, write_faceless, write_pairs
from scoreface.verify.scores import MISSING, score_pairs
from scoreface.verify.yaws import Group, groups_by_yaw

AUTO, DIFFERENT, LEAVE_OUT = "auto", "different", "leave-out"
BEFORE, AFTER = "before", "after"
_EMBEDDINGS = (".npz", ".npy")


@dataclass(frozen=True)
class _Side:
    """One way to show the pairs' pictures.

    Attributes:
        name: for tables and files; empty where there is but one.
        pairs: as this side's list has them.
        described: the pictures of that list.
    """

    name: str
    pairs: PairSet
    described: Described

    def faceless(self) -> Iterator[Faceless]:
        for number, reason in sorted(self.described.reasons.items()):
            sample = self.pairs.samples[number]
            yield Faceless(self.name, sample.name, sample.place, reason)


def verify(inputs: Inputs, out: Path, settings: Settings) -> str:
    """Measure one side, or compare two, and write all of it.

    Returns:
        the summary.

    Raises:
        InputError: a list, a picture, a model or an option is wrong.
    """
    from scoreface.verify.plot import plot_roc

    _check(inputs, settings)
    pairs = folded(read_pairs(inputs.pairs, inputs.templates), settings.folds)
    # Before anything that takes long: a wrong table is found out now.
    if inputs.yaws is not None:
        groups_by_yaw(pairs, inputs.yaws)
    sides = [_side(name, path, pairs, out, settings) for name, path in _places(inputs)]
    scores = [score_pairs(side.pairs, side.described) for side in sides]
    there = np.all([one != MISSING for one in scores], axis=0)
    left_out = 0
    if settings.missing == LEAVE_OUT and not there.all():
        left_out = int((~there).sum())
        pairs, scores = pairs.kept(there), [one[there] for one in scores]
    drawn: Draws = partial(draws, pairs, settings.resample, settings.bootstrap, settings.seed)
    measured = [
        measure(side.name, side.described.source, pairs, one, drawn, len(side.described.reasons))
        for side, one in zip(sides, scores, strict=True)
    ]
    groups: list[Group] = groups_by_yaw(pairs, inputs.yaws) if inputs.yaws is not None else []
    write_pairs(out / "verification.csv", pairs, measured)
    write_faceless(out / "missing.csv", [row for side in sides for row in side.faceless()])
    plot_roc(out / "roc.png", measured)
    sentences = _sentences(pairs, sides, measured, left_out, settings)
    summary = summarise(pairs, measured, groups, drawn, sentences)
    write_text(out / "summary.md", summary)
    return summary


def _check(inputs: Inputs, settings: Settings) -> None:
    for name, value, known in (
        ("metric", settings.metric, (AUTO, COSINE, EUCLIDEAN)),
        ("missing", settings.missing, (DIFFERENT, LEAVE_OUT)),
        ("resample", settings.resample, (IDENTITY, PAIR)),
    ):
        if value not in known:
            raise InputError(f"--{name} {value}: give {', '.join(known[:-1])} or {known[-1]}")
    for name, number, least in (("folds", settings.folds, 2), ("bootstrap", settings.bootstrap, 0)):
        if number < least:
            raise InputError(f"--{name} {number}: give {least} or more")
    if inputs.before is not None and inputs.after is None:
        raise InputError("--before: it is compared with --after; give that too, or --images alone")
    if inputs.images is not None and not inputs.images.is_dir():
        raise InputError(f"--images {inputs.images}: no such folder")
    places = {"images": inputs.images, "embeddings": inputs.embeddings, BEFORE: inputs.before}
    given = [f"--{name}" for name, place in places.items() if place is not None]
    if len(given) > 1:
        raise InputError(f"{' and '.join(given)}: each says where the same pictures are; give one")


def _places(inputs: Inputs) -> list[tuple[str, Path | None]]:
    """The name of each side, and where it is; None: where the list's format has its pictures."""
    own = inputs.before or inputs.images or inputs.embeddings
    return [("", own)] if inputs.after is None else [(BEFORE, own), (AFTER, inputs.after)]


def _side(name: str, place: Path | None, pairs: PairSet, out: Path, settings: Settings) -> _Side:
    if place is not None and place.suffix in _EMBEDDINGS and not place.is_dir():
        metric = COSINE if settings.metric == AUTO else settings.metric
        return _Side(name, pairs, read_embeddings(place, pairs.samples, metric))
    if place is not None and place.is_file():
        own = read_pairs(place)
        same_labels(pairs, own)
        pairs, place = own, None
    pictures = find_all(pairs.samples, place or pairs.folder)
    kept = out / f"embeddings{f'_{name}' if name else ''}.npz"
    described = describe_all(pictures, _recognition(settings), kept, settings.workers)
    if settings.metric != AUTO:
        described = replace(described, metric=settings.metric)
    return _Side(name, pairs, described)


def _recognition(settings: Settings) -> Recognition:
    return Recognition(
        settings.network,
        settings.fast,
        settings.aligned,
        settings.colours,
        settings.mean,
        settings.scale,
        settings.flip,
    )


def _sentences(
    pairs: PairSet,
    sides: list[_Side],
    measured: list[Measured],
    left_out: int,
    settings: Settings,
) -> list[str]:
    """How it was done, for the summary."""
    used = np.unique(np.concatenate([pairs.first, pairs.second]))
    persons = len(np.unique(pairs.identities()[used]))
    what = "pictures" if all(item.is_picture for item in pairs.items) else "templates"
    text = [
        f"{len(pairs):,} pairs in {int(pairs.fold.max()) + 1} folds, {int(pairs.same.sum()):,} of one person; "
        f"{len(used):,} {what} of {persons:,} persons, as far as the list tells."
    ]
    for side in sides:
        which = f"{side.name.capitalize()}: " if side.name else ""
        text.append(
            f"{which}described by {side.described.source}, compared by {IN_WORDS[side.described.metric]}."
        )
    if left_out:
        text.append(f"Left out: {left_out:,} pairs in which a face was not found (missing.csv).")
    elif any(side.without.any() for side in measured):
        text.append(
            "A pair in which a face was not found counts as told to be two persons (missing.csv names the pictures)."
        )
    if settings.bootstrap:
        text.append(
            f"In brackets, 95 % intervals of {settings.bootstrap:,} bootstrap draws by {settings.resample}; each draw "
            "chooses its thresholds anew, but for the table by yaw."
        )
    return [" ".join(text[:1]), *text[1:]]
