"""Image space: each view is inpainted as a picture, then averaged back into the texture (paper section 3.6)."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from scoreface.inpaint.pipeline import ViewByView
from scoreface.inpaint.pipelines import ImageSettings
from scoreface.inpaint.scene import RenderedView
from scoreface.score.model import ScoreModel
from scoreface.score.noise import standard_normal
from scoreface.score.samplers import Progress, langevin_step, reverse_diffusion_step
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
    ) -> torch.Tensor:
        """See :meth:`ViewByView.sample`; the maps play no part."""
        face = inpaint(
            model,
            before.face.permute(2, 0, 1)[None].contiguous(),
            ~before.unknown,
            sigmas,
            self.settings.corrector_steps,
            self.settings.snr,
            generator,
            progress,
            self.settings.predictor,
        )
        return face[0].permute(1, 2, 0)


def inpaint(
    model: ScoreModel,
    image: torch.Tensor,
    known: torch.Tensor,
    sigmas: torch.Tensor,
    corrector_steps: int,
    snr: float,
    generator: torch.Generator,
    progress: Progress = lambda done, total: None,
    predictor: bool = True,
) -> torch.Tensor:
    """Predictor-corrector inpainting by replacement (Song et al. 2021, section 5 and algorithm 1).

    At every noise level the known pixels are redrawn at that level, the picture is corrected, and taken down to the
    next level. Without the predictor, the correction alone has to take it down; what comes out then has the last
    level's noise on it.

    Args:
        model: the prior.
        image: (B, 3, H, W) in [0, 1]; only its known pixels matter.
        known: (H, W) bool; the background counts as known and black.
        sigmas: (L,) noise levels, descending.
        corrector_steps: Langevin steps at each level.
        snr: their signal-to-noise ratio.
        generator: of the noise, on the CPU.
        progress: called with the noise levels done and their number.
        predictor: take a predictor step at each level.

    Returns:
        (B, 3, H, W), known pixels exactly as given.
    """

    def noise() -> torch.Tensor:
        return standard_normal(image.shape, generator, image.device)

    def with_known(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        return torch.where(known, image + sigma * noise(), x)

    x = sigmas[0] * noise()
    mean = x
    following = torch.cat([sigmas[1:], sigmas.new_zeros(1)])
    for level, (sigma, next_sigma) in enumerate(zip(sigmas, following, strict=True)):
        batch_sigma = sigma.expand(len(x))
        for _ in range(corrector_steps):
            x = with_known(x, sigma)
            x = mean = langevin_step(x, model.score(x, batch_sigma), noise(), snr)
        if predictor:
            x = with_known(x, sigma)
            score = model.score(x, batch_sigma)
            x, mean = reverse_diffusion_step(x, score, noise(), sigma, next_sigma)
        progress(level + 1, len(sigmas))
    return torch.where(known, image, mean)
