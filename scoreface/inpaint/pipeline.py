"""What the pipelines share: render a view, have its unknown pixels made, correct, average back."""

from __future__ import annotations

import functools
import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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

    def prepare(self, load_model: Callable[[], ScoreModel]) -> tuple[ScoreModel, torch.Tensor]:
        """The prior and the noise levels, on its device.

        Raises:
            InputError: the model's images have another size than ``face_size``.
        """
        model = load_model()
        if model.image_size != self.settings.face_size:
            raise InputError(
                f"inpaint.face_size: {self.settings.face_size}, but the score model works on "
                f"{model.image_size}; set it to that"
            )
        sigmas = geometric_sigmas(model.sigma_min, model.sigma_max, self.settings.noise_levels)
        return model, sigmas.to(model.device)

    def told(self, model: ScoreModel, view: RenderedView) -> ScoreModel:
        """The prior with what it is to know of a view, which is on its device."""
        if not self.settings.keep_silhouette:
            return model
        return KnownSilhouette(model, view.background, view.unknown)

    def picture(self, walk: Walk, index: int, sampled: torch.Tensor) -> torch.Tensor:
        """A view as it was sampled, (H, W, 3) on any device, as a picture in [0, 1] on the CPU.

        Raises:
            InputError: it holds numbers that are not finite; clamped, they would pass for black and white.
        """
        if not sampled.isfinite().all():
            keys = ("snr", "noise_levels", "corrector_steps")
            values = ", ".join(f"inpaint.{key} ({getattr(self.settings, key):g})" for key in keys)
            raise InputError(
                f"{walk.face_id}, round {walk.round}, view {index}: what was sampled holds numbers that are not finite "
                "and is not written; see whether the score model (assets.score_model) is whole, or lower one of "
                f"{values}"
            )
        return sampled.clamp(0, 1).cpu()

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
        kept = torch.ones_like(before.unknown)
        if walk.round == 1:
            dark = dark_border(
                face.numpy(),
                before.unknown.numpy(),
                before.background.numpy(),
                self.settings.correction_threshold,
            )
            kept = ~torch.from_numpy(dark)
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
        before = render_state(walk.scene, state, *maps)
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


def make_pipeline(settings: PipelineSettings) -> Pipeline:
    """The pipeline that the settings belong to."""
    (known,) = (known for known in PIPELINES.values() if known.settings is type(settings))
    module, _, name = known.place.partition(":")
    return getattr(importlib.import_module(module), name)(settings)
