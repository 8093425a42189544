"""Texel correction: dark generated pixels that hang on to the background become unfilled again."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from scoreface.texture.preprocess import gray


def dark_border(
    face: np.ndarray, unknown: np.ndarray, background: np.ndarray, threshold: float
) -> np.ndarray:
    """Pixels to give back: dark, not known, and 4-connected to the background through such pixels.

    The prior tends to paint the black background over the rim of the head; a later view, which sees the rim from the
    front, does better there.

    Args:
        face: (H, W, 3) the inpainted view in [0, 1].
        unknown: (H, W) bool, the pixels that were inpainted.
        background: (H, W) bool.
        threshold: gray of 0..1 below which a pixel is dark.

    Returns:
        (H, W) bool.
    """
    dark = (gray(face) < threshold) & unknown & ~background
    components, _ = ndimage.label(dark | background)
    touching = np.unique(components[background])
    return dark & np.isin(components, touching)
