"""Texture space: the texels are sampled, with the image's score pulled back onto them (paper section 3.6)."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from scoreface.files import InputError
from scoreface.inpaint.pipeline import Pipeline
from scoreface.inpaint.scene import RenderedView
from scoreface.score.model import ScoreModel
from scoreface.score.samplers import Progress
from scoreface.texture.view_map import ViewMap

TEXTURES = ("two", "one")


@dataclass(frozen=True)
class TextureSpace(Pipeline):
    """The texture-space pipeline (paper sections 3.6.2, 4.2.2 and 5.1.2).

    Attributes:
        textures: ``two``: the large texture's texels are sampled, and the small one keeps their averages;
            ``one``: the small texture's own texels are sampled.
    """

    textures: str = "two"

    def __post_init__(self) -> None:
        if self.textures not in TEXTURES:
            raise InputError(
                f"inpaint.textures: {self.textures!r} is none of {', '.join(TEXTURES)}"
            )
        if self.corrector_steps < 1:
            raise InputError(
                "inpaint.corrector_steps: 0, but texture space has no other steps; take 1 or more"
            )

    def sample(
        self,
        model: ScoreModel,
        before: RenderedView,
        maps: tuple[ViewMap, ViewMap],
        sigmas: torch.Tensor,
        generator: torch.Generator,
        progress: Progress,
    ) -> torch.Tensor:
        """See :meth:`Pipeline.sample`."""
        seen = SeenTexels.of(before, maps[0] if self.textures == "two" else maps[1])
        values = sample_texels(
            model, seen, sigmas, self.corrector_steps, self.snr, generator, progress
        )
        face = seen.render(values, torch.zeros_like(before.face))
        return torch.where(before.unknown[..., None], face, before.face)

    @property
    def evaluations(self) -> int:
        """Network evaluations of one view: the corrector's alone."""
        return self.noise_levels * self.corrector_steps


@dataclass(frozen=True)
class SeenTexels:
    """The texels that one view shows: a texture without what the view does not see.

    Texels that no pixel shows have no gradient and change nothing in the view, so they need not be stored, whatever
    the size of the texture.

    Attributes:
        pixels: (H, W) bool, the pixels off the background.
        texel: (P,) int64, for each of those pixels the row of its texel below.
        values: (N, 3) colours of the texels, meaningful where known.
        known: (N,) bool.
        count: texels of the whole texture.
    """

    pixels: torch.Tensor
    texel: torch.Tensor
    values: torch.Tensor
    known: torch.Tensor
    count: int

    @classmethod
    def of(cls, view: RenderedView, view_map: ViewMap) -> SeenTexels:
        """The texels of a rendered view. A texel that shows in known and unknown pixels is known."""
        pixels = ~view_map.background
        texels, row = torch.unique(view_map.texels[pixels], return_inverse=True)
        in_known = view.known[pixels]
        known = torch.zeros(len(texels), dtype=torch.bool, device=row.device)
        known[row[in_known]] = True
        values = view.face.new_zeros(len(texels), 3)
        values[row[in_known]] = view.face[pixels][in_known]
        return cls(pixels, row, values, known, view_map.size**2)

    def render(self, values: torch.Tensor, background: torch.Tensor) -> torch.Tensor:
        """``background`` (H, W, 3) with the texels' ``values`` (N, 3) in the pixels that show them."""
        face = background.clone()
        face[self.pixels] = values[self.texel]
        return face

    def pull_back(self, gradient: torch.Tensor) -> torch.Tensor:
        """The transpose of :meth:`render`: (H, W, 3) -> (N, 3), the sum over a texel's pixels."""
        total = gradient.new_zeros(self.values.shape)
        return total.index_add_(0, self.texel, gradient[self.pixels])


def sample_texels(
    model: ScoreModel,
    seen: SeenTexels,
    sigmas: torch.Tensor,
    corrector_steps: int,
    snr: float,
    generator: torch.Generator,
    progress: Progress = lambda done, total: None,
) -> torch.Tensor:
    """Annealed Langevin dynamics on the texels of a view.

    At every noise level the known texels and the background are redrawn at that level; then the unknown texels take
    Langevin steps along the image's score, pulled back through the view. The step size is Song et al. 2021's, 2 (snr
    |z| / |g|)^2, with the norms of the noise and the gradient of the whole texture: what the view does not see adds
    nothing to the gradient's norm, and its expectation, one a channel and texel, to the noise's squared.

    Args:
        model: the prior.
        seen: the texels.
        sigmas: (L,) noise levels, descending.
        corrector_steps: Langevin steps at each level.
        snr: their signal-to-noise ratio.
        generator: of the noise, on the texels' device.
        progress: called with the noise levels done and their number.

    Returns:
        (N, 3), known texels exactly as given.
    """
    unseen = 3 * (seen.count - len(seen.values))
    free = ~seen.known[:, None]
    height, width = seen.pixels.shape

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device=seen.values.device)

    values = sigmas[0] * noise(*seen.values.shape)
    for level, sigma in enumerate(sigmas):
        values = torch.where(free, values, seen.values + sigma * noise(*values.shape))
        background = sigma * noise(height, width, 3)
        for _ in range(corrector_steps):
            face = seen.render(values, background).permute(2, 0, 1)[None]
            score = model.score(face, sigma.expand(1))[0].permute(1, 2, 0)
            gradient = seen.pull_back(score)
            step_noise = noise(*values.shape)
            noise_norm = (step_noise.square().sum() + unseen).sqrt()
            step = 2 * (snr * noise_norm / gradient.norm()) ** 2
            moved = values + step * gradient + (2 * step).sqrt() * step_noise
            values = torch.where(free, moved, values)
        progress(level + 1, len(sigmas))
    return torch.where(free, values, seen.values)
