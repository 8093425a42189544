"""What the pipelines share: render a view, have its unknown pixels made, correct, average back."""

from __future__ import annotations

import functools
import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Generic, TypeVar

import torch

from scoreface.base.errors import InputError
from scoreface.geometry.views import View
from scoreface.inpaint.pipelines import PIPELINES, PipelineSettings
from scoreface.inpaint.scene import RenderedView, render_state
from scoreface.inpaint.silhouette import KnownSilhouette
from scoreface.inpaint.walk import Walk
from scoreface.score.model import ScoreModel
from scoreface.score.samplers import Keeper, Progress, geometric_sigmas
from scoreface.texture.correct import dark_border
from scoreface.texture.state import TextureState
from scoreface.texture.view_map import ViewMap

# The keys that decide how large the steps are.
_STEPS = ("snr", "noise_levels", "corrector_steps")


@dataclass(frozen=True)
class FilledView:
    """What a turn leaves.

    Attributes:
        state: the texture with the view's texels filled; ``evaluations`` are this view's.
        before: the view as it was.
        face: (H, W, 3) float32 the view as it came out, before anything was given back.
    """

    state: TextureState
    before: RenderedView
    face: torch.Tensor

    def evaluated(self, evaluations: int) -> FilledView:
        """The same with the number of network evaluations in the state."""
        return replace(self, state=self.state.evaluated(evaluations))


# What a round that is sampled together leaves.
Sampled = TypeVar("Sampled")

# Inpaints the view of an index from the state before it.
FillView = Callable[[TextureState, int, Progress], FilledView]


@dataclass(frozen=True)
class Pipeline(ABC):
    """A way to make a view's unknown pixels (paper section 4.2).

    Attributes:
        settings: its keys of the configuration.
    """

    settings: PipelineSettings

    @abstractmethod
    def begin(self, walk: Walk) -> FillView:
        """What inpaints the views of a walk, to be called for one after the other.

        Where the walk has a checkpoint, its views are a part that :meth:`sampled_together` gives.
        """

    def sampled_together(self, indices: range) -> Sequence[range]:
        """The views of a job in parts, each of them sampled together from the state before it: all of them."""
        return [indices]

    def depends_on(self, views: Sequence[View], index: int) -> Sequence[View]:
        """Those of ``views`` that make a difference to what view ``index`` adds to the state before it."""
        return [views[index]]

    def load(self, load_model: Callable[[], ScoreModel]) -> ScoreModel:
        """The prior.

        Raises:
            InputError: the model's images have another size than ``face_size``.
        """
        model = load_model()
        if model.image_size != self.settings.face_size:
            raise InputError(
                f"inpaint.face_size: {self.settings.face_size}, but the score model works on "
                f"{model.image_size}; set it to that"
            )
        return model

    def prepare(self, load_model: Callable[[], ScoreModel]) -> tuple[ScoreModel, torch.Tensor]:
        """The prior and its noise levels in geometric order, on its device.

        Raises:
            InputError: see :meth:`load`.
        """
        model = self.load(load_model)
        sigmas = geometric_sigmas(model.sigma_min, model.sigma_max, self.settings.noise_levels)
        return model, sigmas.to(model.device)

    def rendered(
        self, walk: Walk, state: TextureState, index: int, maps: tuple[ViewMap, ViewMap]
    ) -> RenderedView:
        """A view of an unfinished texture; ``maps`` are its own into the two textures."""
        view, settings = walk.views[index], self.settings
        before = render_state(walk.scene, state, *maps)
        if settings.supersampling == 1:
            return before
        fine = walk.scene.maps(view, settings.face_size * settings.supersampling)
        return before.averaged(render_state(walk.scene, state, *fine))

    def told(self, model: ScoreModel, view: RenderedView) -> ScoreModel:
        """The prior with what it is to know of a view, which is on its device."""
        if not self.settings.keep_silhouette:
            return model
        return KnownSilhouette(model, view.background, view.unknown)

    def picture(self, walk: Walk, index: int, sampled: torch.Tensor) -> torch.Tensor:
        """What was sampled of a view, (..., 3) on any device, as colours in [0, 1] on the CPU.

        Raises:
            InputError: it holds numbers that are not finite; clamped, they would pass for black and white.
        """
        if not sampled.isfinite().all():
            values = ", ".join(
                f"{field.metadata['key']} ({getattr(self.settings, field.name):g})"
                for field in fields(self.settings)
                if field.name in _STEPS
            )
            raise InputError(
                f"{walk.face_id}, round {walk.round}, view {index}: what was sampled holds numbers that are not finite "
                "and is not written; see whether the score model (assets.score_model) is whole, or lower one of "
                f"{values}"
            )
        return sampled.clamp(0, 1).cpu()

    def kept_pixels(self, walk: Walk, before: RenderedView, face: torch.Tensor) -> torch.Tensor:
        """(H, W) bool, the pixels of an inpainted view that are not given back as a dark border in round 1."""
        if walk.round > 1:
            return torch.ones_like(before.unknown)
        threshold = self.settings.correction_threshold
        pixels = (face.numpy(), before.unknown.numpy(), before.background.numpy())
        return ~torch.from_numpy(dark_border(*pixels, threshold))

    def average(
        self,
        walk: Walk,
        state: TextureState,
        index: int,
        small_map: ViewMap,
        before: RenderedView,
        face: torch.Tensor,
    ) -> FilledView:
        """Correct an inpainted view in round 1, and average it into the texels that nothing has filled.

        Args:
            walk: what the view belongs to.
            state: the texture before the view.
            index: the view's place in the order of views.
            small_map: into the state's texture.
            before: the view as ``state`` shows it.
            face: (H, W, 3) in [0, 1], known pixels as in ``before``.
        """
        kept = self.kept_pixels(walk, before, face)
        mean, touched = small_map.average(face, kept)
        filled = state.fill(mean.numpy(), touched.numpy() & state.unfilled, walk.label, index)
        return FilledView(filled, before, face)


