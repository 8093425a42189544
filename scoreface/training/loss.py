"""The objective of the training."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch


def draw_sigmas(
    count: int, sigma_min: float, sigma_max: float, generator: torch.Generator
) -> torch.Tensor:
    """Noise levels (count,), log-uniform between the two, one from each of ``count`` equal shares of the range.

    The shares leave each level's distribution as it is and take much of the noise out of the loss's gradient (Kingma et
    al. 2021, Variational Diffusion Models).
    """
    offset = torch.rand(count, generator=generator, device=generator.device)
    share = (torch.arange(count, device=generator.device) + offset) / count
    return sigma_min * (share * math.log(sigma_max / sigma_min)).exp()


def denoising_loss(
    score: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    images: torch.Tensor,
    sigmas: torch.Tensor,
    sigma_data: float,
    generator: torch.Generator,
) -> torch.Tensor:
    """Denoising score matching: the mean of (1 + (sigma / sigma_data)^2) |sigma score(x + sigma z) + z|^2.

    Song et al. 2021, equation 7, weighted by sigma^2 as there, and by one factor more (Karras et al. 2022, table 1):
    without it, high noise would count for next to nothing, as its score is almost known from the noised image alone.

    Args:
        score: of images (B, 3, S, S) at noise levels (B,).
        images: (B, 3, S, S) in [0, 1].
        sigmas: (B,) noise levels.
        sigma_data: root mean square of the images.
        generator: of the noise, on the images' device.
    """
    noise = torch.randn(images.shape, generator=generator, device=images.device)
    levels = sigmas[:, None, None, None]
    error = levels * score(images + levels * noise, sigmas) + noise
    return ((1 + (levels / sigma_data) ** 2) * error.square()).mean()
