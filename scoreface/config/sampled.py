"""Faces that the score model itself draws, in place of photos: ``images: sampled``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from scoreface.base.settings import key
from scoreface.config.ids import FaceId
from scoreface.score.sampler import Sampler

#: The value of ``images`` that asks for them.
SAMPLED = "sampled"
#: Their folder in that of the results.
FOLDER = "sampled"


@dataclass(frozen=True)
class SampledSettings:
    """What is drawn.

    Attributes:
        number: faces in the list.
        spare: pictures that are drawn beyond that, as a share of it, for those in which no face is found.
        sampler: how, a name of :data:`scoreface.score.sampler.SAMPLERS`.
        noise_levels: of the sampler.
        size: pixels along a side that the pictures are brought to.
    """

    number: int = key("sampled.number")
    spare: float = key("sampled.spare")
    sampler: str = key("sampled.sampler")
    noise_levels: int = key("sampled.noise_levels")
    size: int = key("sampled.size")

    @property
    def pictures(self) -> int:
        """Pictures that are drawn."""
        return math.ceil(self.number * (1 + self.spare))

    @property
    def way(self) -> Sampler:
        """How they are drawn."""
        return Sampler(self.sampler, self.noise_levels)

    @property
    def evaluations(self) -> int:
        """Network evaluations of all of them."""
        return self.pictures * self.way.evaluations

    def faces(self, results: Path) -> list[FaceId]:
        """The list of faces, each with its photo in the folder of the results."""
        ids = (f"sample_{number:04d}" for number in range(self.number))
        return [FaceId(id, str(results / FOLDER / "photos" / f"{id}.png")) for id in ids]
