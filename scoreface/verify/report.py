"""What was measured: a table of the pairs, a list of the pictures without a face, and a summary in Markdown."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scoreface.base.files import atomic
from scoreface.base.markdown import markdown_table
from scoreface.verify.bootstrap import interval
from scoreface.verify.measure import (
    ACCURACY,
    FARS,
    FIGURES,
    Draws,
    Measured,
    discordance,
    share,
    too_few,
)
from scoreface.verify.pairs import PairSet
from scoreface.verify.yaws import Group

# A rate that fewer false accepts than this define is marked.
_FEW = 10
_MARK = " (few)"


class Faceless(NamedTuple):
    """A picture without a description.

    Attributes:
        side: of a comparison, or empty.
        picture: its name.
        place: where the list names it.
        reason: why there is none.
    """

    side: str
    picture: str
    place: str
    reason: str


def write_pairs(path: Path, pairs: PairSet, sides: Sequence[Measured]) -> None:
    """Write a line a pair as CSV: who is compared, its fold, and of each side the score and whether that was right.

    Where a face was not found the score is empty.
    """
    ends = [f"_{side.name}" if side.name else "" for side in sides]
    with atomic(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as handle:
        table = csv.writer(handle, lineterminator="\n")
        columns = [f"{what}{end}" for end in ends for what in ("score", "correct")]
        table.writerow(["pair", "image_a", "image_b", "same", "fold", *columns])
        names = [item.name for item in pairs.items]
        for number in range(len(pairs)):
            cells = []
            for side in sides:
                score = side.ranking.scores[number]
                cells += [
                    f"{score:.6g}" if np.isfinite(score) else "",
                    int(side.decided.correct[number]),
                ]
            one, other = names[pairs.first[number]], names[pairs.second[number]]
            known = [int(pairs.same[number]), int(pairs.fold[number]) + 1]
            table.writerow([number + 1, one, other, *known, *cells])


def write_faceless(path: Path, pictures: Sequence[Faceless]) -> None:
    """Write a line for each picture without a description as CSV."""
    with atomic(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as handle:
        table = csv.writer(handle, lineterminator="\n")
        table.writerow(Faceless._fields)
        table.writerows(pictures)


def summarise(
    pairs: PairSet,
    sides: Sequence[Measured],
    groups: Sequence[Group],
    draws: Draws,
    sentences: Sequence[str],
) -> str:
    """The summary in Markdown.

    Args:
        pairs: that were measured.
        sides: one, or before and after.
        groups: of the pairs by yaw, or none.
        draws: of the pairs, as the sides had them.
        sentences: how it was done.
    """
    parts = [f"# Verification of {pairs.path.name}", *sentences, _figures(sides)]
    few = [far for far in FARS if (~pairs.same).sum() * far < _FEW and not _too_few(sides, far)]
    if few:
        rates = " and ".join(f"{far:g}" for far in few)
        parts.append(
            f"{_MARK.strip()}: fewer than {_FEW} of the {(~pairs.same).sum():,} pairs of two persons make the rate "
            f"{rates}, so it hangs on single pairs."
        )
    if len(sides) == 2:
        parts += ["## Before and after", *_compared(sides)]
    if groups:
        parts += ["## By difference in yaw", _by_group(pairs, sides, groups, draws)]
    return "\n\n".join(parts) + "\n"


def _too_few(sides: Sequence[Measured], far: float) -> bool:
    return too_few(sides[0].ranking, far)


def _figures(sides: Sequence[Measured]) -> str:
    heading = ["", *(side.name or "value" for side in sides)]
    heading += ["after less before"] if len(sides) == 2 else []
    rows = [heading]
    for number, figure in enumerate(FIGURES):
        far = FARS[number - 3] if number >= 3 else None
        title = figure
        if far is not None and _too_few(sides, far):
            negatives = int((~sides[0].ranking.same).sum())
            rows.append(
                [title, f"needs {1 / far:,.0f} pairs of two persons, there are {negatives:,}"]
            )
            rows[-1] += [""] * (len(heading) - 2)
            continue
        if far is not None and (~sides[0].ranking.same).sum() * far < _FEW:
            title += _MARK
        row = [title]
        for side in sides:
            text = with_interval(side.values[number], side.drawn[:, number])
            if figure == ACCURACY:
                text = f"{text}, ± {side.decided.deviation:.4f} between folds"
            row.append(text)
        if len(sides) == 2:
            one, other = sides
            apart = other.drawn[:, number] - one.drawn[:, number]
            row.append(with_interval(other.values[number] - one.values[number], apart, "+.4f"))
        rows.append(row)
    rest = [""] * (len(heading) - 1 - len(sides))
    thresholds = [f"{np.nanmean(side.decided.thresholds):.4f}" for side in sides]
    rows.append(["threshold, mean of the folds", *thresholds, *rest])
    rows.append(["pictures without a face", *(f"{side.faceless:,}" for side in sides), *rest])
    rows.append(
        ["pairs without a score", *(f"{int(side.without.sum()):,}" for side in sides), *rest]
    )
    return markdown_table(rows)


def _compared(sides: Sequence[Measured]) -> list[str]:
    one, other = sides
    counts = discordance(one.decided.correct, other.decided.correct)
    table = [
        ["", f"right {other.name}", f"wrong {other.name}"],
        [f"right {one.name}", f"{counts.both:,}", f"{counts.first:,}"],
        [f"wrong {one.name}", f"{counts.second:,}", f"{counts.neither:,}"],
    ]
    sentence = (
        f"Each side decides by its own thresholds. Of the {counts.first + counts.second:,} pairs that only one decides "
        f"rightly, {counts.second:,} are right {other.name} and {counts.first:,} {one.name}: McNemar's exact test, "
        f"two-sided, p = {counts.p_value:.3g}. It takes the pairs to be independent; the interval of the difference "
        "above does not."
    )
    return [markdown_table(table), sentence]


def _by_group(
    pairs: PairSet, sides: Sequence[Measured], groups: Sequence[Group], draws: Draws
) -> str:
    """A row a group; the thresholds are those of all pairs, and are not chosen anew."""
    drawn = [_shares(draws, groups, side.decided.correct) for side in sides]
    heading = ["degrees", "pairs", "of one person"]
    for side in sides:
        heading += [
            f"{what} {side.name}".strip() for what in (ACCURACY, "one person", "two persons")
        ]
    heading += ["after less before", "p"] if len(sides) == 2 else []
    rows = [heading]
    for number, group in enumerate(groups):
        chosen, same = group.chosen, pairs.same
        row = [group.title, f"{chosen.sum():,}", f"{(chosen & same).sum():,}"]
        means = []
        for side, shares in zip(sides, drawn, strict=True):
            right = side.decided.correct
            means.append(float(right[chosen].mean()))
            row.append(with_interval(means[-1], shares[:, number]))
            for kind in (same, ~same):
                own = right[chosen & kind]
                row.append(f"{own.mean():.4f}" if len(own) else "")
        if len(sides) == 2:
            apart = drawn[1][:, number] - drawn[0][:, number]
            row.append(with_interval(means[1] - means[0], apart, "+.4f"))
            first, second = (side.decided.correct[chosen] for side in sides)
            row.append(f"{discordance(first, second).p_value:.3g}")
        rows.append(row)
    return markdown_table(rows)


def _shares(draws: Draws, groups: Sequence[Group], right: np.ndarray) -> np.ndarray:
    """(B, G) the share of each draw's weight in each group that is decided rightly."""
    shares = [
        [share(right[group.chosen], weights[group.chosen]) for group in groups]
        for weights in draws()
    ]
    return np.reshape(shares, (len(shares), len(groups)))


def with_interval(value: float, drawn: np.ndarray, form: str = ".4f") -> str:
    """A figure with its 95 % interval behind it, where there are draws (B,)."""
    show: Callable[[float], str] = lambda number: format(float(number), form)  # noqa: E731
    if not np.isfinite(drawn).any():
        return show(value)
    low, high = interval(drawn)
    return f"{show(value)} [{show(low)}, {show(high)}]"
