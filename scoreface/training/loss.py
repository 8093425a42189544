"""The objective of the training."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

# Of the log-normal noise levels, for images in [0, 1] of so many pixels a side.
_LOG_MEAN, _LOG_SPREAD, _SIDE = 0.0, 1.3, 64
#: Where the bands of noise levels end in which the loss is logged, for such images.
BANDS = (0.1, 0.3, 1.0, 3.0)


def as_at_64(sigma: float, size: int) -> float:
    """The noise level that hides of an image of 64 pixels a side what ``sigma`` hides of the same at ``size``.

    The mean of n x n pixels, which is a pixel of the smaller image, has a noise of sigma / n (Hoogeboom et al. 2023,
    simple diffusion, section 3.1).
    """
    return sigma * _SIDE / size


def draw_sigmas(
    count: int, sigma_min: float, sigma_max: float, size: int, generator: torch.Generator
) -> torch.Tensor:
    """Noise levels (count,) between the two for images of ``size``: a quarter log-uniform, the others log-normal.

    Log-uniform levels alone spend half of a training where there is little to learn: at noise that hides everything,
    and at noise that hides nothing. The log-normal ones, as in Karras et al. 2022 (table 1) but about what is 1 at 64
    pixels a side (:func:`as_at_64`), are where faces take shape: their colours, their light and where their features
    lie. Each kind is drawn once from each of as many equal shares of its distribution, which takes much of the noise
    out of the loss's gradient (Kingma et al. 2021, Variational Diffusion Models).
    """
    uniform = count // 4
    low, high = math.log(sigma_min), math.log(sigma_max)
    everywhere = low + (high - low) * _shares(uniform, generator)
    mean = _LOG_MEAN - math.log(as_at_64(1.0, size))
    ends = [0.5 * (1 + math.erf((x - mean) / _LOG_SPREAD / 2**0.5)) for x in (low, high)]
    probability = ends[0] + (ends[1] - ends[0]) * _shares(count - uniform, generator)
    middle = mean + _LOG_SPREAD * torch.special.ndtri(probability)
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
    """Denoising score matching, image by image: (1 + (sigma / sigma_data)^2) |sigma score(x + sigma z) + z|^2.

    Song et al. 2021, equation 7, weighted by sigma^2 as there, and by one factor more (Karras et al. 2022, table 1):
    without it, high noise would count for next to nothing, as its score is almost known from the noised image alone.

    Args:
        score: of images (B, 3, S, S) at noise levels (B,).
        images: (B, 3, S, S) in [0, 1].
        sigmas: (B,) noise levels.
        sigma_data: root mean square of the images.
        generator: of the noise, on the images' device.

    Returns:
        (B,), each the mean over an image's numbers.
    """
    noise = torch.randn(images.shape, generator=generator, device=images.device)
    levels = sigmas[:, None, None, None]
    error = levels * score(images + levels * noise, sigmas) + noise
    return (1 + (sigmas / sigma_data) ** 2) * error.square().mean((1, 2, 3))


def band_means(losses: torch.Tensor, sigmas: torch.Tensor, size: int) -> list[float]:
    """The mean of losses (N,) over the noise levels (N,) of each band; NaN where a band has none."""
    edges = sigmas.new_tensor([sigma / as_at_64(1.0, size) for sigma in BANDS])
    bands = torch.bucketize(sigmas, edges)
    return [float(losses[bands == band].mean()) for band in range(len(BANDS) + 1)]
