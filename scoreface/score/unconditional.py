"""Pictures that a score model draws by itself: nothing is known, and each picture has a seed of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from scoreface.score.model import ScoreModel
from scoreface.score.noise import standard_normal
from scoreface.score.sampler import PREDICTOR_CORRECTOR, Sampler
from scoreface.score.samplers import (
    anneal,
    geometric_sigmas,
    langevin_step,
    power_sigmas,
    renoised,
    reverse_diffusion_step,
)

# Of the published predictor-corrector sampler for FFHQ (Song et al. 2021, ve/ffhq_256_ncsnpp_continuous.py).
_SNR = 0.15
# Of the ancestral sampler's levels (Karras et al. 2022, rho in equation 5).
_SPACING = 7.0

# So that no picture has the noise of a view that is inpainted.
_BRANCH = 0x5A4D

# Called with the pictures done, the noise levels done of those under way, and the number of levels.
Progress = Callable[[int, int, int], None]


@dataclass(frozen=True)
class Unconditional:
    """Pictures (B, 3, S, S) side by side, none of which knows of the others; see ``score.samplers.Problem``.

    Attributes:
        model: the score model.
        generators: of each picture's noise, on the CPU.
    """

    model: ScoreModel
    generators: Sequence[torch.Generator]

    @property
    def device(self) -> torch.device:
        """The model's."""
        return self.model.device

    def begin(self, sigma: torch.Tensor) -> torch.Tensor:
        """Noise."""
        return sigma * self._noise()

    def descend(
        self, x: torch.Tensor, sigma: torch.Tensor, next_sigma: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """See ``score.samplers.Problem``; the estimate has no noise of this level."""
        raise NotImplementedError

    def finish(self, estimate: torch.Tensor) -> torch.Tensor:
        """The pictures as they are: nothing is known of them."""
        return estimate

    def _score(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        return self.model.score(x, sigma.expand(len(x)))

    def _noise(self) -> torch.Tensor:
        shape = (3, self.model.image_size, self.model.image_size)
        return torch.stack([standard_normal(shape, one, self.device) for one in self.generators])


class PredictorCorrector(Unconditional):
    """A Langevin step at each level, then reverse diffusion to the next (Song et al. 2021, algorithm 1).

    The Langevin step's size is of each picture's own norms. The published code averages these over the batch, by which
    a picture depends on those that are drawn beside it.
    """

    def descend(
        self, x: torch.Tensor, sigma: torch.Tensor, next_sigma: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Correct, then predict; the estimate is the prediction's mean."""
        parts = zip(x.split(1), self._score(x, sigma).split(1), self._noise().split(1), strict=True)
        x = torch.cat([langevin_step(*part, _SNR) for part in parts])
        score = self._score(x, sigma)
        return reverse_diffusion_step(x, score, self._noise(), sigma, next_sigma)


class Ancestral(Unconditional):
    """To the next level by the exact law of the noise there, given this one's and the denoised picture.

    Song et al. 2021, appendix F. One evaluation a level, where predictor and corrector take two and need more levels.
    """

    def descend(
        self, x: torch.Tensor, sigma: torch.Tensor, next_sigma: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Denoise, and draw the next level's noise given this one's; the estimate is the denoised picture."""
        denoised = x + sigma**2 * self._score(x, sigma)
        anew = float((1 - (next_sigma / sigma) ** 2) ** 0.5)
        return renoised(x, denoised, denoised, self._noise(), sigma, next_sigma, anew), denoised


def draw(
    model: ScoreModel,
    count: int,
    seed: int,
    sampler: Sampler,
    together: int = 1,
    progress: Progress = lambda pictures, level, levels: None,
) -> Iterator[torch.Tensor]:
    """Pictures one after the other; the one at a place is the same however many are asked for.

    Convolutions of batches of different sizes differ in rounding, so a batch is always whole: the last one is filled up
    with pictures that are not given out.

    Args:
        model: the score model.
        count: how many pictures.
        seed: of all of them.
        sampler: how they are drawn.
        together: pictures of a batch.
        progress: told where the work stands.

    Yields:
        (3, S, S) in [0, 1], on the CPU.
    """
    kind = PredictorCorrector if sampler.name == PREDICTOR_CORRECTOR else Ancestral
    sigmas = noise_levels(model, sampler)
    for first in range(0, count, together):
        problem = kind(model, [_generator(seed, first + k) for k in range(together)])
        pictures = anneal(problem, sigmas, partial(progress, first))
        yield from pictures[: count - first].clamp(0, 1).cpu()


def noise_levels(model: ScoreModel, sampler: Sampler) -> torch.Tensor:
    """The levels (levels,), descending, on the model's device."""
    ends = model.sigma_min, model.sigma_max
    if sampler.name == PREDICTOR_CORRECTOR:
        return geometric_sigmas(*ends, sampler.levels).to(model.device)
    return power_sigmas(*ends, sampler.levels, _SPACING).to(model.device)


def as_grid(images: torch.Tensor, columns: int) -> np.ndarray:
    """Images (N, 3, S, S) in [0, 1] side by side, row by row: uint8; what is left of the last row is black."""
    missing = -len(images) % columns
    whole = torch.cat([images, images.new_zeros(missing, *images.shape[1:])])
    rows = whole.unflatten(0, (-1, columns)).permute(0, 3, 1, 4, 2)
    return as_pixels(rows.reshape(rows.shape[0] * rows.shape[1], -1, 3))


def as_pixels(values: torch.Tensor) -> np.ndarray:
    """Values in [0, 1] as uint8."""
    return (values * 255).round().byte().cpu().numpy()


def _generator(seed: int, number: int) -> torch.Generator:
    sequence = np.random.SeedSequence((seed, _BRANCH, number))
    return torch.Generator().manual_seed(int(sequence.generate_state(1, np.uint64)[0]))
