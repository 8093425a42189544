"""Texels that no view saw: filled smoothly from their neighbours on the surface and from the mirror side."""

from __future__ import annotations

import cv2
import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve
from scipy.spatial import KDTree

from scoreface.texture.kinds import COVER
from scoreface.texture.layout import TextureLayout

# A mirrored point counts as the same place when it falls this near to the surface, in shares of the head's size.
_MIRROR_DISTANCE = 0.02
# Hair that is narrower on the other side than twice this share of the texture's side is not taken over.
_STRIP = 0.01
# Of the identity in the Laplacian: a little keeps parts of the mesh of which nothing is known solvable, more lets what
# covers the scalp go over to its one tone within some 5 edges of the mesh. Its edge, of hair mixed with skin, would
# spread over all the back of the head.
_SOLVABLE, _TO_TONE = 1e-9, 0.05


def complete(
    texture: np.ndarray,
    filled: np.ndarray,
    vertices: np.ndarray,
    faces: np.ndarray,
    layout: TextureLayout,
    kinds: np.ndarray | None = None,
) -> np.ndarray:
    """Fill the chart's unfilled texels.

    Where the mirror side is filled, its texels serve, shifted by a smooth field so that they join their surroundings;
    elsewhere the colour is harmonic on the surface. Working on the mesh, not on the picture, both cross the UV seams.
    Texels of a kind take nothing from other kinds, unless of their own nothing is filled; where two kinds meet, they
    blend over an edge or two of the mesh.

    Args:
        texture: (S, S, 3) float in [0, 1].
        filled: (S, S) bool.
        vertices: (V, 3) of the upright head, its plane of symmetry at x = 0.
        faces: (F, 3).
        layout: the texel table of size S.
        kinds: (S, S) uint8, what filled texels show and unfilled ones should, such as
            :func:`scoreface.texture.kinds.texel_kinds` tells. None: all the same.

    Returns:
        (S, S, 3): ``texture`` with every texel of the chart filled; filled texels are untouched.
    """
    colours = texture.reshape(-1, 3)[layout.texels].astype(float)
    have = filled.ravel()[layout.texels]
    laplacian = graph_laplacian(faces, len(vertices))
    points = layout.interpolate(vertices)
    kind = np.zeros(len(have), int) if kinds is None else kinds.ravel()[layout.texels]
    wanted = np.unique(kind)
    found = []
    for each in wanted:
        of_kind = have & (kind == each)
        sources, tone = (of_kind, each == COVER) if of_kind.any() else (have, False)
        found.append(_spread(colours, sources, points, laplacian, layout, tone))
    result = found[0] if len(wanted) == 1 else _blended(found, kind, wanted, laplacian, layout)
    flat = texture.reshape(-1, 3).copy()
    flat[layout.texels[~have]] = np.clip(result[~have], 0, 1)
    return flat.reshape(texture.shape)


def _blended(
    colours: list[np.ndarray],
    kind: np.ndarray,
    kinds: np.ndarray,
    laplacian: sp.csr_matrix,
    layout: TextureLayout,
) -> np.ndarray:
    """Colours (N, 3) by how much of each of the ``kinds`` (K,) is around a texel, from those (N, 3) of each kind."""
    everywhere = np.ones(len(kind), bool)
    shares = _harmonic_texels((kind[:, None] == kinds).astype(float), everywhere, laplacian, layout)
    shares /= shares.sum(axis=1, keepdims=True)
    return np.einsum("nk,knc->nc", shares, np.stack(colours))


