"""Masks of pixels: grown, shrunk, smoothed along a picture's edges, cut out by GrabCut."""

from __future__ import annotations

import cv2
import numpy as np

#: What GrabCut may be told of a pixel.
SURELY_NOT, SURELY, PROBABLY_NOT, PROBABLY = cv2.GC_BGD, cv2.GC_FGD, cv2.GC_PR_BGD, cv2.GC_PR_FGD


def shrink(mask: np.ndarray, radius: float) -> np.ndarray:
    """A mask (H, W) bool without its rim of ``radius`` pixels; the picture's border is no rim."""
    return cv2.erode(mask.astype(np.uint8), _disc(radius), borderValue=1) > 0


def grow(mask: np.ndarray, radius: float) -> np.ndarray:
    """A mask (H, W) bool with ``radius`` pixels around it."""
    return cv2.dilate(mask.astype(np.uint8), _disc(radius)) > 0


def opened(mask: np.ndarray, radius: float) -> np.ndarray:
    """A mask (H, W) bool without what is thinner than twice ``radius`` pixels."""
    return grow(shrink(mask, radius), radius) & mask


def closed(mask: np.ndarray, radius: float) -> np.ndarray:
    """A mask (H, W) bool with gaps filled that are thinner than twice ``radius`` pixels."""
    return shrink(grow(mask, radius), radius) | mask


def _disc(radius: float) -> np.ndarray:
    side = 2 * max(0, round(radius)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))


def touching(mask: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Those parts of a mask (H, W) bool that hold one of the seeds (H, W) bool."""
    count, parts = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    kept = np.zeros(count, bool)
    kept[parts[seeds & mask]] = True
    kept[0] = False
    return kept[parts]


def at_least(mask: np.ndarray, pixels: float) -> np.ndarray:
    """Those parts of a mask (H, W) bool that have some number of pixels."""
    _, parts, statistics, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=4
    )
    kept = statistics[:, cv2.CC_STAT_AREA] >= pixels
    kept[0] = False
    return kept[parts]


def filled(mask: np.ndarray, pixels: float) -> np.ndarray:
    """A mask (H, W) bool without holes of fewer pixels."""
    return mask | ~at_least(~mask, pixels)


def along_edges(mask: np.ndarray, grey: np.ndarray, radius: int, softness: float) -> np.ndarray:
    """A mask whose edges follow those of a picture: the guided filter (He, Sun and Tang 2013).

    Args:
        mask: (H, W) float32 in [0, 1].
        grey: (H, W) float32 in [0, 1], the picture.
        radius: of the windows, in pixels.
        softness: variance of grey below which a window has no edge.

    Returns:
        (H, W) float32 in [0, 1].
    """

    def mean(values: np.ndarray) -> np.ndarray:
        side = 2 * radius + 1
        return cv2.boxFilter(values, -1, (side, side), borderType=cv2.BORDER_REFLECT)

    mean_grey, mean_mask = mean(grey), mean(mask)
    slope = (mean(grey * mask) - mean_grey * mean_mask) / (
        mean(grey * grey) - mean_grey**2 + softness
    )
    offset = mean_mask - slope * mean_grey
    return np.clip(mean(slope) * grey + mean(offset), 0.0, 1.0)


def grab_cut(picture: np.ndarray, seeds: np.ndarray, rounds: int) -> np.ndarray:
    """What belongs together by colour and edges (Rother, Kolmogorov and Blake 2004).

    Args:
        picture: (H, W, 3) uint8.
        seeds: (H, W) uint8, ``SURELY_NOT``, ``SURELY``, ``PROBABLY_NOT`` or ``PROBABLY``.
        rounds: of learning colours and cutting.

    Returns:
        (H, W) bool; where there is but one kind of seeds, these.
    """
    inside = (seeds == SURELY) | (seeds == PROBABLY)
    if inside.all() or not inside.any():
        return inside
    labels = seeds.copy()
    # Its mixtures start from random clusters.
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(picture, labels, (0, 0, 1, 1), *models, rounds, cv2.GC_INIT_WITH_MASK)
    return (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
