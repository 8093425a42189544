"""Multi-view texture space: all views are sampled together, level by level (paper section 5.1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch

from scoreface.inpaint.pipeline import FilledView, WholeRound
from scoreface.inpaint.pipelines import MultiviewSettings
from scoreface.inpaint.texture_space import SeenTexels
from scoreface.inpaint.walk import Walk
from scoreface.score.model import ScoreModel
from scoreface.score.noise import standard_normal
from scoreface.score.samplers import Progress, anneal
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
class MultiView(WholeRound[SampledRound]):
    """The multi-view texture-space pipeline (paper section 5.1.3).

    The texels that all views of a round see are sampled together. Then the views are written one after the other, as
    the other pipelines leave them: each is corrected and averaged into the texels that nothing has filled.
    """

    settings: MultiviewSettings

    def sample_round(self, walk: Walk, progress: Progress) -> SampledRound:
        """See :meth:`WholeRound.sample_round`."""
        maps = [walk.scene.maps(view, self.settings.face_size) for view in walk.views]
        before = [self.rendered(walk, walk.start, *pair) for pair in enumerate(maps)]
        if not any(view.unknown.any() for view in before):
            return SampledRound(maps, [view.face for view in before], [0] * len(maps))
        model, sigmas = self.prepare(walk.load_model)
        sampled = [large if self.settings.textures == "two" else small for large, small in maps]
        seen = [view.to(model.device) for view in before]
        windows = SeenTexels.together(seen, [view_map.to(model.device) for view_map in sampled])
        parts = self._parts(windows, walk, sampled[0].size)
        problem = MultiviewLangevin(
            [self.told(model, view) for view in seen],
            windows,
            parts,
            self.settings.combine in AT_ONCE,
            self.settings.corrector_steps,
            self.settings.snr,
            [walk.generator(index) for index in range(len(maps))],
        )
        values = windows[0].values
        if problem.active:
            (values,) = anneal(problem, sigmas, progress, walk.keeper())
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

    def write_view(
        self, walk: Walk, sampled: SampledRound, state: TextureState, index: int
    ) -> FilledView:
        """See :meth:`WholeRound.write_view`: the view is averaged."""
        maps = sampled.maps[index]
        before = self.rendered(walk, state, index, maps)
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


@dataclass(frozen=True)
class MultiviewLangevin:
    """Annealed Langevin dynamics on the texels of several views, all at one noise level before the next.

    With one view it is :class:`scoreface.inpaint.texture_space.TexelLangevin`, number by number. The state is one
    texture (1, N, 3); see :class:`scoreface.score.samplers.Problem`.

    Attributes:
        models: the prior, as it is to be for each view.
        windows: the views, over the same texels, some of them unknown.
        parts: for each view the texels (N,) bool that its gradient moves.
        at_once: one step of all texels along the mean of the gradients that move them, or steps view by view.
        corrector_steps: Langevin steps at each level, of all texels or of each view's.
        snr: their signal-to-noise ratio.
        generators: of each view's noise, on the CPU; the first view's serves what all share.
    """

    models: Sequence[ScoreModel]
    windows: Sequence[SeenTexels]
    parts: Sequence[torch.Tensor]
    at_once: bool
    corrector_steps: int
    snr: float
    generators: Sequence[torch.Generator]

    @property
    def device(self) -> torch.device:
        """The texels'."""
        return self._texels.values.device

    @cached_property
    def active(self) -> Sequence[int]:
        """The views that move an unknown texel; another one takes no part and costs nothing."""
        pairs = zip(self.windows, self.parts, strict=True)
        return [index for index, (window, part) in enumerate(pairs) if window.moves(part)]

    def begin(self, sigma: torch.Tensor) -> torch.Tensor:
        """Noise (1, N, 3)."""
        noise = standard_normal(self._texels.values.shape, self.generators[0], self.device)
        return (sigma * noise)[None]

    def descend(
        self, x: torch.Tensor, sigma: torch.Tensor, next_sigma: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Langevin steps; where they end is the estimate too, with the level's noise on it."""
        values = self._texels.redraw_known(x[0], sigma, self.generators[0])
        backgrounds = {
            index: sigma
            * standard_normal(self.windows[index].shape, self.generators[index], self.device)
            for index in self.active
        }
        steps = self._all_at_once if self.at_once else self._view_by_view
        values = steps(values, backgrounds, sigma)
        return values[None], values[None]

    def finish(self, estimate: torch.Tensor) -> torch.Tensor:
        """The texels (1, N, 3), known ones exactly as given."""
        return self._texels.with_known(estimate)

    @property
    def _texels(self) -> SeenTexels:
        """The texels, which are the same in all windows."""
        return self.windows[0]

    @cached_property
    def _movers(self) -> torch.Tensor:
        """(N, 1) how many views move each texel, at least 1."""
        parts = torch.stack([self.parts[index] for index in self.active])
        return parts.sum(0).clamp(min=1)[:, None]

    def _all_at_once(
        self, values: torch.Tensor, backgrounds: Mapping[int, torch.Tensor], sigma: torch.Tensor
    ) -> torch.Tensor:
        """The texels (N, 3) after steps along the mean of the views' gradients."""
        texels = self._texels
        for _ in range(self.corrector_steps):
            gradient = torch.zeros_like(values)
            for index, background in backgrounds.items():
                gradient += self.parts[index][:, None] * self.windows[index].gradient(
                    self.models[index], values, background, sigma
                )
            values = texels.langevin_step(
                values, gradient / self._movers, ~texels.known, self.snr, self.generators[0]
            )
        return values

    def _view_by_view(
        self, values: torch.Tensor, backgrounds: Mapping[int, torch.Tensor], sigma: torch.Tensor
    ) -> torch.Tensor:
        """The texels (N, 3) after each view's steps along its own gradient."""
        for index, background in backgrounds.items():
            window, moving = self.windows[index], ~self._texels.known & self.parts[index]
            for _ in range(self.corrector_steps):
                gradient = window.gradient(self.models[index], values, background, sigma)
                values = window.langevin_step(
                    values, gradient, moving, self.snr, self.generators[index]
                )
        return values
