"""A picture of what a score model has learnt."""

from __future__ import annotations

import numpy as np
import torch

from scoreface.score.model import ScoreModel
from scoreface.score.sampler import PREDICTOR_CORRECTOR, Sampler
from scoreface.score.unconditional import as_grid, draw


def sample_grid(
    model: ScoreModel, seed: int, columns: int = 4, rows: int = 3, levels: int = 60
) -> np.ndarray:
    """A grid (rows * S, columns * S, 3) uint8 of pictures that the model draws by itself."""
    sampler = Sampler(PREDICTOR_CORRECTOR, levels)
    pictures = draw(model, rows * columns, seed, sampler, rows * columns)
    return as_grid(torch.stack(list(pictures)), columns)
