"""Texture space: the texels are sampled, with the image's score pulled back onto them (paper section 3.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from scoreface.inpaint.pipeline import ViewByView
from scoreface.inpaint.pipelines import TextureSettings
from scoreface.inpaint.scene import RenderedView
from scoreface.score.model import ScoreModel
from scoreface.score.noise import standard_normal
from scoreface.score.samplers import Keeper, Progress, anneal
from scoreface.texture.view_map import ViewMap


@dataclass(frozen=True)
class TextureSpace(ViewByView):
    """The texture-space pipeline (paper sections 3.6.2, 4.2.2 and 5.1.2)."""

    settings: TextureSettings

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
        """See :meth:`ViewByView.sample`."""
        seen = SeenTexels.of(before, maps[0] if self.settings.textures == "two" else maps[1])
        settings = self.settings
        problem = TexelLangevin(model, seen, settings.corrector_steps, settings.snr, generator)
        (values,) = anneal(problem, sigmas, progress, checkpoint)
        face = seen.render(values, torch.zeros_like(before.face))
        return torch.where(before.unknown[..., None], face, before.face)


@dataclass(frozen=True)
class SeenTexels:
    """The texels that one view shows: a texture without what the view does not see.

    Texels that no pixel shows have no gradient and change nothing in the view, so they need not be stored, whatever
    the size of the texture. Pixels are indices and no mask, whose count a GPU would have to report at each step.

    Attributes:
        shape: H, W, 3 of the view.
        pixels: (P,) int64, the row-major indices of the pixels off the background.
        texel: (P,) int64, for each of those pixels the row of its texel below.
        index: (N,) int64, ascending, the texels' row-major indices in the texture.
        values: (N, 3) colours of the texels, 0 where not known.
        known: (N,) bool.
        count: texels of the whole texture.
    """

    shape: torch.Size
    pixels: torch.Tensor
    texel: torch.Tensor
    index: torch.Tensor
    values: torch.Tensor
    known: torch.Tensor
    count: int

    @classmethod
    def of(cls, view: RenderedView, view_map: ViewMap) -> SeenTexels:
        """The texels of a rendered view. A texel that shows in known and unknown pixels is known."""
        return cls.together([view], [view_map])[0]

    @classmethod
    def together(cls, views: Sequence[RenderedView], maps: Sequence[ViewMap]) -> list[SeenTexels]:
        """For each of several views its pixels of the texels that any of them shows.

        The texels are the same in all: those of the last known pixel that shows them, where there is one.
        """
        pixels = [torch.nonzero(~view_map.background.flatten())[:, 0] for view_map in maps]
        shown = list(zip(views, maps, pixels, strict=True))
        texels = torch.cat([view_map.texels.flatten()[pixel] for _, view_map, pixel in shown])
        colours = torch.cat([view.face.reshape(-1, 3)[pixel] for view, _, pixel in shown])
        in_known = torch.cat([view.known.flatten()[pixel] for view, _, pixel in shown])
        index, row = torch.unique(texels, return_inverse=True)
        # A maximum rather than an assignment: which of several pixels wins must not depend on threads.
        last = torch.full_like(index, -1)
        last.scatter_reduce_(0, row[in_known], torch.nonzero(in_known)[:, 0], "amax")
        known = last >= 0
        values = torch.where(known[:, None], colours[last.clamp(min=0)], 0)
        rows = row.split([len(pixel) for pixel in pixels])
        return [
            cls(view.face.shape, pixel, row, index, values, known, view_map.size**2)
            for (view, view_map, pixel), row in zip(shown, rows, strict=True)
        ]

    @property
    def seen(self) -> torch.Tensor:
        """(N,) bool, the texels that the view shows."""
        return torch.zeros_like(self.known).index_fill(0, self.texel, True)

    def moves(self, part: torch.Tensor) -> bool:
        """Whether an unknown texel is in ``part`` (N,) bool."""
        return bool((part & ~self.known).any())

    def render(self, values: torch.Tensor, background: torch.Tensor) -> torch.Tensor:
        """``background`` (H, W, 3) with the texels' ``values`` (N, 3) in the pixels that show them."""
        colours = values.index_select(0, self.texel)
        face = background.reshape(-1, 3).index_copy(0, self.pixels, colours)
        return face.reshape(background.shape)

    def pull_back(self, gradient: torch.Tensor) -> torch.Tensor:
        """The transpose of :meth:`render`: (H, W, 3) -> (N, 3), the sum over a texel's pixels."""
        shown = gradient.reshape(-1, 3).index_select(0, self.pixels)
        return gradient.new_zeros(self.values.shape).index_add_(0, self.texel, shown)

    def gradient(
        self,
        model: ScoreModel,
        values: torch.Tensor,
        background: torch.Tensor,
        sigma: torch.Tensor,
    ) -> torch.Tensor:
        """The score of the view that shows ``values`` (N, 3) before ``background`` (H, W, 3), pulled back: (N, 3)."""
        face = self.render(values, background).permute(2, 0, 1)[None].contiguous()
        return self.pull_back(model.score(face, sigma.expand(1))[0].permute(1, 2, 0))

    def redraw_known(
        self, values: torch.Tensor, sigma: torch.Tensor, generator: torch.Generator
    ) -> torch.Tensor:
        """``values`` (N, 3) with the known texels at noise level ``sigma``."""
        noise = standard_normal(values.shape, generator, values.device)
        noised = self.values + sigma * noise
        return torch.where(self.known[:, None], noised, values)

    def with_known(self, values: torch.Tensor) -> torch.Tensor:
        """``values`` (..., N, 3) with the known texels exactly as given."""
        return torch.where(self.known[:, None], self.values, values)

    def langevin_step(
        self,
        values: torch.Tensor,
        gradient: torch.Tensor,
        moving: torch.Tensor,
        snr: float,
        generator: torch.Generator,
    ) -> torch.Tensor:
        """One Langevin step of the texels in ``moving`` (N,) bool.

        The step size is Song et al. 2021's (algorithm 4), 2 (snr |z| / |g|)^2, with the norms of the noise and the
        gradient of the whole texture: what no view sees adds nothing to the gradient's norm, and its expectation,
        one a channel and texel, to the noise's squared.

        Args:
            values: (N, 3) the texels.
            gradient: (N, 3) along which they go.
            moving: which of them go.
            snr: signal-to-noise ratio.
            generator: of the noise.
        """
        noise = standard_normal(values.shape, generator, values.device)
        unseen = 3 * (self.count - len(values))
        noise_norm = (noise.square().sum() + unseen).sqrt()
        step = 2 * (snr * noise_norm / gradient.norm()) ** 2
        moved = values + step * gradient + (2 * step).sqrt() * noise
        return torch.where(moving[:, None], moved, values)


