"""Multi-view texture space: all views are sampled together, level by level (paper section 5.1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch

from scoreface.base.errors import InputError
from scoreface.geometry.views import View
from scoreface.inpaint.checkpoint import Checkpoint
from scoreface.inpaint.pipeline import FilledView, FillView, Pipeline
from scoreface.inpaint.pipelines import MultiviewSettings
from scoreface.inpaint.scene import render_state
from scoreface.inpaint.texture_space import SeenTexels
from scoreface.inpaint.walk import Walk
from scoreface.score.model import ScoreModel
from scoreface.score.noise import standard_normal
from scoreface.score.samplers import Progress
from scoreface.texture.state import TextureState
from scoreface.texture.view_map import ViewMap

# The views of these take their steps at once, those of the others one after the other.
AT_ONCE = ("mean", "nearest")


@dataclass(frozen=True)
class SampledRound:
    """What the views of a round look like once their texels have been sampled.

    Attributes:
        maps: of each view into the large and the small texture.
        faces: (H, W, 3) of each view, in [0, 1].
        evaluations: network evaluations that each view has taken.
    """

    maps: Sequence[tuple[ViewMap, ViewMap]]
    faces: Sequence[torch.Tensor]
    evaluations: Sequence[int]


@dataclass(frozen=True)
class MultiView(Pipeline):
    """The multi-view texture-space pipeline (paper section 5.1.3).

    The texels that all views of a round see are sampled together. Then the views are written one after the other, as
    the other pipelines leave them: each is corrected and averaged into the texels that nothing has filled.
    """

    settings: MultiviewSettings

    def begin(self, walk: Walk) -> FillView:
        """See :meth:`Pipeline.begin`; the first view that is filled has all of them sampled.

        Raises:
            InputError: the job does not do all views.
        """
        if len(walk.indices) < len(walk.views):
            raise InputError(
                f"inpaint.pipeline: multiview samples all {len(walk.views)} views together, but the job has "
                f"{len(walk.indices)} outputs; give it one for each view"
            )
        sampled: SampledRound | None = None

        def fill(state: TextureState, index: int, progress: Progress) -> FilledView:
            nonlocal sampled
            sampled = sampled or self.sample_round(walk, progress)
            return self._filled(walk, sampled, state, index)

        return fill

    def depends_on(self, views: Sequence[View], index: int) -> Sequence[View]:
        """See :meth:`Pipeline.depends_on`: all of them."""
        return views

    def sample_round(self, walk: Walk, progress: Progress) -> SampledRound:
        """Sample the texels that the views of a round see, from the state before the first.

        Raises:
            InputError: the model's images have another size than ``face_size``, or what was sampled is no picture.
        """
        maps = [walk.scene.maps(view, self.settings.face_size) for view in walk.views]
        before = [render_state(walk.scene, walk.start, *pair) for pair in maps]
        if not any(view.unknown.any() for view in before):
            return SampledRound(maps, [view.face for view in before], [0] * len(maps))
        model, sigmas = self.prepare(walk.load_model)
        sampled = [large if self.settings.textures == "two" else small for large, small in maps]
        seen = [view.to(model.device) for view in before]
        windows = SeenTexels.together(seen, [view_map.to(model.device) for view_map in sampled])
        parts = self._parts(windows, walk, sampled[0].size)
        values = sample_together(
            [self.told(model, view) for view in seen],
            windows,
            parts,
            self.settings.combine in AT_ONCE,
            sigmas,
            self.settings.corrector_steps,
            self.settings.snr,
            [walk.generator(index) for index in range(len(maps))],
            progress,
            Checkpoint(walk.checkpoint) if walk.checkpoint else None,
        )
        black = torch.zeros_like(before[0].face, device=model.device)
        return SampledRound(
            maps,
            [
                self.picture(walk, index, window.render(values, black))
                for index, window in enumerate(windows)
            ],
            [
                self.settings.evaluations if window.moves(part) else 0
                for window, part in zip(windows, parts, strict=True)
            ],
        )

    def _parts(self, windows: Sequence[SeenTexels], walk: Walk, size: int) -> list[torch.Tensor]:
        """For each view the texels (N,) bool that its gradient moves, known or not."""
        index = windows[0].index
        if self.settings.combine == "first":
            return owned(windows, [torch.zeros(len(index), device=index.device)] * len(windows))
        if self.settings.combine == "nearest":
            points = walk.scene.texel_points(index.cpu().numpy(), size)
            distances = (
                torch.from_numpy(walk.scene.camera_distance(view, points)).to(index.device)
                for view in walk.views
            )
            return owned(windows, distances)
        return [window.seen for window in windows]

    def _filled(
        self, walk: Walk, sampled: SampledRound, state: TextureState, index: int
    ) -> FilledView:
        """Average a sampled view into the texels that the views before it have left."""
        maps = sampled.maps[index]
        before = render_state(walk.scene, state, *maps)
        face = torch.where(before.unknown[..., None], sampled.faces[index], before.face)
        filled = FilledView(state, before, face)
        if before.unknown.any():
            filled = self.average(walk, state, index, maps[1], before, face)
        return filled.evaluated(sampled.evaluations[index])


def owned(windows: Sequence[SeenTexels], distances: Iterable[torch.Tensor]) -> list[torch.Tensor]:
    """For each view the texels (N,) bool that it sees at the least distance; of equal ones, the first view has it.

    Args:
        windows: the views.
        distances: (N,) of each view to the texels.
    """
    best = torch.full_like(windows[0].index, torch.inf, dtype=torch.float64)
    owner = torch.full_like(windows[0].index, -1)
    for index, (window, distance) in enumerate(zip(windows, distances, strict=True)):
        nearer = window.seen & (distance < best)
        best = torch.where(nearer, distance.double(), best)
        owner = torch.where(nearer, index, owner)
    return [owner == index for index in range(len(windows))]


def sample_together(
    models: Sequence[ScoreModel],
    windows: Sequence[SeenTexels],
    parts: Sequence[torch.Tensor],
    at_once: bool,
    sigmas: torch.Tensor,
    corrector_steps: int,
    snr: float,
    generators: Sequence[torch.Generator],
    progress: Progress = lambda done, total: None,
    checkpoint: Checkpoint | None = None,
) -> torch.Tensor:
    """Annealed Langevin dynamics on the texels of several views, all at one noise level before the next.

    With one view it is :func:`scoreface.inpaint.texture_space.sample_texels`, number by number.

    Args:
        models: the prior, as it is to be for each view.
        windows: the views, over the same texels.
        parts: for each view the texels (N,) bool that its gradient moves.
        at_once: one step of all texels along the mean of the gradients that move them, or steps view by view.
        sigmas: (L,) noise levels, descending.
        corrector_steps: Langevin steps at each level, of all texels or of each view's.
        snr: their signal-to-noise ratio.
        generators: of each view's noise, on the CPU; the first view's serves what all share.
        progress: called with the noise levels done and their number.
        checkpoint: where to keep and to find what is done.

    Returns:
        (N, 3), known texels exactly as given.
    """
    texels, shared = windows[0], generators[0]
    free, device = ~texels.known, texels.values.device
    # A view that moves no unknown texel takes no part and costs nothing.
    active = [
        (model, window, part, generator)
        for model, window, part, generator in zip(models, windows, parts, generators, strict=True)
        if window.moves(part)
    ]
    if not active:
        return texels.values
    movers = torch.stack([part for _, _, part, _ in active]).sum(0).clamp(min=1)[:, None]

    kept = checkpoint.load(generators, device) if checkpoint else None
    done, values = kept or (0, sigmas[0] * standard_normal(texels.values.shape, shared, device))
    for level, sigma in enumerate(sigmas[done:], done + 1):
        values = texels.redraw_known(values, sigma, shared)
        backgrounds = [
            sigma * standard_normal(window.shape, generator, device)
            for _, window, _, generator in active
        ]
        if at_once:
            for _ in range(corrector_steps):
                gradient = torch.zeros_like(values)
                for (model, window, part, _), background in zip(active, backgrounds, strict=True):
                    gradient += part[:, None] * window.gradient(model, values, background, sigma)
                values = texels.langevin_step(values, gradient / movers, free, snr, shared)
        else:
            for (model, window, part, generator), background in zip(
                active, backgrounds, strict=True
            ):
                for _ in range(corrector_steps):
                    gradient = window.gradient(model, values, background, sigma)
                    values = window.langevin_step(values, gradient, free & part, snr, generator)
        progress(level, len(sigmas))
        if checkpoint:
            checkpoint.keep(level, values, generators)
    return torch.where(free[:, None], values, texels.values)
