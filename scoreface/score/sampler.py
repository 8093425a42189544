"""The ways to draw pictures from a score model, by name; nothing heavy is imported, as the workflow reads it."""

from __future__ import annotations

from dataclasses import dataclass

from scoreface.base.errors import InputError, shown

PREDICTOR_CORRECTOR, ANCESTRAL = "pc", "ancestral"
SAMPLERS = (PREDICTOR_CORRECTOR, ANCESTRAL)


@dataclass(frozen=True)
class Sampler:
    """How pictures are drawn; see :mod:`scoreface.score.unconditional`.

    Attributes:
        name: one of :data:`SAMPLERS`.
        levels: noise levels.

    Raises:
        InputError: there is no such sampler, or no level.
    """

    name: str
    levels: int

    def __post_init__(self) -> None:
        if self.name not in SAMPLERS:
            raise InputError(f"sampler: {shown(self.name)} is none of {', '.join(SAMPLERS)}")
        if self.levels < 1:
            raise InputError(f"noise levels: {self.levels}; give 1 or more")

    @property
    def evaluations(self) -> int:
        """Network evaluations of one picture."""
        return self.levels * (2 if self.name == PREDICTOR_CORRECTOR else 1)