@dataclass(frozen=True)
class ViewByView(Pipeline):
    """A pipeline that is done with one view before it begins with the next."""

    @abstractmethod
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
        """Make the unknown pixels of a view.

        Args:
            model: the prior.
            before: the view with its known pixels, on the model's device.
            maps: into the large and the small texture, on the model's device.
            sigmas: (noise_levels,) descending, on the model's device.
            generator: of the noise, on the CPU.
            progress: called with the noise levels done and their number.
            checkpoint: where to keep and to find what is done.

        Returns:
            (H, W, 3), known pixels as given.
        """

    def sampled_together(self, indices: range) -> Sequence[range]:
        """See :meth:`Pipeline.sampled_together`: each alone."""
        return [range(index, index + 1) for index in indices]

    def begin(self, walk: Walk) -> FillView:
        """See :meth:`Pipeline.begin`."""
        return functools.partial(self.fill_view, walk)

    def fill_view(
        self, walk: Walk, state: TextureState, index: int, progress: Progress
    ) -> FilledView:
        """Inpaint one view and fill the texels that it sees and nothing has filled.

        Args:
            walk: what the view belongs to; its model is not loaded for a view without unknown pixels.
            state: the texture so far.
            index: the view's place in the order of views.
            progress: called with the noise levels done and their number.

        Raises:
            InputError: the model's images have another size than ``face_size``, or what was sampled is no picture.
        """
        maps = walk.scene.maps(walk.views[index], self.settings.face_size)
        before = self.rendered(walk, state, index, maps)
        if not before.unknown.any():
            return FilledView(state.evaluated(0), before, before.face)
        model, sigmas = self.prepare(walk.load_model)
        device = model.device
        seen = before.to(device)
        face = self.sample(
            self.told(model, seen),
            seen,
            (maps[0].to(device), maps[1].to(device)),
            sigmas,
            walk.generator(index),
            progress,
            walk.keeper(),
        )
        face = self.picture(walk, index, face)
        filled = self.average(walk, state, index, maps[1], before, face)
        return filled.evaluated(self.settings.evaluations)


@dataclass(frozen=True)
class WholeRound(Pipeline, Generic[Sampled]):
    """A pipeline that samples all views of a round together, and then writes them one after the other."""

    @abstractmethod
    def sample_round(self, walk: Walk, progress: Progress) -> Sampled:
        """Sample what the views of a round see, from the state before the first.

        Raises:
            InputError: the model's images have another size than ``face_size``, or what was sampled is no picture.
        """

    @abstractmethod
    def write_view(
        self, walk: Walk, sampled: Sampled, state: TextureState, index: int
    ) -> FilledView:
        """Fill the texels that a view sees and the views before it have left."""

    def begin(self, walk: Walk) -> FillView:
        """See :meth:`Pipeline.begin`; the first view that is filled has all of them sampled.

        Raises:
            InputError: the job does not do all views.
        """
        if len(walk.indices) < len(walk.views):
            raise InputError(
                f"inpaint.pipeline: {type(self).__name__.lower()} samples all {len(walk.views)} views together, but "
                f"the job has {len(walk.indices)} outputs; give it one for each view"
            )
        sampled: list[Sampled] = []

        def fill(state: TextureState, index: int, progress: Progress) -> FilledView:
            if not sampled:
                sampled.append(self.sample_round(walk, progress))
            return self.write_view(walk, sampled[0], state, index)

        return fill

    def depends_on(self, views: Sequence[View], index: int) -> Sequence[View]:
        """See :meth:`Pipeline.depends_on`: all of them."""
        return views


def make_pipeline(settings: PipelineSettings) -> Pipeline:
    """The pipeline that the settings belong to."""
    (known,) = (known for known in PIPELINES.values() if known.settings is type(settings))
    module, _, name = known.place.partition(":")
    return getattr(importlib.import_module(module), name)(settings)
