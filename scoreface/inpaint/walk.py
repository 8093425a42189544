"""What one job of the inpainting is: consecutive views of one face in one round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from scoreface.base.seeds import number_of
from scoreface.geometry.views import View
from scoreface.inpaint.checkpoint import Checkpoint
from scoreface.inpaint.scene import Scene
from scoreface.score.model import ScoreModel
from scoreface.texture.state import GENERATED_1, GENERATED_2, TextureState


@dataclass(frozen=True)
class Walk:
    """Consecutive views of one face in one round.

    Attributes:
        face_id: the face's id.
        seed: the run's seed.
        round: 1 or 2; only round 1 corrects dark border texels.
        views: all views in their order.
        indices: those of them that the job does.
        scene: the head.
        start: the texture before the first of ``indices``.
        load_model: gives the prior; called only when a view has to be computed.
        checkpoint: file in which the sampling keeps where it stands; ``indices`` are then the views of one sampling.
    """

    face_id: str
    seed: int
    round: int
    views: Sequence[View]
    indices: range
    scene: Scene
    start: TextureState
    load_model: Callable[[], ScoreModel]
    checkpoint: Path | None = None

    @property
    def label(self) -> int:
        """The provenance label of what this round generates."""
        return GENERATED_1 if self.round == 1 else GENERATED_2

    def keeper(self) -> Checkpoint | None:
        """What keeps where the sampling stands, where it has a file."""
        return Checkpoint(self.checkpoint) if self.checkpoint else None

    def generator(self, index: int, sample: int = 0) -> torch.Generator:
        """The noise of one view in one completion, a function of seed, id, round, view and completion alone."""
        seed = int(self.sequence(index, sample).generate_state(1, np.uint64)[0])
        return torch.Generator().manual_seed(seed)

    def sequence(self, index: int, sample: int = 0) -> np.random.SeedSequence:
        """Where the random numbers of a view come from; an ``index`` beyond the views is of what they share."""
        own = (sample,) if sample else ()
        return np.random.SeedSequence((self.seed, number_of(self.face_id), self.round, index, *own))
