"""What the pipelines share: render a view, have its unknown pixels made, correct, average back."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from scoreface.files import InputError
from scoreface.geometry.views import View
from scoreface.inpaint.scene import RenderedView, Scene, render_state
from scoreface.inpaint.silhouette import KnownSilhouette
from scoreface.score.model import ScoreModel
from scoreface.score.samplers import Progress, geometric_sigmas
from scoreface.texture.correct import dark_border
from scoreface.texture.state import GENERATED_1, GENERATED_2, TextureState
from scoreface.texture.view_map import ViewMap


@dataclass(frozen=True)
class Turn:
    """One view's turn in the walk.

    Attributes:
        view: the view.
        index: its place in the order of views.
        round_number: 1 or 2; only round 1 corrects dark border texels.
    """

    view: View
    index: int
    round_number: int


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


@dataclass(frozen=True)
class Round:
    """What one job knows of a round over the views.

    Attributes:
        load_model: gives the prior; called only when a view has to be computed.
        scene: the head.
        start: the texture before the first of ``indices``.
        views: all views in their order.
        indices: those of the views that the job does.
        number: 1 or 2.
        make_generator: gives the source of noise of a view, by its index, on a device.
        checkpoint: file in which a pipeline that samples all views together may keep where it stands.
    """

    load_model: Callable[[], ScoreModel]
    scene: Scene
    start: TextureState
    views: Sequence[View]
    indices: range
    number: int
    make_generator: Callable[[int, torch.device], torch.Generator]
    checkpoint: Path | None = None


# Inpaints the view of an index from the state before it.
FillView = Callable[[TextureState, int, Progress], FilledView]


@dataclass(frozen=True)
class Pipeline(ABC):
    """A way to make a view's unknown pixels, with its settings (paper section 4.2).

    Attributes:
        face_size: pixels along a side of a view; must be the score model's.
        noise_levels: number of noise levels.
        corrector_steps: Langevin steps at each level.
        snr: their signal-to-noise ratio.
        correction_threshold: gray of 0..1 below which a border texel is given back in round 1; 0 gives none back.
        keep_silhouette: hold the prior to the head's outline, see :class:`KnownSilhouette`.
    """

    face_size: int
    noise_levels: int
    corrector_steps: int
    snr: float
    correction_threshold: float
    keep_silhouette: bool = field(default=False, kw_only=True)

    @abstractmethod
    def sample(
        self,
        model: ScoreModel,
        before: RenderedView,
        maps: tuple[ViewMap, ViewMap],
        sigmas: torch.Tensor,
        generator: torch.Generator,
        progress: Progress,
    ) -> torch.Tensor:
        """Make the unknown pixels of a view.

        Args:
            model: the prior.
            before: the view with its known pixels, on the model's device.
            maps: into the large and the small texture, on the model's device.
            sigmas: (noise_levels,) descending, on the model's device.
            generator: of the noise, on the model's device.
            progress: called with the noise levels done and their number.

        Returns:
            (H, W, 3), known pixels as given.
        """

    @property
    @abstractmethod
    def evaluations(self) -> int:
        """Network evaluations of one view."""

    def begin(self, round: Round) -> FillView:
        """What inpaints the views of a round, to be called for one after the other."""

        def fill(state: TextureState, index: int, progress: Progress) -> FilledView:
            return self.fill_view(
                round.load_model,
                round.scene,
                state,
                Turn(round.views[index], index, round.number),
                functools.partial(round.make_generator, index),
                progress,
            )

        return fill

    def depends_on(self, views: Sequence[View], index: int) -> Sequence[View]:
        """Those of ``views`` that make a difference to what view ``index`` adds to the state before it."""
        return [views[index]]

    def fill_view(
        self,
        load_model: Callable[[], ScoreModel],
        scene: Scene,
        state: TextureState,
        turn: Turn,
        make_generator: Callable[[torch.device], torch.Generator],
        progress: Progress,
    ) -> FilledView:
        """Inpaint one view and fill the texels that it sees and nothing has filled.

        Args:
            load_model: gives the prior; not called for a view without unknown pixels.
            scene: the head.
            state: the texture so far.
            turn: which view.
            make_generator: gives the view's source of noise on a device.
            progress: called with the noise levels done and their number.

        Raises:
            InputError: the model's images have another size than ``face_size``.
        """
        maps = scene.maps(turn.view, self.face_size)
        before = render_state(scene, state, *maps)
        if not before.unknown.any():
            return FilledView(state.evaluated(0), before, before.face)
        model, sigmas = self.prepare(load_model)
        device = model.device
        seen = before.to(device)
        face = self.sample(
            self.told(model, seen),
            seen,
            (maps[0].to(device), maps[1].to(device)),
            sigmas,
            make_generator(device),
            progress,
        )
        face = face.clamp(0, 1).cpu()
        return self.average(state, turn, maps[1], before, face).evaluated(self.evaluations)

    def prepare(self, load_model: Callable[[], ScoreModel]) -> tuple[ScoreModel, torch.Tensor]:
        """The prior and the noise levels, on its device.

        Raises:
            InputError: the model's images have another size than ``face_size``.
        """
        model = load_model()
        if model.image_size != self.face_size:
            raise InputError(
                f"inpaint.face_size: {self.face_size}, but the score model works on "
                f"{model.image_size}; set it to that"
            )
        sigmas = geometric_sigmas(model.sigma_min, model.sigma_max, self.noise_levels)
        return model, sigmas.to(model.device)

    def told(self, model: ScoreModel, view: RenderedView) -> ScoreModel:
        """The prior with what it is to know of a view, which is on its device."""
        if not self.keep_silhouette:
            return model
        return KnownSilhouette(model, view.background, view.unknown)

    def average(
        self,
        state: TextureState,
        turn: Turn,
        small_map: ViewMap,
        before: RenderedView,
        face: torch.Tensor,
    ) -> FilledView:
        """Correct an inpainted view in round 1, and average it into the texels that nothing has filled.

        Args:
            state: the texture before the view.
            turn: which view.
            small_map: into the state's texture.
            before: the view as ``state`` shows it.
            face: (H, W, 3) in [0, 1], known pixels as in ``before``.
        """
        kept = torch.ones_like(before.unknown)
        if turn.round_number == 1:
            dark = dark_border(
                face.numpy(),
                before.unknown.numpy(),
                before.background.numpy(),
                self.correction_threshold,
            )
            kept = ~torch.from_numpy(dark)
        mean, touched = small_map.average(face, kept)
        label = GENERATED_1 if turn.round_number == 1 else GENERATED_2
        filled = state.fill(mean.numpy(), touched.numpy() & state.unfilled, label, turn.index)
        return FilledView(filled, before, face)
