"""Image space: each view is inpainted as a picture, then averaged back into the texture (paper section 3.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from scoreface.inpaint.pipeline import ViewByView
from scoreface.inpaint.pipelines import ImageSettings
from scoreface.inpaint.scene import RenderedView
from scoreface.score.model import ScoreModel
from scoreface.score.noise import standard_normal
from scoreface.score.samplers import (
    Keeper,
    Progress,
    anneal,
    langevin_step,
    reverse_diffusion_step,
)
from scoreface.texture.view_map import ViewMap


@dataclass(frozen=True)
class ImageSpace(ViewByView):
    """The image-space pipeline (paper section 4.2)."""

    settings: ImageSettings

    def sample(
        self,
        model: ScoreModel,
        before: RenderedView,
        maps: tuple[ViewMap, ViewMap],
        sigmas: torch.Tensor,
        generator: torch.Generator,
        progress: Progress,
        checkpoint: Keeper | None,
    ) -> torch.Tensor:
        """See :meth:`ViewByView.sample`; the maps play no part."""
        problem = PredictorCorrector(
            model,
            before.face.permute(2, 0, 1)[None].contiguous(),
            ~before.unknown,
            self.settings.corrector_steps,
            self.settings.snr,
            generator,
            self.settings.predictor,
        )
        return anneal(problem, sigmas, progress, checkpoint)[0].permute(1, 2, 0)


@dataclass(frozen=True)
class PredictorCorrector:
    """Predictor-corrector inpainting by replacement (Song et al. 2021, section 5 and algorithm 1).

    At every noise level the known pixels are redrawn at that level, the picture is corrected, and taken down to the
    next level. Without the predictor, the correction alone has to take it down; what comes out then has the last
    level's noise on it. See :class:`scoreface.score.samplers.Problem`.

    Attributes:
        model: the prior.
        image: (B, 3, H, W) in [0, 1]; only its known pixels matter.
        known: (H, W) bool; the background counts as known and black.
        corrector_steps: Langevin steps at each level.
        snr: their signal-to-noise ratio.
        generator: of the noise, on the CPU.
        predictor: take a predictor step at each level.
    """

    model: ScoreModel
    image: torch.Tensor
    known: torch.Tensor
    corrector_steps: int
    snr: float
    generator: torch.Generator
    predictor: bool = True

    @property
    def generators(self) -> Sequence[torch.Generator]:
        """One for all pictures."""
        return [self.generator]

    @property
    def device(self) -> torch.device:
        """The pictures'."""
        return self.image.device

    def begin(self, sigma: torch.Tensor) -> torch.Tensor:
        """Noise (B, 3, H, W)."""
        return sigma * self._noise()

    def descend(
        self, x: torch.Tensor, sigma: torch.Tensor, next_sigma: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Corrector steps, then the predictor's, whose mean is the estimate: the last step's noise is left out."""
        mean, batch_sigma = x, sigma.expand(len(x))
        for _ in range(self.corrector_steps):
            x = self._with_known(x, sigma)
            score = self.model.score(x, batch_sigma)
            x = mean = langevin_step(x, score, self._noise(), self.snr)
        if self.predictor:
            x = self._with_known(x, sigma)
            score = self.model.score(x, batch_sigma)
            x, mean = reverse_diffusion_step(x, score, self._noise(), sigma, next_sigma)
        return x, mean

    def finish(self, estimate: torch.Tensor) -> torch.Tensor:
        """The pictures (B, 3, H, W), known pixels exactly as given."""
        return torch.where(self.known, self.image, estimate)

    def _noise(self) -> torch.Tensor:
        return standard_normal(self.image.shape, self.generator, self.device)

    def _with_known(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        return torch.where(self.known, self.image + sigma * self._noise(), x)
