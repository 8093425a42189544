"""The joint sampler: its limits, and its law against the posterior of a Gaussian prior."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from scipy import sparse as sp

from scoreface.inpaint.canvas import Canvas
from scoreface.inpaint.joint import JointDenoising
from scoreface.inpaint.pipelines import JointSettings
from scoreface.score.gaussian import GaussianScore
from scoreface.score.samplers import anneal, power_sigmas
from scoreface.texture.bands import Lowpass
from scoreface.texture.soft_evidence import SoftEvidence

from .laws import COLOUR_VARIANCES, COLOURS, SIZE, Moments

# Three views of SIZE x SIZE pixels, each two columns on from the last; their pixels are the texels of one texture.
OFFSETS, ROWS, COLUMNS = (0, 2, 4), SIZE, SIZE + 4
SAMPLES = 300
# Of a texel under the prior, and of its part that is independent of all others.
VARIANCE, RESIDUAL = 0.004, 0.0002
SETTINGS = JointSettings(
    face_size=SIZE,
    noise_levels=100,
    correction_threshold=0.0,
    keep_silhouette=False,
    supersampling=1,
    samples=1,
    sigma_start="max",
    spacing=7.0,
    stochasticity=1.0,
    nearest_levels=0.0,
    weight_power=0.0,
    evidence="none",
    prior_deviation=0.25,
    prior_error=0.0,
)


def matrix(rows, columns, values, shape) -> torch.Tensor:
    dense = torch.zeros(shape)
    dense.index_put_((torch.as_tensor(rows), torch.as_tensor(columns)), torch.as_tensor(values))
    return dense.to_sparse_csr()


def make_canvas(texture: torch.Tensor, known: np.ndarray, offsets=OFFSETS) -> Canvas:
    """The canvas of a texture (3, ROWS, COLUMNS) of which the columns ``known`` (COLUMNS,) bool are given."""
    texels = np.flatnonzero(np.tile(~known, ROWS))
    column_of = {texel: column for column, texel in enumerate(texels)}
    views, pixels, columns, fixed = len(offsets), [], [], []
    for view, offset in enumerate(offsets):
        part = (texture * torch.from_numpy(known))[:, :, offset : offset + SIZE]
        fixed.append(part)
        for row in range(ROWS):
            for column in range(SIZE):
                texel = row * COLUMNS + offset + column
                if texel in column_of:
                    pixels.append((view * ROWS + row) * SIZE + column)
                    columns.append(column_of[texel])
    pixels, columns = np.array(pixels), np.array(columns)
    count = np.bincount(columns, minlength=len(texels))
    # The first view that shows a texel has it alone.
    first = np.unique(columns, return_index=True)[1]
    shape = (len(texels), views * ROWS * SIZE)
    ones = np.ones(len(columns), np.float32)
    shown = np.zeros((views, len(texels)), bool)
    shown[pixels // (ROWS * SIZE), columns] = True
    return Canvas(
        torch.from_numpy(texels),
        torch.stack(fixed).float(),
        matrix(pixels, columns, ones, shape[::-1]),
        matrix(columns, pixels, (1 / count[columns]).astype(np.float32), shape),
        matrix(columns[first], pixels[first], ones[first], shape),
        torch.from_numpy(count > 0),
        torch.from_numpy(shown),
        torch.ones(views, 1, ROWS, SIZE, dtype=torch.bool),
    )


def evidence_about(mean: np.ndarray, deviation: float) -> SoftEvidence:
    """The same in both bands, so that the bands make no difference."""
    count = len(mean)
    lowpass = Lowpass(sp.csr_matrix(np.ones((count, 1))), lambda values: values)
    deviations = np.full(count, deviation)
    return SoftEvidence(mean, deviations, deviations, lowpass)


def repeated(canvas: Canvas, times: int) -> Canvas:
    """The canvas for so many completions."""
    return replace(canvas, fixed=canvas.fixed.repeat(times, 1, 1, 1))


def sample(prior, canvas, evidence, sigmas, times=1, **settings) -> torch.Tensor:
    """The texels (times, T, 3)."""
    generators = [torch.Generator().manual_seed(seed) for seed in range(times * len(canvas.whole))]
    means = torch.from_numpy(evidence.mean).float().expand(times, -1, -1)
    chosen = replace(SETTINGS, **settings)
    problem = JointDenoising(
        prior, repeated(canvas, times), evidence, means, chosen, generators, nearest_below=0.0
    )
    return problem.texels(anneal(problem, sigmas), sigmas[-1])


@dataclass(frozen=True)
class Law:
    """A texture and its prior, mean (3, P) and covariance (3, P, P) in laws.COLOURS; a window has the view's prior."""

    prior: GaussianScore
    mean: np.ndarray
    covariance: np.ndarray
    texture: np.ndarray

    def posterior(self, known: np.ndarray, evidence: np.ndarray, deviation: float) -> Moments:
        """The law of the unknown texels given the others, and ``evidence`` (3, T) of them with noise."""
        given, free = np.tile(known, ROWS), np.tile(~known, ROWS)
        across = self.covariance[:, free][:, :, given]
        gain = across @ np.linalg.inv(self.covariance[:, given][:, :, given])
        mean = self.mean[:, free] + (gain @ (self.texture - self.mean)[:, given, None])[..., 0]
        spread = self.covariance[:, free][:, :, free] - gain @ across.transpose(0, 2, 1)
        if np.isfinite(deviation):
            gain = spread @ np.linalg.inv(spread + deviation**2 * np.eye(free.sum()))
            mean = mean + (gain @ (evidence - mean)[..., None])[..., 0]
            spread = spread - gain @ spread
        return Moments(mean, spread)


