"""Closed forms: a Gaussian problem, its exact posterior, and the laws of what the samplers' steps leave."""

from dataclasses import dataclass

import numpy as np
import torch

from scoreface.score.gaussian import GaussianScore
from scoreface.score.samplers import geometric_sigmas

SIZE = 8
PIXELS = SIZE * SIZE
# Texels along a side of the paper's large texture, over pixels along a side of its view: 2048 / 256.
TEXTURE_RATIO = 8
SIGMAS = geometric_sigmas(0.01, 50.0, 1000)
SNR = 0.15
TEXTURE_STEPS, TEXTURE_SNR = 6, 0.015

# The colours' covariance is the same at every pixel: in its eigenvectors the three channels are independent.
COLOUR_COVARIANCE = 0.6 * np.ones((3, 3)) + 0.4 * np.eye(3)
COLOUR_VARIANCES, COLOURS = np.linalg.eigh(COLOUR_COVARIANCE)


@dataclass(frozen=True)
class Problem:
    """A prior with smooth correlations, an image drawn from it, and the pixels of it that are known.

    mean, image: (3, P) in the independent colours. covariance: (3, P, P). known: (P,) bool.
    """

    prior: GaussianScore
    mean: np.ndarray
    covariance: np.ndarray
    image: np.ndarray
    known: np.ndarray

    @property
    def picture(self) -> torch.Tensor:
        """(3, H, W) the image in red, green and blue."""
        return torch.from_numpy(COLOURS @ self.image).float().reshape(3, SIZE, SIZE)

    @property
    def mask(self) -> torch.Tensor:
        """(H, W) the known pixels."""
        return torch.from_numpy(self.known).reshape(SIZE, SIZE)

    def posterior(self) -> "Moments":
        """The exact law of the unknown pixels."""
        known, free = self.known, ~self.known
        across = self.covariance[:, free][:, :, known]
        gain = across @ np.linalg.inv(self.covariance[:, known][:, :, known])
        shift = (gain @ (self.image - self.mean)[:, known, None])[..., 0]
        spread = self.covariance[:, free][:, :, free] - gain @ across.transpose(0, 2, 1)
        return Moments(self.mean[:, free] + shift, spread)


def make_problem(known_columns: int, components: int = PIXELS) -> Problem:
    """A problem whose correlations fall to 1 / e over two pixels, with that many principal components a colour."""
    rows, columns = np.mgrid[0:SIZE, 0:SIZE].reshape(2, -1)
    distance = np.hypot(rows[:, None] - rows, columns[:, None] - columns)
    values, vectors = np.linalg.eigh(0.04 * np.exp(-distance / 2))
    values, vectors, residual = values[-components:], vectors[:, -components:], 0.002
    prior = GaussianScore(
        torch.full((3 * PIXELS,), 0.5),
        torch.from_numpy(np.kron(COLOURS, vectors)).float(),
        torch.from_numpy(np.kron(COLOUR_VARIANCES, values)).float(),
        residual,
        SIZE,
    )
    mean = COLOURS.T @ np.full((3, PIXELS), 0.5)
    smooth = vectors * values @ vectors.T
    covariance = COLOUR_VARIANCES[:, None, None] * smooth + residual * np.eye(PIXELS)
    drawn = np.random.default_rng(3).standard_normal((3, PIXELS, 1))
    image = mean + (np.linalg.cholesky(covariance) @ drawn)[..., 0]
    return Problem(prior, mean, covariance, image, columns < known_columns)


