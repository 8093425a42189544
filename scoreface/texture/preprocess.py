"""Which texels of the lifted photo count as known."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

# ITU-R BT.601 luma, the weights of every common gray conversion.
_LUMA = np.array([0.299, 0.587, 0.114])


def gray(pixels: np.ndarray) -> np.ndarray:
    """BT.601 luma of RGB ``pixels`` (..., 3), in their own units."""
    return pixels @ _LUMA


def bright(texture: np.ndarray, dark_threshold: float) -> np.ndarray:
    """Where a uint8 ``texture`` (S, S, 3) is brighter than ``dark_threshold`` in gray of 0..255: (S, S) bool.

    Dark texels of a lifted photo are mostly hair, shadow and background at the silhouette (paper section 4.2).
    The gray is rounded to whole levels first, as 8-bit image libraries do.
    """
    return np.rint(gray(texture.astype(float))) > dark_threshold


def known_texels(
    texture: np.ndarray, seen: np.ndarray, dark_threshold: float, dark_texels: str
) -> np.ndarray:
    """The texels that the photo gives (S, S) bool: those seen, but for dark ones.

    Args:
        texture: (S, S, 3) uint8, lifted from the photo.
        seen: (S, S) bool.
        dark_threshold: gray of 0..255 up to which a texel is dark; 0: none is, not even a black one.
        dark_texels: ``all`` of them do not count (paper section 4.2), or those at the ``rim``, 4-connected through
            dark ones to what is not seen: that is where background beside a head that is fitted a little too wide is
            lifted, while pupils and nostrils are not there.
    """
    if dark_threshold == 0:
        return seen
    kept = seen & bright(texture, dark_threshold)
    if dark_texels == "all":
        return kept
    dark = seen & ~kept
    components, _ = ndimage.label(dark | ~seen)
    return kept | (dark & ~np.isin(components, np.unique(components[~seen])))


SHRINKS = MOST, CORNER = ("most", "corner")


def shrink(
    texture: np.ndarray, known: np.ndarray, size: int, how: str
) -> tuple[np.ndarray, np.ndarray]:
    """A texture taken down to a smaller size without mixing known and unknown.

    Args:
        texture: (L, L, C).
        known: (L, L) bool, its known texels.
        size: S, up to L.
        how: ``most``: a texel is known where most of the texels in it are, and has their mean; ``corner``: it is the
            first of them, as published.

    Returns:
        (S, S, C) float, 0 where not known, and (S, S) bool.
    """
    if how == CORNER:
        index = np.arange(size) * len(known) // size
        corner = np.ix_(index, index)
        return np.where(known[corner][..., None], texture[corner], 0.0), known[corner]
    # In which of the small ones the texels' centres lie.
    within = (2 * np.arange(len(known)) + 1) * size // (2 * len(known))
    first = np.searchsorted(within, np.arange(size))

    def total(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(np.add.reduceat(values, first, axis=0), first, axis=1)

    count, texels = total(known.astype(float)), total(np.ones(known.shape))
    sums = total(np.where(known[..., None], texture, 0.0))
    kept = 2 * count > texels
    return np.where(kept[..., None], sums / np.maximum(count, 1)[..., None], 0.0), kept
