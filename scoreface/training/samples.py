"""Pictures of what a score model has learnt."""

from __future__ import annotations

import numpy as np
import torch

from scoreface.inpaint.image_space import PredictorCorrector
from scoreface.score.model import ScoreModel
from scoreface.score.samplers import anneal, geometric_sigmas


def draw_samples(
    model: ScoreModel, count: int, levels: int, corrector_steps: int, snr: float, seed: int
) -> torch.Tensor:
    """Unconditional samples (count, 3, S, S) in [0, 1]: inpainting with nothing known."""
    size = model.image_size
    nothing = torch.zeros(size, size, dtype=torch.bool, device=model.device)
    problem = PredictorCorrector(
        model,
        torch.zeros(count, 3, size, size, device=model.device),
        nothing,
        corrector_steps,
        snr,
        torch.Generator().manual_seed(seed),
    )
    sigmas = geometric_sigmas(model.sigma_min, model.sigma_max, levels).to(model.device)
    return anneal(problem, sigmas).clamp(0, 1)


def sample_grid(
    model: ScoreModel, seed: int, columns: int = 4, rows: int = 3, levels: int = 60
) -> np.ndarray:
    """A grid (rows * S, columns * S, 3) uint8 of unconditional samples."""
    images = draw_samples(model, rows * columns, levels, 1, 0.15, seed)
    return as_grid(images, columns)


def as_grid(images: torch.Tensor, columns: int) -> np.ndarray:
    """Images (N, 3, S, S) in [0, 1] side by side, row by row: uint8; N a multiple of ``columns``."""
    rows = images.unflatten(0, (-1, columns)).permute(0, 3, 1, 4, 2)
    pixels = rows.reshape(rows.shape[0] * rows.shape[1], -1, 3)
    return (pixels * 255).round().byte().cpu().numpy()
