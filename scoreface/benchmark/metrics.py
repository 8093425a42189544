"""How near a texture or a picture comes to the truth, and how well the views agree with each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from scoreface.geometry.views import View
from scoreface.texture.view_map import ViewMap

#: Texels along a side of the windows of :func:`ssim`.
SSIM_WINDOW = 7


def psnr(truth: np.ndarray, image: np.ndarray, region: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB within a region, infinite for equal pictures.

    Args:
        truth: (H, W, 3) in [0, 1].
        image: (H, W, 3) in [0, 1].
        region: (H, W) bool, the pixels that count.
    """
    with np.errstate(divide="ignore"):
        return float(peak_signal_noise_ratio(truth[region], image[region], data_range=1))


def ssim(truth: np.ndarray, image: np.ndarray, region: np.ndarray) -> float:
    """Structural similarity (Wang et al. 2004; windows of 7 x 7) within a region, 1 for equal pictures.

    Each pixel's similarity comes from the window around it, which may reach over the region's border.

    Args:
        truth: (H, W, 3) in [0, 1].
        image: (H, W, 3) in [0, 1].
        region: (H, W) bool, the pixels whose similarities are averaged.
    """
    _, similarity = structural_similarity(
        truth, image, win_size=SSIM_WINDOW, channel_axis=2, data_range=1, full=True
    )
    return float(similarity[region].mean())


def best_gain(truth: np.ndarray, image: np.ndarray, region: np.ndarray) -> np.ndarray:
    """The factor of each channel (3,) that brings a picture nearest to the truth within a region, in squares.

    Args:
        truth: (H, W, 3).
        image: (H, W, 3); a channel that is 0 throughout keeps 1.
        region: (H, W) bool, the pixels that count.
    """
    given, wanted = image[region].astype(float), truth[region].astype(float)
    squares = (given**2).sum(axis=0)
    return np.where(squares > 0, (given * wanted).sum(axis=0) / np.maximum(squares, 1e-12), 1.0)


def seam(texture: np.ndarray, origin: np.ndarray, truth: np.ndarray) -> float:
    """How much harder the steps between texels of different origin are than they should be.

    Args:
        texture: (S, S, 3) in [0, 1].
        origin: (S, S) int, which view filled a texel or that the photo did; negative outside the chart.
        truth: (S, S, 3) in [0, 1].

    Returns:
        mean absolute difference of neighbours with different origins, less the same of the truth; nan without any.
    """
    steps = []
    for axis in (0, 1):
        here = np.take(origin, np.arange(len(origin) - 1), axis)
        there = np.take(origin, np.arange(1, len(origin)), axis)
        border = (here != there) & (here >= 0) & (there >= 0)
        steps.append(
            np.abs(np.diff(texture, axis=axis))[border] - np.abs(np.diff(truth, axis=axis))[border]
        )
    together = np.concatenate(steps)
    return float(together.mean()) if len(together) else float("nan")


def disagreement(
    views: Sequence[View],
    faces: Sequence[torch.Tensor],
    maps: Sequence[ViewMap],
    texels: np.ndarray,
) -> float:
    """How differently neighbouring views show the same texel, before they are merged.

    Args:
        views: of the grid.
        faces: (H, W, 3) in [0, 1], each view as it came out.
        maps: each view's index map into textures of S x S texels.
        texels: (S, S) bool, those that count.

    Returns:
        mean absolute difference between the means that two neighbouring views give a texel; nan where no two
        neighbours see the same texel.
    """
    seen = [
        view_map.average(face, torch.ones(face.shape[:2], dtype=torch.bool))
        for face, view_map in zip(faces, maps, strict=True)
    ]
    total, count = 0.0, 0
    for one, other in neighbours(views):
        both = (seen[one][1] & seen[other][1]).numpy() & texels
        total += np.abs(seen[one][0].numpy() - seen[other][0].numpy())[both].sum()
        count += 3 * int(both.sum())
    return float(total / count) if count else float("nan")


def neighbours(views: Sequence[View]) -> list[tuple[int, int]]:
    """Pairs of indices of views that lie side by side in the grid of elevations and azimuths."""
    elevations = sorted({view.elevation for view in views})
    azimuths = sorted({view.azimuth for view in views})
    at = {
        (elevations.index(view.elevation), azimuths.index(view.azimuth)): index
        for index, view in enumerate(views)
    }
    steps = ((1, 0), (0, 1))
    return [
        (index, at[row + down, column + right])
        for (row, column), index in at.items()
        for down, right in steps
        if (row + down, column + right) in at
    ]
