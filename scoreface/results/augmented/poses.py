"""How the head is turned in each picture."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from scipy.special import ndtr, ndtri

from scoreface.base.seeds import number_of
from scoreface.geometry.views import View
from scoreface.results.augmented.settings import GridPoses, NoPoses, NormalPoses, UniformPoses

# A branch of the seeds that no walk over the views draws from: their third number is a round.
_BRANCH = 0xA06
# Deviations at which the normal laws are cut off.
_CUT = 2.0


class Drawn(IntEnum):
    """What is drawn for a picture, each from numbers of its own: where one is not asked for the others stay."""

    POSE = 0
    LIGHT = 1
    BACKGROUND = 2


def generator(seed: int, id: str, number: int, what: Drawn) -> np.random.Generator:
    """The random numbers of one picture of a face, a function of the run's seed, the id and the picture's number."""
    return np.random.default_rng(
        np.random.SeedSequence((seed, number_of(id), _BRANCH, number, what))
    )


def views_of(
    poses: NoPoses | UniformPoses | NormalPoses | GridPoses, seed: int, id: str
) -> list[View]:
    """The views of a face, one a picture, in the order of their numbers."""
    match poses:
        case GridPoses():
            return [View.of_head(*angles) for angles in poses.angles]
        case UniformPoses() | NormalPoses():
            limits = np.array(poses.furthest)
            shares = (
                generator(seed, id, number, Drawn.POSE).random(3) for number in range(poses.views)
            )
            law = _normal if isinstance(poses, NormalPoses) else _uniform
            return [View.of_head(*(limits * law(share)).tolist()) for share in shares]
    return []


def _uniform(shares: np.ndarray) -> np.ndarray:
    """Quantiles of the uniform law from -1 to 1."""
    return 2 * shares - 1


def _normal(shares: np.ndarray) -> np.ndarray:
    """Quantiles of the normal law that is cut off at -1 and 1, two deviations."""
    return ndtri(ndtr(-_CUT) + shares * (ndtr(_CUT) - ndtr(-_CUT))) / _CUT