@dataclass(frozen=True)
class Moments:
    """A Gaussian over P pixels of three independent colours: mean (3, P), covariance (3, P, P)."""

    mean: np.ndarray
    covariance: np.ndarray

    def at(self, pixels: np.ndarray) -> "Moments":
        """The law of some pixels."""
        return Moments(self.mean[:, pixels], self.covariance[:, pixels][:, :, pixels])

    def redrawn(self, problem: Problem, sigma: float) -> "Moments":
        """The law once the known pixels are the image's with noise of their own."""
        known = problem.known
        covariance = np.where(known[:, None] | known, 0, self.covariance)
        covariance += sigma**2 * np.diag(known.astype(float))
        return Moments(np.where(known, problem.image, self.mean), covariance)

    def moved(self, problem: Problem, precision, step: float, noise: float, free) -> "Moments":
        """The law after x + step * score + sqrt(noise) * z in the ``free`` pixels."""
        gradient = self.gradient(problem, precision)
        matrix = np.eye(PIXELS) - step * free[:, None] * precision
        covariance = matrix @ self.covariance @ matrix.transpose(0, 2, 1)
        return Moments(
            self.mean + step * free * gradient.mean,
            covariance + noise * np.diag(free.astype(float)),
        )

    def gradient(self, problem: Problem, precision) -> "Moments":
        """The law of the score."""
        away = (self.mean - problem.mean)[..., None]
        return Moments(-(precision @ away)[..., 0], precision @ self.covariance @ precision)

    def mean_square(self) -> float:
        """E |x|^2."""
        return (self.mean**2).sum() + np.trace(self.covariance, axis1=1, axis2=2).sum()

    def mean_norm(self) -> float:
        """E |x|, to second order in the spread of |x|^2."""
        square = self.mean_square()
        bent = (self.covariance @ self.mean[..., None])[..., 0]
        variance = 2 * (self.covariance**2).sum() + 4 * (self.mean * bent).sum()
        return np.sqrt(square) * (1 - variance / (8 * square**2))

    def deviations_from(self, other: "Moments") -> tuple[float, float, float]:
        """Bias: the largest of a pixel's mean, in deviations of ``other``; least and largest ratio of the variances
        in any direction.
        """
        variances = np.diagonal(other.covariance, axis1=1, axis2=2)
        whiten = np.linalg.inv(np.linalg.cholesky(other.covariance))
        ratios = np.linalg.eigvalsh(whiten @ self.covariance @ whiten.transpose(0, 2, 1))
        shift = np.abs(self.mean - other.mean) / np.sqrt(variances)
        return shift.max(), ratios.min(), ratios.max()


START = Moments(np.zeros((3, PIXELS)), float(SIGMAS[0]) ** 2 * np.tile(np.eye(PIXELS), (3, 1, 1)))
STANDARD_NORMAL = Moments(np.zeros((3, PIXELS)), np.tile(np.eye(PIXELS), (3, 1, 1)))


def noised_precisions(problem: Problem, sigmas: torch.Tensor):
    """Each noise level with the inverse covariance (3, P, P) of the prior with that noise on it."""
    values, vectors = np.linalg.eigh(problem.covariance)
    for sigma in sigmas.double().tolist():
        yield sigma, vectors / (values + sigma**2)[:, None] @ vectors.transpose(0, 2, 1)


def law_of_image_space(problem: Problem, corrector_steps: int, predictor: bool = True) -> Moments:
    """What predictor and corrector leave in the unknown pixels (Song et al. 2021, algorithms 1, 2 and 4).

    The step size is a mean over the seeds, which in their limit is the expectation.
    """
    state, everywhere = START, np.ones(PIXELS, bool)
    noise_norm = STANDARD_NORMAL.mean_norm()
    following = [*SIGMAS.double().tolist()[1:], 0.0]
    for (sigma, precision), next_sigma in zip(
        noised_precisions(problem, SIGMAS), following, strict=True
    ):
        for _ in range(corrector_steps):
            state = state.redrawn(problem, sigma)
            score_norm = state.gradient(problem, precision).mean_norm()
            step = 2 * (SNR * noise_norm / score_norm) ** 2
            state = result = state.moved(problem, precision, step, 2 * step, everywhere)
        if predictor:
            state = state.redrawn(problem, sigma)
            down = sigma**2 - next_sigma**2
            # The last step's noise is left out.
            result = state.moved(problem, precision, down, 0.0, everywhere)
            state = Moments(result.mean, result.covariance + down * np.eye(PIXELS))
    return result.at(~problem.known)


def law_of_texture_space(problem: Problem) -> Moments:
    """What Langevin dynamics leave in the unknown texels; one norm over all tiles is that of its expected square."""
    state, free = START, ~problem.known
    noise_square = TEXTURE_RATIO**2 * STANDARD_NORMAL.mean_square()
    for sigma, precision in noised_precisions(problem, SIGMAS):
        state = state.redrawn(problem, sigma)
        for _ in range(TEXTURE_STEPS):
            score_square = state.gradient(problem, precision).mean_square()
            step = 2 * TEXTURE_SNR**2 * noise_square / score_square
            state = state.moved(problem, precision, step, 2 * step, free)
    return state.at(free)
