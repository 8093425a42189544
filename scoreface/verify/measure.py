"""The figures of one side: what a recogniser makes of the pairs' pictures, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from scoreface.verify.folds import Decided, decide
from scoreface.verify.pairs import PairSet
from scoreface.verify.roc import Ranking

#: False accept rates at which the true accept rate is given.
FARS = (1e-2, 1e-3, 1e-4)
#: The figures, in their order.
ACCURACY, AUC, EER = "accuracy", "AUC", "EER"
FIGURES = (ACCURACY, AUC, EER, *(f"TAR at FAR {far:g}" for far in FARS))
#: Where the curve's band is drawn.
GRID = np.logspace(-5, 0, 101)

#: Gives weights (P,) of the pairs, the same ones each time it is called.
Draws = Callable[[], Iterator[np.ndarray]]


@dataclass(frozen=True)
class Measured:
    """P pairs, B draws.

    Attributes:
        name: of the side, for tables; empty where there is but one.
        source: the recogniser, or the file of embeddings.
        ranking: the pairs by their scores.
        decided: fold by fold.
        values: (6,) of ``FIGURES``; NaN where the pairs are too few.
        drawn: (B, 6) the same of each draw.
        band: (B, G) the curve of each draw at ``GRID``.
        faceless: how many pictures show no face that was found.
    """

    name: str
    source: str
    ranking: Ranking
    decided: Decided
    values: np.ndarray
    drawn: np.ndarray
    band: np.ndarray
    faceless: int

    @property
    def without(self) -> np.ndarray:
        """(P,) bool, the pairs without a score, as a face was not found."""
        return np.isneginf(self.ranking.scores)


def measure(
    name: str,
    source: str,
    pairs: PairSet,
    scores: np.ndarray,
    draws: Draws,
    faceless: int,
    weights: np.ndarray | None = None,
) -> Measured:
    """Measure one side; of each draw, thresholds are chosen anew.

    Args:
        name, source, faceless: see :class:`Measured`.
        pairs: that were scored, with their folds.
        scores: (P,).
        draws: of the pairs.
        weights: (P,) of the pairs, which a draw's multiply; None: all alike.
    """
    ranking = Ranking(scores, pairs.same)
    weights = np.ones(len(pairs)) if weights is None else weights
    drawn, band = [], []
    for often in draws():
        drawn.append(_figures(ranking, pairs.fold, often * weights))
        band.append(ranking.curve(often * weights).tar_at(GRID))
    return Measured(
        name,
        source,
        ranking,
        decide(ranking, pairs.fold, weights),
        _figures(ranking, pairs.fold, weights),
        np.reshape(drawn, (len(drawn), len(FIGURES))),
        np.reshape(band, (len(band), len(GRID))),
        faceless,
    )


def too_few(ranking: Ranking, far: float) -> bool:
    """Whether there are fewer pairs of two persons than one false accept of which makes that rate."""
    return bool((~ranking.same).sum() * far < 1)


def _figures(ranking: Ranking, fold: np.ndarray, weights: np.ndarray) -> np.ndarray:
    curve = ranking.curve(weights)
    rates = [np.nan if too_few(ranking, far) else float(curve.tar_at(far)) for far in FARS]
    accuracy = decide(ranking, fold, weights).accuracy
    return np.array([accuracy, curve.auc(), curve.eer(), *rates])


@dataclass(frozen=True)
class Discordance:
    """How often two ways to decide the same pairs are right.

    Attributes:
        both, first, second, neither: numbers of pairs that both, only one or neither decides rightly.
    """

    both: int
    first: int
    second: int
    neither: int

    @property
    def p_value(self) -> float:
        """McNemar's exact test, two-sided: were both as good, a coin would say which one is right where one is."""
        discordant = self.first + self.second
        return float(binomtest(self.first, discordant).pvalue) if discordant else 1.0


def balanced(same: np.ndarray) -> np.ndarray:
    """Weights (P,) by which pairs of one person, ``same`` (P,) bool, weigh as much as those of two; their sum is P."""
    share_same = same.mean()
    return np.where(same, 0.5 / share_same, 0.5 / (1 - share_same))


def discordance(first: np.ndarray, second: np.ndarray) -> Discordance:
    """Of two ways, which pairs (P,) bool each decides rightly."""
    counts = ((first & second), (first & ~second), (~first & second), ~(first | second))
    return Discordance(*(int(chosen.sum()) for chosen in counts))


def share(chosen: np.ndarray, weights: np.ndarray) -> float:
    """The share of weight (P,) where ``chosen`` (P,) bool is true; NaN where there is no weight."""
    total = weights.sum()
    return float(weights[chosen].sum() / total) if total else float("nan")
