"""The receiver operating characteristic of scores, and the figures that are read off it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np


class Curve(NamedTuple):
    """A point for each distinct score, taken as the threshold, from the highest on; before them the one without any.

    Attributes:
        far: (T + 1,) share of the pairs of two persons that are accepted, from 0 to 1.
        tar: (T + 1,) share of those of one person.
    """

    far: np.ndarray
    tar: np.ndarray

    def auc(self) -> float:
        """The area under it: how often a pair of one person is more alike than one of two, ties counting half."""
        return float(np.trapezoid(self.tar, self.far))

    def tar_at(self, far: float | np.ndarray) -> np.ndarray:
        """The largest share of pairs of one person that is accepted where at most ``far`` of the others are."""
        return self.tar[np.searchsorted(self.far, far, side="right") - 1]

    def eer(self) -> float:
        """The equal error rate: where as large a share of the one is accepted as of the other refused.

        Between two thresholds both go along a straight line.
        """
        gap = self.far - (1 - self.tar)
        after = int(np.argmax(gap >= 0))
        before = after - 1
        part = -gap[before] / (gap[after] - gap[before])
        return float(self.far[before] + part * (self.far[after] - self.far[before]))


@dataclass(frozen=True)
class Ranking:
    """P pairs by their scores; sorted once, then weighed in many ways.

    Attributes:
        scores: (P,) float64, larger is more alike; minus infinity is allowed.
        same: (P,) bool.
    """

    scores: np.ndarray
    same: np.ndarray

    @cached_property
    def order(self) -> np.ndarray:
        """(P,) int64, the pairs' places from the highest score on."""
        return np.argsort(-self.scores, kind="stable")

    @cached_property
    def ends(self) -> np.ndarray:
        """(T,) int64, where in that order each distinct score ends."""
        ranked = self.scores[self.order]
        return np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)

    @cached_property
    def levels(self) -> np.ndarray:
        """(T,) float64, the distinct scores from the highest on."""
        return self.scores[self.order][self.ends]

    @cached_property
    def ranked(self) -> np.ndarray:
        """(P,) bool, ``same`` in that order."""
        return self.same[self.order]

    def curve(self, weights: np.ndarray | None = None) -> Curve:
        """The curve of the pairs with some weights (P,), or all alike."""
        ordered = np.ones(len(self.same)) if weights is None else weights[self.order]
        accepted = (self._up_to(ordered * kind) for kind in (~self.ranked, self.ranked))
        return Curve(*(part / part[-1] for part in accepted))

    def _up_to(self, values: np.ndarray) -> np.ndarray:
        """(T + 1,) the sum of values, in the order of the ranking, down to each level; 0 before the first."""
        return np.append(0.0, np.cumsum(values)[self.ends])

    def best_threshold(self, weights: np.ndarray) -> float:
        """The threshold by which most weight (P,) is decided rightly; the middle one where several do.

        It lies half-way between two scores of pairs with weight, and is finite: a score of minus infinity is never
        accepted.
        """
        ordered = weights[self.order]
        signed = np.where(self.ranked, ordered, -ordered)
        present = (np.diff(self._up_to(ordered)) > 0) & np.isfinite(self.levels)
        cuts = _between(self.levels[present])
        gains = np.append(0.0, self._up_to(signed)[1:][present])
        best = np.flatnonzero(gains >= gains.max() - 1e-9 * max(1.0, float(ordered.sum())))
        return float(cuts[best[len(best) // 2]])


def _between(levels: np.ndarray) -> np.ndarray:
    """Thresholds (T + 1,) above all of T levels, which fall, and below each in turn; 0 where there are none."""
    if not len(levels):
        return np.zeros(1)
    middles = (levels[:-1] + levels[1:]) / 2
    # Of two neighbouring numbers the middle is one of them.
    middles = np.where(middles > levels[1:], middles, levels[:-1])
    return np.concatenate([[np.nextafter(levels[0], np.inf)], middles, levels[-1:]])
