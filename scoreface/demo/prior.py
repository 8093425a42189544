"""The embedded prior: a Gaussian fitted to views of random heads as the pipelines show them."""

from __future__ import annotations

import numpy as np
from tqdm import tqdm

from scoreface.demo.views import head_views
from scoreface.score.gaussian import GaussianScore

# Views a little beyond those that the pipelines inpaint, in degrees.
_ELEVATION, _AZIMUTH = 12.0, 45.0
_VIEWS_PER_HEAD = 4


def random_views(size: int, heads: int, rng: np.random.Generator) -> np.ndarray:
    """Views of random heads in random light on black: (4 * heads, 3, size, size) float32 in [0, 1].

    Args:
        size: pixels along a side.
        heads: number of heads; each is seen from four random directions by the pipelines' default camera.
        rng: draws heads, skins, light and directions.
    """
    bar = tqdm(range(heads), desc="demo prior: heads", unit="head", mininterval=2)
    return np.concatenate(
        [head_views(rng, size, _VIEWS_PER_HEAD, _ELEVATION, _AZIMUTH) for _ in bar]
    )


def fit_prior(size: int, heads: int, components: int, seed: int) -> GaussianScore:
    """Fit the Gaussian prior of ``size`` x ``size`` views to random heads.

    Args:
        size: pixels along a side.
        heads: number of heads to render.
        components: principal components to keep.
        seed: of everything random.
    """
    return GaussianScore.fit(random_views(size, heads, np.random.default_rng(seed)), components)
