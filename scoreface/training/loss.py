"""The objective of the training."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

# Of the log-normal noise levels, for images in [0, 1].
_LOG_MEAN, _LOG_SPREAD = 0.0, 1.3


def draw_sigmas(
    count: int, sigma_min: float, sigma_max: float, generator: torch.Generator
) -> torch.Tensor:
    """Noise levels (count,) between the two: a quarter log-uniform, the others log-normal.

    Log-uniform levels alone spend half of a training where there is little to learn: at noise that hides everything,
    and at noise that hides nothing. The log-normal ones, as in Karras et al. 2022 (table 1) but about a noise level
    of 1, are where faces take shape: their colours, their light and where their features lie. Each kind is drawn once
    from each of as many equal shares of its distribution, which takes much of the noise out of the loss's gradient
    (Kingma et al. 2021, Variational Diffusion Models).
    """
    uniform = count // 4
    low, high = math.log(sigma_min), math.log(sigma_max)
    everywhere = low + (high - low) * _shares(uniform, generator)
    ends = [0.5 * (1 + math.erf((x - _LOG_MEAN) / _LOG_SPREAD / 2**0.5)) for x in (low, high)]
    probability = ends[0] + (ends[1] - ends[0]) * _shares(count - uniform, generator)
    middle = _LOG_MEAN + _LOG_SPREAD * torch.special.ndtri(probability)
    return torch.cat([everywhere, middle]).exp().clamp(sigma_min, sigma_max)


def _shares(count: int, generator: torch.Generator) -> torch.Tensor:
    """Numbers (count,) between 0 and 1, one from each of ``count`` equal shares."""
    offset = torch.rand(count, generator=generator, device=generator.device)
    return (torch.arange(count, device=generator.device) + offset) / count


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
