"""Sampler steps against the equations of Song et al. 2021, and the loop over the noise levels."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from diffusers import ScoreSdeVeScheduler

from scoreface.score.samplers import (
    anneal,
    geometric_sigmas,
    langevin_step,
    reverse_diffusion_step,
)


def test_sigmas_descend_by_a_constant_ratio_between_the_ends():
    sigmas = geometric_sigmas(0.01, 50.0, 7).double().numpy()
    np.testing.assert_allclose(sigmas[[0, -1]], [50.0, 0.01], rtol=1e-6)
    np.testing.assert_allclose(sigmas[1:] / sigmas[:-1], (0.01 / 50) ** (1 / 6), rtol=1e-5)


def test_langevin_step_is_algorithm_4():
    x = torch.zeros(2, 1, 1, 2)
    score = torch.tensor([[3.0, 4.0], [6.0, 8.0]]).reshape(2, 1, 1, 2)  # norms 5 and 10
    noise = torch.tensor([[0.0, 2.0], [4.0, 0.0]]).reshape(2, 1, 1, 2)  # norms 2 and 4
    epsilon = 2 * (0.1 * 3.0 / 7.5) ** 2
    expected = epsilon * score + np.sqrt(2 * epsilon) * noise
    torch.testing.assert_close(langevin_step(x, score, noise, 0.1), expected)


def test_langevin_steps_leave_the_variance_too_large_by_the_square_of_the_ratio():
    # With v times the variance s^2 of an isotropic Gaussian, |g|^2 is v D / s^2 and a step e = 2 r^2 s^2 / v; what a
    # step leaves as it is, v = (1 - e / s^2)^2 v + 2 e / s^2, is v = 1 + r^2.
    generator = torch.Generator().manual_seed(0)
    x = 3 * torch.randn(1, 100_000, generator=generator)
    for _ in range(40):
        x = langevin_step(x, -x / 9, torch.randn(x.shape, generator=generator), 0.5)
    # Five standard errors of a variance of so many numbers.
    assert float(x.var()) / 9 == pytest.approx(1.25, abs=5 * 1.25 * (2 / x.numel()) ** 0.5)


def test_reverse_diffusion_step_with_the_exact_score_gives_the_exact_mean():
    # For data N(0, 1) noised to sigma, E[x at next | x] = x (1 + next^2) / (1 + sigma^2).
    sigma, following = torch.tensor(2.0), torch.tensor(1.5)
    x = torch.tensor([[1.0, -3.0]])
    score = -x / (1 + sigma**2)
    noise = torch.tensor([[0.5, 1.0]])
    new, mean = reverse_diffusion_step(x, score, noise, sigma, following)
    torch.testing.assert_close(mean, x * (1 + following**2) / (1 + sigma**2))
    torch.testing.assert_close(new - mean, noise * (sigma**2 - following**2) ** 0.5)


def test_steps_equal_diffusers_bit_for_bit():
    scheduler = ScoreSdeVeScheduler(sigma_min=0.01, sigma_max=50.0, snr=0.15)
    scheduler.set_timesteps(50)
    scheduler.set_sigmas(50)
    sigmas = torch.cat([scheduler.discrete_sigmas.flip(0), torch.zeros(1)])
    torch.testing.assert_close(geometric_sigmas(0.01, 50.0, 50), sigmas[:-1])
    generator = torch.Generator().manual_seed(0)
    x, score = torch.randn(2, 2, 3, 8, 8, generator=generator)

    expected = scheduler.step_correct(score, x, generator=generator.manual_seed(1)).prev_sample
    noise = torch.randn(x.shape, generator=generator.manual_seed(1))
    assert torch.equal(langevin_step(x, score, noise, 0.15), expected)

    for level, time in enumerate(scheduler.timesteps):
        step = scheduler.step_pred(score, time, x, generator=generator.manual_seed(2))
        noise = torch.randn(x.shape, generator=generator.manual_seed(2))
        new, mean = reverse_diffusion_step(x, score, noise, sigmas[level], sigmas[level + 1])
        assert torch.equal(new, step.prev_sample)
        assert torch.equal(mean, step.prev_sample_mean)


class RandomWalk:
    """A problem whose levels add noise of their size to two numbers; the estimate is where a level began."""

    device = torch.device("cpu")

    def __init__(self):
        self.generators = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
        self.levels = []

    def noise(self) -> torch.Tensor:
        return torch.stack([torch.randn(1, generator=source) for source in self.generators])

    def begin(self, sigma):
        self.levels.append(("begin", float(sigma)))
        return sigma * self.noise()

    def descend(self, x, sigma, next_sigma):
        assert torch.is_inference_mode_enabled()
        self.levels.append((float(sigma), float(next_sigma)))
        return x + sigma * self.noise(), x

    def finish(self, estimate):
        self.levels.append("finish")
        return torch.where(torch.tensor([[True], [False]]), 7.0, estimate)


@dataclass
class Kept:
    """Keeps the levels up to one of them in memory."""

    last: int
    states: list = field(default_factory=list)

    def load(self, generators, device):
        if not self.states:
            return None
        levels, values, states = self.states[-1]
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)
        return levels, values.to(device)

    def keep(self, levels, values, generators):
        if levels <= self.last:
            states = [generator.get_state() for generator in generators]
            self.states.append((levels, values.clone(), states))


SIGMAS = torch.tensor([8.0, 4.0, 2.0, 1.0])


def test_the_loop_goes_from_level_to_level_and_ends_with_the_last_estimate():
    problem, calls = RandomWalk(), []
    found = anneal(problem, SIGMAS, lambda *count: calls.append(count))
    steps = [("begin", 8.0), (8.0, 4.0), (4.0, 2.0), (2.0, 1.0), (1.0, 0.0), "finish"]
    assert problem.levels == steps
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]
    noise = RandomWalk().noise
    before_the_last = 8 * noise() + 8 * noise() + 4 * noise() + 2 * noise()
    assert torch.equal(found, torch.tensor([[7.0], [before_the_last[1, 0]]]))


@pytest.mark.parametrize("last", [0, 1, 2, 3, 4])
def test_a_run_that_goes_on_from_any_level_ends_as_one_without_a_cut(last):
    whole = RandomWalk()
    expected = anneal(whole, SIGMAS)
    kept = Kept(last)
    anneal(RandomWalk(), SIGMAS, checkpoint=kept)
    # Not after the last level: what comes out is that level's estimate.
    assert [levels for levels, _, _ in kept.states] == [1, 2, 3][:last]
    again, calls = RandomWalk(), []
    assert torch.equal(anneal(again, SIGMAS, lambda *count: calls.append(count), kept), expected)
    done = min(last, 3)
    assert calls == [(level, 4) for level in range(done + 1, 5)]
    assert again.noise().equal(whole.noise())


def test_what_comes_out_may_be_written_to():
    anneal(RandomWalk(), SIGMAS).add_(1)
