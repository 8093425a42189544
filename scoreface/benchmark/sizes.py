"""Views at several sizes: the same pictures for score models of any, with hard silhouettes at each."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch.nn import functional

from scoreface.base.errors import InputError


def at_sizes(images: torch.Tensor, sizes: Iterable[int]) -> dict[int, torch.Tensor]:
    """Views on black at several sizes.

    Args:
        images: (N, 3, S, S) in [0, 1].
        sizes: S and parts of it.

    Raises:
        InputError: a size is no part of S.
    """
    largest = images.shape[-1]
    for size in sizes:
        if largest % size:
            raise InputError(
                f"--score-model: images of {size} and {largest} pixels cannot be compared: the one is no multiple of "
                "the other"
            )
    inside = (images != 0).any(1, keepdim=True)
    return {size: resized(images, inside, size) for size in sizes}


def resized(images: torch.Tensor, inside: torch.Tensor, size: int) -> torch.Tensor:
    """Images (N, 3, S, S) at another size, no black mixed into the rim of what they show.

    Smaller ones are means over what of a pixel is inside, where at least half is, and black elsewhere. Larger ones are
    interpolated, and go on a little beyond the rim, whose course at that size is not known.

    Args:
        images: black or not where they are outside.
        inside: (N, 1, S, S) bool.
        size: a part or a multiple of S.
    """
    if size == images.shape[-1]:
        return images
    weights = inside.to(images)
    if size < images.shape[-1]:
        block = images.shape[-1] // size
        mean, share = _means(images, weights, block, block, 0)
        return torch.where(share >= 0.5, mean, 0)
    for _ in range(2):
        around, share = _means(images, weights, 3, 1, 1)
        images = torch.where(weights > 0, images, around)
        weights = (share > 0).to(images)
    return functional.interpolate(images, size=(size, size), mode="bilinear")


def _means(
    images: torch.Tensor, weights: torch.Tensor, side: int, stride: int, padding: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Weighted means over windows, and the mean weights there."""
    total, share = (
        functional.avg_pool2d(values, side, stride, padding)
        for values in (images * weights, weights)
    )
    return total / share.clamp(min=1e-6), share
