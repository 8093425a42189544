"""The variance-exploding SDE in discrete steps: noise levels, the loop over them, predictor, corrector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import torch

# Called with the noise levels done and their number.
Progress = Callable[[int, int], None]


def nothing(done: int, total: int) -> None:
    """No report of progress."""


class Problem(Protocol):
    """What is sampled: a state (B, ...) that goes down the noise levels; B pictures, views or textures side by side.

    From one level to the next only the state and the generators change: the two are what a run goes on from.
    """

    @property
    def generators(self) -> Sequence[torch.Generator]:
        """All sources of its noise, on the CPU."""
        ...

    @property
    def device(self) -> torch.device:
        """Where the state is."""
        ...

    def begin(self, sigma: torch.Tensor) -> torch.Tensor:
        """The state (B, ...) at the first noise level."""
        ...

    def descend(
        self, x: torch.Tensor, sigma: torch.Tensor, next_sigma: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What is done at one noise level.

        Args:
            x: (B, ...) the state.
            sigma: the level.
            next_sigma: the one that follows; 0 at the last.

        Returns:
            the state for the next level, and the estimate (B, ...) that is the result if this level is the last.
        """
        ...

    def finish(self, estimate: torch.Tensor) -> torch.Tensor:
        """The estimate (B, ...) with its known parts exactly as given."""
        ...


class Keeper(Protocol):
    """Keeps where a long run stands."""

    def load(
        self, generators: Sequence[torch.Generator], device: torch.device
    ) -> tuple[int, torch.Tensor] | None:
        """The levels done and the state (B, ...) on ``device``, with the ``generators`` set to where they were.

        None where nothing is kept; then the generators are left as they are.
        """
        ...

    def keep(
        self, levels: int, values: torch.Tensor, generators: Sequence[torch.Generator]
    ) -> None:
        """Keep the state ``values`` (B, ...) after ``levels`` noise levels; may be left out."""
        ...


def anneal(
    problem: Problem,
    sigmas: torch.Tensor,
    progress: Progress = nothing,
    checkpoint: Keeper | None = None,
) -> torch.Tensor:
    """Take a problem down the noise levels: the loop of every sampler.

    Args:
        problem: what is sampled.
        sigmas: (L,) noise levels, descending, on the problem's device.
        progress: called with the noise levels done and their number.
        checkpoint: where to keep and to find what is done; a run that goes on from there ends bit for bit as one that
            was never cut.

    Returns:
        (B, ...), known parts exactly as given.
    """
    following = torch.cat([sigmas[1:], sigmas.new_zeros(1)])
    with torch.inference_mode():
        kept = checkpoint.load(problem.generators, problem.device) if checkpoint else None
        done, x = kept or (0, problem.begin(sigmas[0]))
        estimate = x
        for level in range(done, len(sigmas)):
            x, estimate = problem.descend(x, sigmas[level], following[level])
            progress(level + 1, len(sigmas))
            # Not after the last level, whose estimate is no state to go on from.
            if checkpoint and level + 1 < len(sigmas):
                checkpoint.keep(level + 1, x, problem.generators)
    return problem.finish(estimate)


def geometric_sigmas(sigma_min: float, sigma_max: float, levels: int) -> torch.Tensor:
    """Noise levels (levels,) float32 in descending geometric order (Song et al. 2021, appendix C)."""
    exponents = np.linspace(0, 1, levels)
    return torch.from_numpy(sigma_max * (sigma_min / sigma_max) ** exponents).float()


def power_sigmas(sigma_min: float, sigma_max: float, levels: int, spacing: float) -> torch.Tensor:
    """Noise levels (levels,) float32, descending, equally far apart in sigma^(1 / spacing).

    Karras et al. 2022, equation 5, where ``spacing`` is rho; 7 there. Large ones come near to geometric levels.
    """
    roots = np.linspace(sigma_max ** (1 / spacing), sigma_min ** (1 / spacing), levels)
    return torch.from_numpy(roots**spacing).float()


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


def renoised(
    x: torch.Tensor,
    denoised: torch.Tensor,
    projected: torch.Tensor,
    noise: torch.Tensor,
    sigma: torch.Tensor,
    next_sigma: torch.Tensor,
    stochasticity: float,
) -> torch.Tensor:
    """One step from ``sigma`` down to ``next_sigma`` by denoising, correcting what came out, and adding noise.

    Wang et al. 2023 (DDNM, algorithm 1) and Zhu et al. 2023 (DiffPIR, equation 14), for the variance-exploding SDE.

    Args:
        x: (B, ...) the state.
        denoised: (B, ...) what the model makes of it, x + sigma^2 score.
        projected: (B, ...) the same, agreeing with what is known.
        noise: (B, ...) standard normal.
        sigma: the level of ``x``.
        next_sigma: the level to go to.
        stochasticity: share of the noise's standard deviation that is drawn anew; the rest is that which ``x`` has.
    """
    kept = (1 - stochasticity**2) ** 0.5 * (x - denoised) / sigma
    return projected + next_sigma * (kept + stochasticity * noise)
