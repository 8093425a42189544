"""Intervals by the bootstrap: the same figures of pairs that are drawn again, by persons or one by one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoreface.base.errors import InputError
from scoreface.verify.pairs import PairSet

IDENTITY, PAIR = "identity", "pair"
#: Share of the draws that an interval leaves out at each end.
_TAIL = 2.5


def draws(pairs: PairSet, by: str, count: int, seed: int) -> Iterator[np.ndarray]:
    """Weights (P,) float64 of the pairs, ``count`` times.

    By identity: as many persons as there are, drawn with replacement; a pair counts as often as its person was drawn,
    or as the product of how often its two were (the subsets bootstrap of Bolle et al. 2004, for pairs of two). So what
    a person brings to all pairs they are in stays together. Where hardly a person is in two pairs, the intervals of
    pairs of two persons are wider than need be, by a factor of up to the root of three.

    By pair: as many pairs as there are, with replacement, as if they had nothing to do with each other.

    Raises:
        InputError: ``by`` is neither.
    """
    if by not in (IDENTITY, PAIR):
        raise InputError(f"--resample {by}: give {IDENTITY} or {PAIR}")
    rng = np.random.default_rng(np.random.SeedSequence((seed, 0xB007)))
    persons = pairs.identities()
    one, other = persons[pairs.first], persons[pairs.second]
    present = np.unique(np.concatenate([one, other]))
    one, other = np.searchsorted(present, one), np.searchsorted(present, other)
    made = 0
    while made < count:
        if by == PAIR:
            weights = _times(rng, len(pairs))
        else:
            often = _times(rng, len(present))
            weights = np.where(one == other, often[one], often[one] * often[other])
        # A draw without pairs of either kind, of a handful of persons, says nothing.
        if weights[pairs.same].any() and weights[~pairs.same].any():
            made += 1
            yield weights


def interval(values: np.ndarray) -> np.ndarray:
    """The 2.5th and 97.5th percentile (2, ...) of draws (B, ...); NaN where there are none."""
    if not len(values):
        return np.full((2, *values.shape[1:]), np.nan)
    return np.nanpercentile(values, [_TAIL, 100 - _TAIL], axis=0)


def _times(rng: np.random.Generator, size: int) -> np.ndarray:
    """How often each of ``size`` things is drawn."""
    return np.bincount(rng.integers(size, size=size), minlength=size).astype(np.float64)