def _spread(
    colours: np.ndarray,
    have: np.ndarray,
    points: np.ndarray,
    laplacian: sp.csr_matrix,
    layout: TextureLayout,
    to_tone: bool,
) -> np.ndarray:
    """Colours (N, 3) at all texels from those that have one.

    Args:
        colours: (N, 3).
        have: (N,) bool, where they are known.
        points: (N, 3) the texels' places on the upright head.
        laplacian: (V, V) of the mesh.
        layout: the texel table.
        to_tone: whether the colour goes over to the median of all, away from what is known.
    """
    nearest = mirror_texels(have, points)
    mirrored_have = nearest >= 0
    mirrored = np.where(mirrored_have[:, None], colours[nearest], 0)
    # What the mirror side lacks to be this side, known where both are filled, harmonic in between.
    shift = _harmonic_texels(colours - mirrored, have & mirrored_have, laplacian, layout)
    from_mirror = ~have & mirrored_have
    if to_tone:
        # Hair differs from side to side: a strip of it along the rim would be blocks of what the photo smears there.
        from_mirror = _wide(from_mirror, layout)
    result = np.where(from_mirror[:, None], mirrored + shift, colours)
    tone = np.median(colours[have], axis=0) if to_tone else np.zeros(3)
    pull = _TO_TONE if to_tone else _SOLVABLE
    smooth = tone + _harmonic_texels(result - tone, have | from_mirror, laplacian, layout, pull)
    return np.where((have | from_mirror)[:, None], result, smooth)


def _wide(texels: np.ndarray, layout: TextureLayout) -> np.ndarray:
    """Those of some ``texels`` (N,) bool that lie in a disc of them, ``_STRIP`` of the texture's side in radius."""
    radius = _STRIP * layout.size
    core = _distance(layout.picture(texels)) > radius
    return texels & (_distance(~core) <= radius).ravel()[layout.texels]


def _distance(texels: np.ndarray) -> np.ndarray:
    """(S, S) how far it is from each of some ``texels`` (S, S) bool to the nearest other one."""
    return cv2.distanceTransform(texels.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def graph_laplacian(faces: np.ndarray, count: int) -> sp.csr_matrix:
    """The uniform graph Laplacian (V, V) of a triangle mesh."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    ones = np.ones(len(edges))
    adjacency = sp.coo_matrix((ones, (edges[:, 0], edges[:, 1])), (count, count)).tocsr()
    adjacency = ((adjacency + adjacency.T) > 0).astype(float)
    return sp.diags(np.asarray(adjacency.sum(1)).ravel()) - adjacency


def mirror_texels(have: np.ndarray, points: np.ndarray) -> np.ndarray:
    """For each texel the one on the other side of the head (N,), of those that ``have`` a colour; -1 for none.

    Args:
        have: (N,) bool.
        points: (N, 3) the texels' places on the upright head, its plane of symmetry at x = 0.
    """
    if not have.any():
        return np.full(len(points), -1)
    # Bounded, or the points of a side of which nothing is known would be compared with all others.
    bound = _MIRROR_DISTANCE * np.ptp(points, axis=0).max()
    rows = np.append(np.flatnonzero(have), -1)
    # No neighbour within the bound is reported as one past the last.
    tree = KDTree(points[have])
    return rows[tree.query(points * [-1, 1, 1], distance_upper_bound=bound)[1]]


def _harmonic_texels(
    values: np.ndarray,
    have: np.ndarray,
    laplacian: sp.csr_matrix,
    layout: TextureLayout,
    pull: float = _SOLVABLE,
) -> np.ndarray:
    """Values (N, C) at all texels, harmonic on the mesh between the vertices whose surroundings ``have`` values.

    With some ``pull`` they fall off to 0 from there, to a third over sqrt(1.5 / pull) edges of the mesh.
    """
    count = laplacian.shape[0]
    weights = layout.barycentric * have[:, None]
    total = np.bincount(layout.vertices.ravel(), weights.ravel(), minlength=count)
    known = total > 0
    if not known.any():
        return np.zeros_like(values)
    at_vertices = np.zeros((count, values.shape[1]))
    for channel in range(values.shape[1]):
        sums = np.bincount(
            layout.vertices.ravel(),
            (weights * values[:, channel : channel + 1]).ravel(),
            minlength=count,
        )
        at_vertices[known, channel] = sums[known] / total[known]
    system = (laplacian + pull * sp.identity(count)).tocsc()
    free = ~known
    if free.any():
        right = -system[free][:, known] @ at_vertices[known]
        at_vertices[free] = spsolve(system[free][:, free], right).reshape(free.sum(), -1)
    return layout.interpolate(at_vertices)
