"""The figures of verification across pose, a table a yaw, and how far heads lie apart to the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from scoreface.base.markdown import markdown_table
from scoreface.benchmark.plan import Plan
from scoreface.benchmark.verification import ORIGINAL, pairs_of
from scoreface.verify.bootstrap import IDENTITY, draws
from scoreface.verify.embeddings import Described
from scoreface.verify.measure import (
    ACCURACY,
    AUC,
    EER,
    FARS,
    FIGURES,
    Measured,
    balanced,
    discordance,
    measure,
)
from scoreface.verify.pairs import PairSet, folded
from scoreface.verify.report import with_interval
from scoreface.verify.scores import MISSING, score_pairs

_FOLDS = 10
#: dlib's network takes two photos to be of one person below this distance.
ONE_PERSON = 0.6
# What is told of photos of people, of Labeled Faces in the Wild, to dlib's network: about so much.
_PEOPLE = ("people, photos of LFW (about; not measured here)", "0.35 to 0.45", "0.8", "")
_GIVEN = (
    "Each head's true geometry is given to all ways but the originals, so what they have over these is not the "
    "texture's alone: part of it is that a shape tells who somebody is. With --fit nobody is told."
)
#: The figures of which it is said what one way has over another.
COMPARED = (ACCURACY, AUC, f"TAR at FAR {FARS[0]:g}", EER)


def summarise(
    plan: Plan, ways: Mapping[str, int], described: dict[str, Described], bootstrap: int
) -> str:
    """All tables in Markdown.

    Args:
        plan: of the run.
        ways: from :func:`scoreface.benchmark.verification.ways_of`.
        described: by way, from :func:`scoreface.benchmark.verification.run_verification`.
        bootstrap: draws of heads for the intervals.
    """
    yaws = sorted({face.yaw for face in plan.faces[1:]} - {plan.faces[0].yaw}, key=abs)
    kind = " whose sides differ" if plan.asymmetric else ""
    parts = [
        "# Verification across pose",
        f"Heads{kind}, each photo on an occasion of its own; each front is compared with each turned photo. Accuracy "
        "weighs pairs of one head and of two alike, by the threshold that is best on nine tenths, for the tenth. In "
        f"brackets, 95 % intervals of {bootstrap:,} bootstrap draws of heads. A face that the fit rejects counts as "
        "told to be another. McNemar's test takes two pairs a head, its own and one with the next head.",
    ]
    if not plan.fit:
        parts.append(_GIVEN)
    for yaw in yaws:
        parts.append(f"## Yaw {plan.faces[0].yaw:g} against {yaw:g}")
        for heads in sorted(set(ways.values()), reverse=True):
            shown = {way: described[way] for way, most in ways.items() if most >= heads}
            few = replace(plan, faces=tuple(face for face in plan.faces if face.head < heads))
            parts += [f"{heads} heads:", *_tables(few, shown, yaw, heads, bootstrap)]
    return "\n\n".join(parts) + "\n"


def _tables(
    plan: Plan, described: dict[str, Described], yaw: float, heads: int, bootstrap: int
) -> Iterator[str]:
    pairs = folded(pairs_of(plan, yaw), min(_FOLDS, heads))
    scores = {way: score_pairs(pairs, known) for way, known in described.items()}
    drawn = partial(draws, pairs, IDENTITY, bootstrap, plan.seed)
    weights, faces = balanced(pairs.same), range(len(plan.faces))
    sides = [
        measure(
            way,
            known.source,
            pairs,
            scores[way],
            drawn,
            sum(face in known.reasons for face in faces),
            weights,
        )
        for way, known in described.items()
    ]
    yield _figures(sides)
    for plain in (ORIGINAL, *plan.baselines):
        other = next((side for side in sides if side.name == plain), None)
        # Plain methods are compared with the originals, and then the others with them.
        lesser = {ORIGINAL} if plain == ORIGINAL else {ORIGINAL, *plan.baselines}
        better = [side for side in sides if side.name not in lesser]
        if other is not None and better:
            yield _against(other, better, two_a_head(heads))
    yield _distances(pairs, scores)


def two_a_head(heads: int) -> np.ndarray:
    """Of :func:`pairs_of` ``heads`` heads, (2 N,) places of each head's own pair and that with the next one's photo.

    So no head counts more than another, and no two pairs are of the same two photos.
    """
    fronts = np.arange(heads)
    return np.concatenate([fronts * heads + fronts, fronts * heads + (fronts + 1) % heads])


def _figures(sides: Sequence[Measured]) -> str:
    told = [number for number in range(len(FIGURES)) if np.isfinite(sides[0].values[number])]
    rows = [["", *(FIGURES[number] for number in told)]]
    for side in sides:
        cells = (with_interval(side.values[number], side.drawn[:, number]) for number in told)
        rows.append([side.name, *cells])
    return markdown_table(rows)


def _against(other: Measured, sides: Sequence[Measured], pairs: np.ndarray) -> str:
    """How much better each side is than another one, draw by draw, and McNemar's test on some of the pairs."""
    told = [FIGURES.index(name) for name in COMPARED]
    told = [number for number in told if np.isfinite(other.values[number])]
    heading = [f"less {other.name}'s", *(FIGURES[number] for number in told)]
    rows = [[*heading, "right by it alone", f"by {other.name} alone", "McNemar's p"]]
    for side in sides:
        apart = side.values - other.values
        drawn = side.drawn - other.drawn
        cells = [with_interval(apart[number], drawn[:, number], "+.4f") for number in told]
        counts = discordance(other.decided.correct[pairs], side.decided.correct[pairs])
        only = [f"{counts.second}", f"{counts.first}", f"{counts.p_value:.3g}"]
        rows.append([side.name, *cells, *only])
    return markdown_table(rows)


def _distances(pairs: PairSet, scores: dict[str, np.ndarray]) -> str:
    """How far heads lie apart, and a head from itself: what tells whether the network knows them as it knows people."""
    rows = [["distance", "same head", "other heads", f"other heads below {ONE_PERSON:g}"]]
    for way, values in scores.items():
        there = values != MISSING
        same, other = (-values[there & kind] for kind in (pairs.same, ~pairs.same))
        rows.append([way, *_means((same, other)), f"{(other < ONE_PERSON).mean():.0%}"])
    return markdown_table([*rows, _PEOPLE])


def _means(groups: Sequence[np.ndarray]) -> Iterator[str]:
    for group in groups:
        yield f"{group.mean():.3f} ± {group.std():.3f}"