@dataclass(frozen=True)
class TexelLangevin:
    """Annealed Langevin dynamics on the texels of a view.

    At every noise level the known texels and the background are redrawn at that level; then the unknown texels take
    Langevin steps along the image's score, pulled back through the view. The state is one texture (1, N, 3); see
    :class:`scoreface.score.samplers.Problem`.

    Attributes:
        model: the prior.
        seen: the texels.
        corrector_steps: Langevin steps at each level.
        snr: their signal-to-noise ratio.
        generator: of the noise, on the CPU.
    """

    model: ScoreModel
    seen: SeenTexels
    corrector_steps: int
    snr: float
    generator: torch.Generator

    @property
    def generators(self) -> Sequence[torch.Generator]:
        """The view's."""
        return [self.generator]

    @property
    def device(self) -> torch.device:
        """The texels'."""
        return self.seen.values.device

    def begin(self, sigma: torch.Tensor) -> torch.Tensor:
        """Noise (1, N, 3)."""
        noise = standard_normal(self.seen.values.shape, self.generator, self.device)
        return (sigma * noise)[None]

    def descend(
        self, x: torch.Tensor, sigma: torch.Tensor, next_sigma: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Langevin steps; where they end is the estimate too, with the level's noise on it."""
        seen, free, (values,) = self.seen, ~self.seen.known, x
        values = seen.redraw_known(values, sigma, self.generator)
        background = sigma * standard_normal(seen.shape, self.generator, self.device)
        for _ in range(self.corrector_steps):
            gradient = seen.gradient(self.model, values, background, sigma)
            values = seen.langevin_step(values, gradient, free, self.snr, self.generator)
        return values[None], values[None]

    def finish(self, estimate: torch.Tensor) -> torch.Tensor:
        """The texels (1, N, 3), known ones exactly as given."""
        return self.seen.with_known(estimate)
