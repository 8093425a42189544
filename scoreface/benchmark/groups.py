"""Whether a score model knows some people less well than others: its error as a denoiser by groups of heads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch

from scoreface.base.markdown import markdown_table
from scoreface.benchmark.cells import with_error
from scoreface.benchmark.prior import LEVEL_OF_GROUPS, denoised, head_generator
from scoreface.demo.people import sample_head
from scoreface.score.model import ScoreModel
from scoreface.score.noise import standard_normal
from scoreface.training.loss import as_at_64


def held_out_labels(heads: int, seed: int) -> list[dict[str, str]]:
    """The groups of each head of :func:`scoreface.benchmark.prior.held_out_views`: ``type``, ``hair`` and so on."""
    # A head's views begin with the head itself, so the same numbers draw the same person.
    return [sample_head(head_generator(seed, head)).labels for head in range(heads)]


def image_errors(model: ScoreModel, images: torch.Tensor, seed: int) -> np.ndarray:
    """Each image's squared error, denoised from ``LEVEL_OF_GROUPS``, over the mean of the best constant's: (N,).

    Args:
        model: the score model, for images of S pixels.
        images: (N, 3, S, S) in [0, 1].
        seed: of the noise.
    """
    sigma = LEVEL_OF_GROUPS / as_at_64(1.0, model.image_size)
    generator = torch.Generator().manual_seed(seed)
    noise = standard_normal(images.shape, generator, torch.device("cpu"))
    wrong = denoised(model, images + sigma * noise, sigma) - images
    constant = (images - images.mean(0)).square().mean()
    return (wrong.square().mean((1, 2, 3)) / constant).numpy()


def by_group(labels: Sequence[dict[str, str]], errors: dict[str, np.ndarray]) -> str:
    """A table in Markdown: for each group of each kind its heads, and each model's mean error with its standard error.

    Args:
        labels: of N heads.
        errors: (N,) by the model's name.
    """
    lines = [["kind", "group", "heads", *errors]]
    table = pd.DataFrame(list(labels))
    for kind in table:
        for group, rows in table.groupby(kind, sort=True):
            means = [with_error(pd.Series(values[rows.index]), ".4f") for values in errors.values()]
            lines.append([str(kind), str(group), str(len(rows)), *means])
    return markdown_table(lines) + "\n"
