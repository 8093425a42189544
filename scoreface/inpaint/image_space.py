"""Image space: each view is inpainted as a picture, then averaged back into the texture (paper section 3.5)."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from scoreface.files import InputError
from scoreface.geometry.views import View
from scoreface.inpaint.scene import RenderedView, Scene, render_state
from scoreface.score.model import ScoreModel
from scoreface.score.samplers import (
    Progress,
    geometric_sigmas,
    langevin_step,
    reverse_diffusion_step,
)
from scoreface.texture.correct import dark_border
from scoreface.texture.state import GENERATED_1, GENERATED_2, TextureState


@dataclass(frozen=True)
class ImageSpace:
    """The settings of the image-space pipeline (paper section 4.2.1).

    Attributes:
        face_size: pixels along a side of a view; must be the score model's.
        noise_levels: number of noise levels.
        corrector_steps: Langevin steps at each level.
        snr: the corrector's signal-to-noise ratio.
        correction_threshold: gray of 0..1 below which a border texel is given back in round 1.
    """

    face_size: int
    noise_levels: int
    corrector_steps: int
    snr: float
    correction_threshold: float

    def fill_view(
        self,
        model: ScoreModel,
        scene: Scene,
        state: TextureState,
        view: View,
        index: int,
        round_number: int,
        generator: torch.Generator,
        progress: Progress,
    ) -> tuple[TextureState, RenderedView, torch.Tensor]:
        """Inpaint one view and fill the texels that it sees.

        Args:
            model: the prior.
            scene: the head.
            state: the texture so far.
            view: the view.
            index: its place in the order of views.
            round_number: 1 or 2; only round 1 corrects dark border texels.
            generator: of the noise, on the model's device.
            progress: called with the noise levels done and their number.

        Returns:
            the new state, the view before, and the view after, (H, W, 3) float32.

        Raises:
            InputError: the model's images have another size than ``face_size``.
        """
        if model.image_size != self.face_size:
            raise InputError(
                f"inpaint.face_size: {self.face_size}, but the score model works on "
                f"{model.image_size}; set it to that"
            )
        large_map, small_map = scene.maps(view, self.face_size)
        before = render_state(scene, state, large_map, small_map)
        if not before.unknown.any():
            return state, before, before.face
        sigmas = geometric_sigmas(model.sigma_min, model.sigma_max, self.noise_levels)
        device = model.device
        face = inpaint(
            model,
            before.face.permute(2, 0, 1)[None].to(device),
            ~before.unknown.to(device),
            sigmas.to(device),
            self.corrector_steps,
            self.snr,
            generator,
            progress,
        )
        face = face[0].permute(1, 2, 0).clamp(0, 1).cpu()
        given_back = torch.zeros_like(before.unknown)
        if round_number == 1:
            given_back = torch.from_numpy(
                dark_border(
                    face.numpy(),
                    before.unknown.numpy(),
                    before.background.numpy(),
                    self.correction_threshold,
                )
            )
        mean, touched = small_map.average(face, ~given_back)
        label = GENERATED_1 if round_number == 1 else GENERATED_2
        filled = state.fill(mean.numpy(), touched.numpy() & state.unfilled, label, index)
        return filled, before, face

    @property
    def evaluations(self) -> int:
        """Network evaluations of one view."""
        return self.noise_levels * (1 + self.corrector_steps)


def inpaint(
    model: ScoreModel,
    image: torch.Tensor,
    known: torch.Tensor,
    sigmas: torch.Tensor,
    corrector_steps: int,
    snr: float,
    generator: torch.Generator,
    progress: Progress = lambda done, total: None,
) -> torch.Tensor:
    """Predictor-corrector inpainting by replacement (Song et al. 2021, section 5 and algorithm 1).

    At every noise level the known pixels are redrawn at that level, corrected, and taken down to the next one.

    Args:
        model: the prior.
        image: (B, 3, H, W) in [0, 1]; only its known pixels matter.
        known: (H, W) bool; the background counts as known and black.
        sigmas: (L,) noise levels, descending.
        corrector_steps: Langevin steps at each level.
        snr: their signal-to-noise ratio.
        generator: of the noise, on the image's device.
        progress: called with the noise levels done and their number.

    Returns:
        (B, 3, H, W), known pixels exactly as given.
    """

    def noise() -> torch.Tensor:
        return torch.randn(image.shape, generator=generator, device=image.device)

    def with_known(x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        return torch.where(known, image + sigma * noise(), x)

    x = sigmas[0] * noise()
    mean = x
    following = torch.cat([sigmas[1:], sigmas.new_zeros(1)])
    for level, (sigma, next_sigma) in enumerate(zip(sigmas, following, strict=True)):
        batch_sigma = sigma.expand(len(x))
        for _ in range(corrector_steps):
            x = with_known(x, sigma)
            x = langevin_step(x, model.score(x, batch_sigma), noise(), snr)
        x = with_known(x, sigma)
        x, mean = reverse_diffusion_step(x, model.score(x, batch_sigma), noise(), sigma, next_sigma)
        progress(level + 1, len(sigmas))
    return torch.where(known, image, mean)
