"""The samplers at the paper's settings against closed forms: their own law, and the law that they stand for.

With a Gaussian prior each step of a sampler is an affine map of the picture plus Gaussian noise. So what comes out is
Gaussian too, and its moments follow from the noise levels alone. The samples must have that law to within the standard
error of their number; how far it is from the exact posterior is the sampler's bias, known without any sampling.
"""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from scoreface.inpaint.image_space import PredictorCorrector
from scoreface.inpaint.scene import RenderedView
from scoreface.inpaint.texture_space import SeenTexels, TexelLangevin
from scoreface.score.gaussian import GaussianScore
from scoreface.score.samplers import anneal
from scoreface.texture.view_map import ViewMap

from .laws import (
    COLOURS,
    PIXELS,
    SIGMAS,
    SIZE,
    SNR,
    TEXTURE_RATIO,
    TEXTURE_SNR,
    TEXTURE_STEPS,
    Moments,
    Problem,
    law_of_image_space,
    law_of_texture_space,
    make_problem,
)

SEEDS = 400
# The samples of texture space stand as tiles in one picture: 9 x 9 of them.
TILES = 9


def assert_drawn_from(pictures: torch.Tensor, law: Moments, free: np.ndarray) -> None:
    """Mean and covariance of ``pictures`` (N, 3, H, W) are those of ``law`` to within five standard errors."""
    colours = COLOURS.T @ pictures.double().numpy().reshape(-1, 3, PIXELS)[..., free]
    whiten = np.linalg.inv(np.linalg.cholesky(law.covariance))
    white = (whiten @ (colours - law.mean)[..., None]).reshape(len(colours), -1)
    count, size = white.shape
    means, covariance = white.mean(0), np.cov(white.T)
    # Of a standard normal's sample: each mean has the variance 1 / N, each covariance 1 / N, each variance 2 / N.
    error = np.sqrt((1 + np.eye(size)) / count)
    assert np.abs(means).max() < 5 / np.sqrt(count)
    assert np.abs((covariance - np.eye(size)) / error).max() < 5
    # All together, which shows what is spread over many pixels.
    assert (means**2).sum() * count == pytest.approx(size, abs=5 * np.sqrt(2 * size))
    assert np.trace(covariance) / size == pytest.approx(1, abs=5 * np.sqrt(2 / count / size))


def assert_biased(law: Moments, truth: Moments, mean: float, least: float, largest: float) -> None:
    """The law is off by the stated bias: ``mean`` in deviations, the variance of every direction by these factors."""
    found = law.deviations_from(truth)
    assert found[0] < mean
    assert least < found[1] <= found[2] < largest


def sample_pictures(problem: Problem, corrector_steps: int, predictor: bool = True) -> torch.Tensor:
    """All seeds as one batch: in pictures of the real size, one picture's norms hardly differ from their mean."""
    sampler = PredictorCorrector(
        problem.prior,
        problem.picture.expand(SEEDS, -1, -1, -1),
        problem.mask,
        corrector_steps,
        SNR,
        torch.Generator().manual_seed(0),
        predictor,
    )
    return anneal(sampler, SIGMAS)


# Replacement conditions on a noised copy of the known pixels, and the corrector makes up for that as far as its steps
# reach: at small noise levels they are short beside the smooth components of the prior. The fewer components the pixels
# follow, the more the mean lags behind what the known pixels say in the end.
@pytest.mark.heavy
@pytest.mark.parametrize(
    ("components", "predictor", "bias"),
    [
        (PIXELS, True, (0.25, 1.0, 1.05)),
        (PIXELS, False, (0.29, 1.0, 1.2)),
        (20, True, (0.96, 0.98, 1.28)),
    ],
)
def test_image_space_has_the_law_of_its_steps_near_the_posterior(components, predictor, bias):
    problem = make_problem(known_columns=4, components=components)
    pictures = sample_pictures(problem, 1, predictor)
    law = law_of_image_space(problem, 1, predictor)
    assert_drawn_from(pictures, law, ~problem.known)
    assert_biased(law, problem.posterior(), *bias)
    expected = problem.picture[:, problem.mask].expand(SEEDS, -1, -1)
    assert torch.equal(pictures[..., problem.mask], expected)


# Nothing is known, so nothing is replaced and the mean is right. With the predictor alone the law is that of the SDE in
# 1000 steps; the corrector's steps, of finite length, add to the variance: see test_samplers.py.
@pytest.mark.heavy
@pytest.mark.parametrize(
    ("corrector_steps", "bias"), [(0, (0.002, 0.99, 1.01)), (1, (1e-6, 1.0, 1.04))]
)
def test_unconditional_samples_have_the_law_of_their_steps_near_the_prior(corrector_steps, bias):
    problem = make_problem(known_columns=0)
    law = law_of_image_space(problem, corrector_steps)
    assert_drawn_from(sample_pictures(problem, corrector_steps), law, ~problem.known)
    assert_biased(law, Moments(problem.mean, problem.covariance), *bias)


@dataclass(frozen=True)
class Tiled:
    """Many independent copies of a small prior side by side: as many samples in one picture."""

    prior: GaussianScore

    def score(self, x, sigma):
        tiles = x.reshape(3, TILES, SIZE, TILES, SIZE).permute(1, 3, 0, 2, 4)
        tiles = tiles.reshape(-1, 3, SIZE, SIZE)
        score = self.prior.score(tiles, sigma.expand(len(tiles)))
        score = score.reshape(TILES, TILES, 3, SIZE, SIZE).permute(2, 0, 3, 1, 4)
        return score.reshape(x.shape)


# Six steps a level follow the noise more closely than the one of image space.
@pytest.mark.heavy
def test_texture_space_has_the_law_of_its_steps_near_the_posterior():
    problem = make_problem(known_columns=4)
    side = TILES * SIZE
    # Each pixel shows a texel of its own; the view sees one in 64 texels of the texture.
    at = torch.arange(side) * TEXTURE_RATIO
    view_map = ViewMap(at[:, None] * side * TEXTURE_RATIO + at, side * TEXTURE_RATIO)
    view = RenderedView(
        problem.picture.permute(1, 2, 0).repeat(TILES, TILES, 1),
        problem.mask.repeat(TILES, TILES),
        torch.zeros(side, side, dtype=torch.bool),
    )
    sampler = TexelLangevin(
        Tiled(problem.prior),
        SeenTexels.of(view, view_map),
        TEXTURE_STEPS,
        TEXTURE_SNR,
        torch.Generator().manual_seed(0),
    )
    tiles = anneal(sampler, SIGMAS).reshape(TILES, SIZE, TILES, SIZE, 3).permute(0, 2, 4, 1, 3)
    law = law_of_texture_space(problem)
    assert_drawn_from(tiles.reshape(-1, 3, SIZE, SIZE), law, ~problem.known)
    assert_biased(law, problem.posterior(), mean=0.06, least=1.0, largest=1.05)