@pytest.fixture(scope="module")
def law() -> Law:
    """A stationary prior whose correlations fall to 1 / e over two texels, far from black and white."""
    mean, covariance = _stationary(COLUMNS)
    drawn = np.random.default_rng(4).standard_normal((3, ROWS * COLUMNS, 1))
    texture = mean + (np.linalg.cholesky(covariance) @ drawn)[..., 0]
    return Law(_prior(), mean, covariance, texture)


def _stationary(columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean (3, P) and covariance (3, P, P) over ROWS x ``columns`` texels, in laws.COLOURS."""
    at = np.stack(np.mgrid[0:ROWS, 0:columns].reshape(2, -1), axis=-1)
    distance = np.linalg.norm(at[:, None] - at, axis=-1)
    covariance = VARIANCE * COLOUR_VARIANCES[:, None, None] * np.exp(-distance / 2)
    mean = COLOURS.T @ np.full((3, len(at)), 0.5)
    return mean, covariance + RESIDUAL * np.eye(len(at))


def _prior() -> GaussianScore:
    """The law of a view, as a score model."""
    covariance = _stationary(SIZE)[1] - RESIDUAL * np.eye(SIZE**2)
    values, vectors = np.linalg.eigh(covariance[-1] / COLOUR_VARIANCES[-1])
    return GaussianScore(
        torch.full((3 * SIZE**2,), 0.5),
        torch.from_numpy(np.kron(COLOURS, vectors)).float(),
        torch.from_numpy(np.kron(COLOUR_VARIANCES, values)).float(),
        RESIDUAL,
        SIZE,
    )


def picture_of(law: Law) -> torch.Tensor:
    return torch.from_numpy(COLOURS @ law.texture).float().reshape(3, ROWS, COLUMNS)


NO_EVIDENCE = np.inf


def test_a_view_of_the_texture_has_the_prior_of_the_model(law):
    window = (np.arange(ROWS * COLUMNS) % COLUMNS) < SIZE
    assert np.allclose(law.covariance[:, window][:, :, window], _stationary(SIZE)[1])


def test_one_view_without_evidence_is_denoising_with_the_known_pixels_put_in(law):
    known = np.arange(COLUMNS) < 3
    canvas = make_canvas(picture_of(law), known, offsets=(0,))
    shown = canvas.seen
    sigmas = power_sigmas(0.01, 20.0, 12, 7.0)
    evidence = evidence_about(np.full((len(shown), 3), 0.5), NO_EVIDENCE)
    found = sample(law.prior, canvas, evidence, sigmas, stochasticity=0.8)[0, shown]

    # Wang et al. 2023, algorithm 1, by hand.
    image = picture_of(law)[None, :, :, :SIZE]
    mask = torch.from_numpy(known[:SIZE]).expand(ROWS, SIZE)
    noise = torch.Generator().manual_seed(0)
    draw = lambda: torch.randn(3, ROWS, SIZE, generator=noise)[None]  # noqa: E731
    x = torch.where(mask, image, 0.5) + sigmas[0] * draw()
    for sigma, below in zip(sigmas, [*sigmas[1:], torch.tensor(0.0)], strict=True):
        denoised = x + sigma**2 * law.prior.score(x, sigma.expand(1))
        mended = torch.where(mask, image, denoised.clamp(0, 1))
        x = mended + below * (0.6 * (x - denoised) / sigma + 0.8 * draw())
    assert torch.allclose(found, mended[0][:, ~mask].T, atol=1e-4)


def test_evidence_without_doubt_is_what_comes_out(law):
    canvas = make_canvas(picture_of(law), np.arange(COLUMNS) < 3)
    mean = np.random.default_rng(0).uniform(0, 1, (len(canvas.seen), 3))
    found = sample(law.prior, canvas, evidence_about(mean, 1e-6), power_sigmas(0.01, 20.0, 6, 7.0))
    assert np.abs(found[0].numpy() - mean).max() < 1e-4


# The posterior's mean is met to a fraction of its deviation; the variance is a quarter of what it should be: views
# average their noise when they are gathered, and a denoised picture is a mean. docs/algorithms.md states both.
@pytest.mark.parametrize(
    ("deviation", "levels", "bias"),
    [
        (NO_EVIDENCE, 100, 0.2),
        (NO_EVIDENCE, 20, 0.3),
        (0.1, 100, 0.2),
        (0.1, 20, 0.35),
        (0.02, 100, 0.15),
    ],
)
def test_three_views_come_near_to_the_posterior(law, deviation, levels, bias):
    known = np.arange(COLUMNS) < 3
    canvas = make_canvas(picture_of(law), known)
    free = np.tile(~known, ROWS)
    truth = (COLOURS @ law.texture)[:, free].T
    noise = np.random.default_rng(5).standard_normal(truth.shape)
    mean = truth + deviation * noise if np.isfinite(deviation) else np.full(truth.shape, 0.5)
    sigmas = power_sigmas(0.01, 20.0, levels, 7.0)
    found = sample(
        law.prior,
        canvas,
        evidence_about(mean, deviation),
        sigmas,
        SAMPLES,
        prior_deviation=np.sqrt(COLOUR_VARIANCES.mean() * VARIANCE),
    )
    colours = np.einsum("ec,nte->nct", COLOURS, found.numpy())
    posterior = law.posterior(known, COLOURS.T @ mean.T, deviation)
    deviations = np.sqrt(np.diagonal(posterior.covariance, axis1=1, axis2=2))
    away = (colours.mean(0) - posterior.mean) / deviations
    assert np.sqrt((away**2).mean()) < bias
    assert 0.12 < (colours.var(0) / deviations**2).mean() < 0.35


def test_deterministic_steps_are_far_from_it_where_evidence_is_weak(law):
    known = np.arange(COLUMNS) < 3
    canvas = make_canvas(picture_of(law), known)
    free = np.tile(~known, ROWS)
    truth = (COLOURS @ law.texture)[:, free].T
    mean = truth + 0.1 * np.random.default_rng(5).standard_normal(truth.shape)
    posterior = law.posterior(known, COLOURS.T @ mean.T, 0.1)
    deviations = np.sqrt(np.diagonal(posterior.covariance, axis1=1, axis2=2))

    def bias(stochasticity: float) -> float:
        found = sample(
            law.prior,
            canvas,
            evidence_about(mean, 0.1),
            power_sigmas(0.01, 20.0, 100, 7.0),
            50,
            stochasticity=stochasticity,
            prior_deviation=np.sqrt(COLOUR_VARIANCES.mean() * VARIANCE),
        )
        colours = np.einsum("ec,nte->nct", COLOURS, found.numpy())
        return float(np.sqrt((((colours.mean(0) - posterior.mean) / deviations) ** 2).mean()))

    # They count the evidence at every level, and never forget what they made of it before.
    assert bias(0.0) > 5 * bias(1.0)


def test_what_is_finer_than_the_pixels_is_the_means_in_every_completion(law):
    # Two texels a pixel, of which a view shows the mean.
    count = 2 * SIZE**2
    pixels = np.arange(count) // 2
    ones = np.ones(count, np.float32)
    gather = matrix(np.arange(count), pixels, ones, (count, SIZE**2))
    canvas = Canvas(
        torch.arange(count),
        torch.zeros(2, 3, SIZE, SIZE),
        matrix(pixels, np.arange(count), ones / 2, (SIZE**2, count)),
        gather,
        gather,
        torch.ones(count, dtype=torch.bool),
        torch.ones(1, count, dtype=torch.bool),
        torch.ones(1, 1, SIZE, SIZE, dtype=torch.bool),
    )
    rng = np.random.default_rng(0)
    evidence = evidence_about(rng.uniform(0.4, 0.6, (count, 3)), 0.1)
    draw = rng.uniform(0.2, 0.8, (count, 3))
    means = torch.from_numpy(np.stack([evidence.mean, draw])).float()
    generators = [torch.Generator().manual_seed(seed) for seed in range(2)]
    problem = JointDenoising(law.prior, canvas, evidence, means, SETTINGS, generators, 0.0)
    sigmas = power_sigmas(0.01, 20.0, 10, 7.0)
    found = problem.texels(anneal(problem, sigmas), sigmas[-1]).numpy()
    expected = evidence.mean[::2] - evidence.mean[1::2]
    for completion in found:
        np.testing.assert_allclose(completion[::2] - completion[1::2], expected, atol=1e-5)
    assert np.abs(found[0] - found[1]).max() > 0.01
