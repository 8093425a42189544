"""What the pipelines share: render a view, have its unknown pixels made, correct, average back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import torch

from scoreface.files import InputError
from scoreface.geometry.views import View
from scoreface.inpaint.scene import RenderedView, Scene, render_state
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


@dataclass(frozen=True)
class Pipeline(ABC):
    """A way to make a view's unknown pixels, with its settings (paper section 4.2).

    Attributes:
        face_size: pixels along a side of a view; must be the score model's.
        noise_levels: number of noise levels.
        corrector_steps: Langevin steps at each level.
        snr: their signal-to-noise ratio.
        correction_threshold: gray of 0..1 below which a border texel is given back in round 1.
    """

    face_size: int
    noise_levels: int
    corrector_steps: int
    snr: float
    correction_threshold: float

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
        model = load_model()
        if model.image_size != self.face_size:
            raise InputError(
                f"inpaint.face_size: {self.face_size}, but the score model works on "
                f"{model.image_size}; set it to that"
            )
        device = model.device
        face = self.sample(
            model,
            before.to(device),
            (maps[0].to(device), maps[1].to(device)),
            geometric_sigmas(model.sigma_min, model.sigma_max, self.noise_levels).to(device),
            make_generator(device),
            progress,
        )
        face = face.clamp(0, 1).cpu()
        kept = torch.ones_like(before.unknown)
        if turn.round_number == 1:
            dark = dark_border(
                face.numpy(),
                before.unknown.numpy(),
                before.background.numpy(),
                self.correction_threshold,
            )
            kept = ~torch.from_numpy(dark)
        mean, touched = maps[1].average(face, kept)
        label = GENERATED_1 if turn.round_number == 1 else GENERATED_2
        filled = state.fill(mean.numpy(), touched.numpy() & state.unfilled, label, turn.index)
        return FilledView(filled.evaluated(self.evaluations), before, face)
