"""The figures of verification across pose, a table a yaw, and how far heads lie apart to the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from scoreface.base.markdown import markdown_table
from scoreface.benchmark.plan import Plan
from scoreface.benchmark.verification import ORIGINAL, pairs_of
from scoreface.verify.bootstrap import IDENTITY, draws
from scoreface.verify.embeddings import Described
from scoreface.verify.measure import ACCURACY, FIGURES, Measured, discordance, measure
from scoreface.verify.pairs import PairSet, folded
from scoreface.verify.report import with_interval
from scoreface.verify.scores import MISSING, score_pairs

_FOLDS = 10
#: dlib's network takes two photos to be of one person below this distance.
ONE_PERSON = 0.6


def summarise(plan: Plan, described: dict[str, Described], bootstrap: int) -> str:
    """All tables in Markdown.

    Args:
        plan: of the run.
        described: by way, from :func:`scoreface.benchmark.verification.run_verification`.
        bootstrap: draws of heads for the intervals.
    """
    yaws = sorted({face.yaw for face in plan.faces[1:]} - {plan.faces[0].yaw}, key=abs)
    heads = len({face.head for face in plan.faces})
    parts = [
        "# Verification across pose",
        f"{heads} heads; each front is compared with each turned photo. In brackets, 95 % intervals of {bootstrap:,} "
        "bootstrap draws of heads. A face that the fit rejects counts as told to be another.",
    ]
    for yaw in yaws:
        pairs = folded(pairs_of(plan, yaw), min(_FOLDS, heads))
        scores = {way: score_pairs(pairs, known) for way, known in described.items()}
        parts += [
            f"## Yaw {plan.faces[0].yaw:g} against {yaw:g}",
            _figures(pairs, scores, described, plan.seed, bootstrap),
            _distances(pairs, scores),
        ]
    return "\n\n".join(parts) + "\n"


def _figures(
    pairs: PairSet,
    scores: dict[str, np.ndarray],
    described: dict[str, Described],
    seed: int,
    bootstrap: int,
) -> str:
    drawn = partial(draws, pairs, IDENTITY, bootstrap, seed)
    sides = [
        measure(way, known.source, pairs, scores[way], drawn, len(known.reasons))
        for way, known in described.items()
    ]
    told = [number for number in range(len(FIGURES)) if np.isfinite(sides[0].values[number])]
    heading = ["", *(FIGURES[number] for number in told)]
    compared = sides[0] if sides[0].name == ORIGINAL else None
    if compared is not None:
        heading += [f"{ACCURACY}, less the original's", "McNemar's p"]
    return markdown_table([heading, *(_row(side, told, compared) for side in sides)])


def _row(side: Measured, told: Sequence[int], compared: Measured | None) -> list[str]:
    row = [side.name]
    row += [with_interval(side.values[number], side.drawn[:, number]) for number in told]
    if compared is None or side is compared:
        return row + [""] * (0 if compared is None else 2)
    apart = side.drawn[:, 0] - compared.drawn[:, 0]
    row.append(with_interval(side.values[0] - compared.values[0], apart, "+.4f"))
    counts = discordance(compared.decided.correct, side.decided.correct)
    return [*row, f"{counts.p_value:.3g}"]


def _distances(pairs: PairSet, scores: dict[str, np.ndarray]) -> str:
    """How far heads lie apart, and a head from itself: what tells whether the network knows them as it knows people."""
    rows = [["distance", "same head", "other heads", f"other heads below {ONE_PERSON:g}"]]
    for way, values in scores.items():
        there = values != MISSING
        same, other = (-values[there & kind] for kind in (pairs.same, ~pairs.same))
        rows.append([way, *_means((same, other)), f"{(other < ONE_PERSON).mean():.0%}"])
    return markdown_table(rows)


def _means(groups: Sequence[np.ndarray]) -> Iterator[str]:
    for group in groups:
        yield f"{group.mean():.3f} ± {group.std():.3f}"
