"""Which texels of the lifted photo count as known."""

from __future__ import annotations

import numpy as np

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


def shrink(texture: np.ndarray, size: int) -> np.ndarray:
    """Every n-th texel: ``texture`` (L, L, ...) taken down to (size, size, ...) without mixing known and unknown."""
    index = np.arange(size) * texture.shape[0] // size
    return texture[np.ix_(index, index)]
