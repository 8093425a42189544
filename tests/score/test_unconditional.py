"""Pictures that a score model draws by itself: their law in closed form, and that none depends on the others."""

import numpy as np
import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.score.diffusers_model import DiffusersScore
from scoreface.score.gaussian import GaussianScore
from scoreface.score.sampler import ANCESTRAL, PREDICTOR_CORRECTOR, SAMPLERS, Sampler
from scoreface.score.unconditional import as_grid, draw, noise_levels

# Six directions with variances of their own, and the rest; no value comes near 0 or 1, where pictures are cut.
VARIANCES, RESIDUAL = np.array([1e-2, 6e-3, 3e-3, 1e-3, 6e-4, 3e-4]), 2e-4


def gaussian(size: int, variances: np.ndarray = VARIANCES) -> GaussianScore:
    rng = np.random.default_rng(0)
    numbers = 3 * size**2
    basis = np.linalg.qr(rng.standard_normal((numbers, len(variances))))[0]
    return GaussianScore(
        torch.full((numbers,), 0.5),
        torch.from_numpy(basis).float(),
        torch.from_numpy(variances).float(),
        RESIDUAL,
        size,
    )


def law_of_ancestral(sigmas: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (away from the data's, which is 0.5) and variance that the steps leave in directions of some variances."""
    # Noise alone, in a direction in which the data's mean is the unit.
    away, spread = np.full_like(variance, -1.0), np.full_like(variance, sigmas[0] ** 2)
    for sigma, following in zip(sigmas, [*sigmas[1:], 0.0], strict=True):
        denoised = variance / (variance + sigma**2)
        kept = (following / sigma) ** 2
        gain = denoised + kept * (1 - denoised)
        away, spread = gain * away, gain**2 * spread + following**2 * (1 - kept)
    return away, spread


def test_ancestral_pictures_have_the_law_of_their_steps() -> None:
    model, count, sampler = gaussian(3), 3000, Sampler(ANCESTRAL, 20)
    pictures = torch.stack(list(draw(model, count, 0, sampler, together=count)))
    sigmas = noise_levels(model, sampler).double().numpy()
    away, spread = law_of_ancestral(sigmas, np.append(VARIANCES + RESIDUAL, RESIDUAL))
    # The directions of the model, and the others.
    axes = np.linalg.qr(np.hstack([model.basis.double().numpy(), np.eye(27)]))[0]
    spread = np.append(spread[:6], np.full(21, spread[6]))
    away = np.append(away[:6], np.full(21, away[6])) * (axes.T @ np.full(27, 0.5))
    white = (pictures.double().numpy().reshape(count, -1) - 0.5) @ axes
    white = (white - away) / np.sqrt(spread)
    error = np.sqrt((1 + np.eye(27)) / count)
    assert np.abs(white.mean(0)).max() < 5 / np.sqrt(count)
    assert np.abs((np.cov(white.T) - np.eye(27)) / error).max() < 5


def test_ancestral_steps_come_to_the_models_law_with_more_levels() -> None:
    def ratios(levels: int) -> np.ndarray:
        sigmas = noise_levels(gaussian(3), Sampler(ANCESTRAL, levels)).double().numpy()
        return law_of_ancestral(sigmas, VARIANCES)[1] / VARIANCES

    few, many = ratios(40), ratios(1000)
    # Too little variance, since the law of a step takes the denoised picture for the true one.
    assert np.all(few < many)
    # The figures of docs/novel-faces.md: of a standard deviation of 0.1. The smallest are near to sigma_min's.
    assert few[0] == pytest.approx(0.73, abs=0.005)
    assert many[0] == pytest.approx(0.98, abs=0.005)


def test_predictor_and_corrector_leave_the_variance_of_their_steps() -> None:
    # Isotropic, and of so many numbers that a picture's norms are what they are on average.
    size, count, sampler = 32, 16, Sampler(PREDICTOR_CORRECTOR, 60)
    model = gaussian(size, np.zeros(1))
    sigmas = noise_levels(model, sampler).double().numpy()
    away, spread = -0.5, sigmas[0] ** 2
    for sigma, following in zip(sigmas, [*sigmas[1:], 0.0], strict=True):
        total = RESIDUAL + sigma**2
        step = 2 * (0.15 * total) ** 2 / (spread + away**2)
        away, spread = (1 - step / total) * away, (1 - step / total) ** 2 * spread + 2 * step
        fallen = sigma**2 - following**2
        # The last noise is left out.
        added = fallen if following else 0.0
        away, spread = (1 - fallen / total) * away, (1 - fallen / total) ** 2 * spread + added
    values = torch.stack(list(draw(model, count, 0, sampler, together=count))).double() - 0.5
    assert float(values.mean()) == pytest.approx(away, abs=5 * (spread / values.numel()) ** 0.5)
    assert float(values.var()) == pytest.approx(spread, rel=5 * (2 / values.numel()) ** 0.5)


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("together", [1, 2])
def test_a_picture_is_the_same_whatever_their_number(name: str, together: int, small_unet) -> None:
    model = DiffusersScore(small_unet, 0.01, 50.0, 0.5)
    few, more = (list(draw(model, n, 3, Sampler(name, 2), together)) for n in (1, 3))
    assert [len(few), len(more)] == [1, 3]
    assert torch.equal(few[0], more[0])
    assert not torch.equal(more[0], more[1])
    other = next(iter(draw(model, 1, 4, Sampler(name, 2), together)))
    assert not torch.equal(few[0], other)


@pytest.mark.parametrize("name", SAMPLERS)
def test_pictures_side_by_side_are_those_that_are_drawn_alone(name: str) -> None:
    alone, beside = (list(draw(gaussian(4), 3, 0, Sampler(name, 8), n)) for n in (1, 3))
    torch.testing.assert_close(torch.stack(alone), torch.stack(beside), rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", SAMPLERS)
def test_the_evaluations_are_those_that_are_made(name: str, monkeypatch) -> None:
    calls = []
    score = GaussianScore.score
    monkeypatch.setattr(GaussianScore, "score", lambda *of: calls.append(len(of[1])) or score(*of))
    list(draw(gaussian(2), 3, 0, Sampler(name, 7)))
    assert sum(calls) == 3 * Sampler(name, 7).evaluations


@pytest.mark.parametrize(
    ("name", "levels", "sentence"),
    [("euler", 5, "sampler: 'euler' is none of pc, ancestral"), (ANCESTRAL, 0, "noise levels: 0")],
)
def test_what_is_no_sampler_is_refused(name: str, levels: int, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Sampler(name, levels)


def test_a_grid_fills_its_last_row_with_black() -> None:
    images = torch.arange(1, 4).float()[:, None, None, None].expand(3, 3, 2, 2) / 255
    grid = as_grid(images, 2)
    assert grid[::2, ::2, 0].tolist() == [[1, 2], [3, 0]]
    assert grid.shape == (4, 4, 3)
