"""What a texel is made of, so that completion takes hair from hair and skin from skin."""

from __future__ import annotations

import numpy as np

from scoreface.base.regions import NECK, SCALP, UNKNOWN
from scoreface.parse.labels import EARS, HAIR, HAT, SKIN
from scoreface.parse.labels import NECK as NECK_LABEL
from scoreface.texture.carried import Carried

#: Skin of face and ears, and all of which nothing is known; what covers the scalp; the neck's skin.
REST, COVER, NECK_SKIN = range(3)

# The scalp is covered where this share of what the photo shows of it is hair or hat, and this share of it all. A
# receding hair line leaves much skin in front; of a bald head the parser takes next to nothing for hair.
_COVERED, _SHOWN = 0.3, 0.01
# Deviation of a colour channel that says nothing.
_NOISE = 0.03


def texel_kinds(
    carried: Carried, observed: np.ndarray, filled: np.ndarray, colours: np.ndarray
) -> np.ndarray:
    """What each texel shows, or should show once it is completed.

    Args:
        carried: what is known of the texels.
        observed: (S, S) bool, the texels whose colour is the photo's.
        filled: (S, S) bool, these and the ones that views have generated.
        colours: (S, S, 3) in [0, 1], of filled texels.

    Returns:
        (S, S) uint8, ``REST``, ``COVER`` or ``NECK_SKIN``; ``REST`` throughout where labels or regions are not known.
    """
    labels, regions = carried
    kinds = np.full(labels.shape, REST, np.uint8)
    if not labels[observed].any() or (regions == UNKNOWN).all():
        return kinds
    kinds[regions == NECK] = NECK_SKIN
    scalp = regions == SCALP
    cover = observed & np.isin(labels, [HAIR, HAT])
    shown, covered = int((scalp & observed).sum()), int((scalp & cover).sum())
    if covered >= max(1, _COVERED * shown, _SHOWN * int(scalp.sum())):
        kinds[scalp & ~filled] = COVER
        # A view may have gone on with the skin of the forehead.
        generated = scalp & filled & ~observed
        skin = observed & np.isin(labels, [SKIN, EARS, NECK_LABEL])
        kinds[generated] = np.where(
            _likelier(colours[generated], colours[cover], colours[skin]), COVER, REST
        )
    kinds[cover] = COVER
    return kinds


def _likelier(colours: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(N,) bool, whether ``colours`` (N, 3) are likelier among some (K, 3) than among others (L, 3), both Gaussian."""
    if len(other) == 0:
        return np.ones(len(colours), bool)
    costs = []
    for sample in (one, other):
        mean = sample.mean(axis=0)
        covariance = np.cov(sample.T, bias=True) + _NOISE**2 * np.eye(3)
        apart = colours - mean
        distance = np.einsum("nc,nc->n", apart, np.linalg.solve(covariance, apart.T).T)
        costs.append(distance + np.linalg.slogdet(covariance)[1])
    return costs[0] < costs[1]
