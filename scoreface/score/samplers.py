"""The variance-exploding SDE in discrete steps: noise levels, predictor, corrector."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

Progress = Callable[[int, int], None]


def geometric_sigmas(sigma_min: float, sigma_max: float, levels: int) -> torch.Tensor:
    """Noise levels (levels,) float32 in descending geometric order (Song et al. 2021, appendix C)."""
    exponents = np.linspace(0, 1, levels)
    return torch.from_numpy(sigma_max * (sigma_min / sigma_max) ** exponents).float()


def langevin_step_size(score: torch.Tensor, noise: torch.Tensor, snr: float) -> torch.Tensor:
    """2 (snr |z| / |g|)^2 from the norms of noise and score, each (B, ...), averaged over the batch.

    Song et al. 2021, algorithm 4.
    """
    noise_norm = noise.flatten(1).norm(dim=1).mean()
    score_norm = score.flatten(1).norm(dim=1).mean()
    return 2 * (snr * noise_norm / score_norm) ** 2


def langevin_step(
    x: torch.Tensor, score: torch.Tensor, noise: torch.Tensor, snr: float
) -> torch.Tensor:
    """One corrector step of annealed Langevin dynamics (Song et al. 2021, algorithm 4).

    Args:
        x: (B, ...) the state.
        score: (B, ...) the score at ``x``.
        noise: (B, ...) standard normal.
        snr: signal-to-noise ratio.
    """
    step = langevin_step_size(score, noise, snr)
    return x + step * score + (2 * step) ** 0.5 * noise


def reverse_diffusion_step(
    x: torch.Tensor,
    score: torch.Tensor,
    noise: torch.Tensor,
    sigma: torch.Tensor,
    next_sigma: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """One predictor step from ``sigma`` down to ``next_sigma`` (Song et al. 2021, algorithm 2).

    Returns:
        the new state and its mean, before the step's noise, each shaped as ``x``.
    """
    diffusion = (sigma**2 - next_sigma**2) ** 0.5
    # Squared again, as the published samplers round it: their steps come out bit for bit.
    mean = x + diffusion**2 * score
    return mean + diffusion * noise, mean
