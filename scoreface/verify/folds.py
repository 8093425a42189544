"""Accuracy as Labeled Faces in the Wild defines it: a fold is decided by the threshold that is best on the others."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scoreface.verify.roc import Ranking


class Decided(NamedTuple):
    """P pairs, decided fold by fold.

    Attributes:
        thresholds: (F,) of the folds; NaN where the weights leave nothing of the others.
        accuracies: (F,) share of each fold's weight that is decided rightly; NaN where it has none.
        correct: (P,) bool, which pairs are.
    """

    thresholds: np.ndarray
    accuracies: np.ndarray
    correct: np.ndarray

    @property
    def accuracy(self) -> float:
        """The mean over the folds."""
        return float(np.nanmean(self.accuracies))

    @property
    def deviation(self) -> float:
        """The deviation between the folds, as it is given beside the mean."""
        return float(np.nanstd(self.accuracies))


def decide(ranking: Ranking, fold: np.ndarray, weights: np.ndarray | None = None) -> Decided:
    """Decide each pair, ``same`` where its score reaches its fold's threshold.

    Args:
        ranking: of the pairs.
        fold: (P,) int64, from 0.
        weights: (P,) of the pairs; None: all alike.
    """
    weights = np.ones(len(fold)) if weights is None else weights
    count = int(fold.max()) + 1
    thresholds, accuracies = np.full(count, np.nan), np.full(count, np.nan)
    correct = np.zeros(len(fold), bool)
    for number in range(count):
        inside = fold == number
        others, own = np.where(inside, 0.0, weights), weights[inside]
        if not others.any():
            continue
        thresholds[number] = ranking.best_threshold(others)
        right = (ranking.scores[inside] >= thresholds[number]) == ranking.same[inside]
        correct[inside] = right
        if own.any():
            accuracies[number] = own[right].sum() / own.sum()
    return Decided(thresholds, accuracies, correct)
