"""How alike the two items of each pair are."""

from __future__ import annotations

import numpy as np

from scoreface.base.errors import InputError
from scoreface.verify.embeddings import Described
from scoreface.verify.pairs import Item, PairSet
from scoreface.verify.recognisers import COSINE

#: The score of a pair of which an item shows no face: less alike than any other.
MISSING = -np.inf
# Numbers of the pairs' embeddings that are compared at a time.
_CHUNK = 2**24


def score_pairs(pairs: PairSet, described: Described) -> np.ndarray:
    """The score (P,) float64 of each pair: the cosine of its embeddings, or their Euclidean distance with a minus.

    Larger is more alike. ``MISSING`` where an item has no embedding.

    Raises:
        InputError: no item has one, or an embedding is zero.
    """
    vectors = item_vectors(pairs, described)
    there = ~np.isnan(vectors[:, 0])
    if not there.any():
        raise InputError(f"{pairs.path}: no face was found in any of its pictures")
    scores = np.empty(len(pairs))
    step = max(1, _CHUNK // vectors.shape[1])
    for start in range(0, len(pairs), step):
        part = slice(start, start + step)
        one, other = vectors[pairs.first[part]], vectors[pairs.second[part]]
        if described.metric == COSINE:
            scores[part] = np.einsum("pd,pd->p", one, other)
        else:
            scores[part] = -np.linalg.norm(one - other, axis=1)
    return np.where(there[pairs.first] & there[pairs.second], scores, MISSING)


def item_vectors(pairs: PairSet, described: Described) -> np.ndarray:
    """The embedding of each item, (I, D) float64; NaN where none of its pictures has one."""
    size = next((len(vector) for vector in described.vectors.values()), 1)
    vectors = np.full((len(pairs.items), size), np.nan)
    for number, item in enumerate(pairs.items):
        vector = template(item, described)
        if vector is not None:
            vectors[number] = vector
    if described.metric == COSINE:
        lengths = np.linalg.norm(vectors, axis=1)
        if (lengths == 0).any():
            name = pairs.items[np.flatnonzero(lengths == 0)[0]].name
            raise InputError(f"{described.source}: the embedding of {name} is zero")
        vectors /= lengths[:, None]
    return vectors


def template(item: Item, described: Described) -> np.ndarray | None:
    """The embedding (D,) of an item: the mean over its media of the mean over the pictures of each.

    Where the cosine compares, each picture's is brought to unit length first. Pictures without one are left out; None:
    no picture has one.
    """
    means = []
    for medium in item.media:
        known = [number for number in medium if number in described.vectors]
        there = [described.vectors[number].astype(np.float64) for number in known]
        if described.metric == COSINE:
            there = [vector / max(float(np.linalg.norm(vector)), 1e-300) for vector in there]
        if there:
            means.append(np.mean(there, axis=0))
    return np.mean(means, axis=0) if means else None
