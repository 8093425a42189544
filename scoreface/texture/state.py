"""The state of a texture between two views: all that one inpainting job hands to the next."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from scoreface.base.arrays import NUMBERS, TEXT, WHOLE_NUMBERS, Array, read_npz, write_npz
from scoreface.base.errors import InputError

OUTSIDE, OBSERVED, GENERATED_1, GENERATED_2, COMPLETED = range(5)
# Inside the chart, and not filled yet: in states only, never in a finished texture.
UNFILLED = 255

LEGEND = {
    OUTSIDE: "outside the UV chart",
    OBSERVED: "observed in the photo",
    GENERATED_1: "generated in round 1",
    GENERATED_2: "generated in round 2",
    COMPLETED: "not seen by any view, filled from around",
}


def shares_of(labels: np.ndarray) -> dict[int, float]:
    """Share of the chart's texels for each label but ``OUTSIDE``, of (S, S) uint8; nothing without a chart."""
    counts = np.bincount(labels.ravel(), minlength=len(LEGEND))
    chart = counts.sum() - counts[OUTSIDE]
    found = (label for label in LEGEND if label != OUTSIDE)
    return {label: float(counts[label] / chart) for label in found} if chart else {}


_ARRAYS = {
    "texture": Array(NUMBERS, ("S", "S", 3)),
    "labels": Array(WHOLE_NUMBERS, ("S", "S")),
    "view": Array(WHOLE_NUMBERS, ("S", "S")),
    "further": Array(NUMBERS, ("K", "S", "S", 3)),
    "evaluations": Array(WHOLE_NUMBERS),
    "settings": Array(TEXT),
}


@dataclass(frozen=True)
class TextureState:
    """A texture on its way from the photo to completeness.

    Attributes:
        texture: (S, S, 3) float16 in [0, 1]; 0 where not filled.
        labels: (S, S) uint8, ``OUTSIDE`` to ``GENERATED_2`` or ``UNFILLED``.
        view: (S, S) int16 index in the order of views of the one that filled a texel, -1 for none.
        further: (K, S, S, 3) float16, K more completions of the same texels.
        evaluations: network evaluations spent on the last view.
        settings: everything that made the state, its history's hash included.
    """

    texture: np.ndarray
    labels: np.ndarray
    view: np.ndarray
    further: np.ndarray
    evaluations: int
    settings: dict[str, Any]

    @classmethod
    def from_photo(
        cls, texture: np.ndarray, known: np.ndarray, chart: np.ndarray, samples: int = 1
    ) -> TextureState:
        """The state before the first view.

        Args:
            texture: (S, S, 3), 0..255.
            known: (S, S) bool, the texels observed in the photo.
            chart: (S, S) bool.
            samples: completions that the state is to hold.
        """
        observed = known & chart
        labels = np.where(observed, OBSERVED, np.where(chart, UNFILLED, OUTSIDE)).astype(np.uint8)
        colours = np.where(observed[..., None], texture / 255.0, 0).astype(np.float16)
        further = np.repeat(colours[None], samples - 1, axis=0)
        return cls(colours, labels, np.full(labels.shape, -1, np.int16), further, 0, {})

    @property
    def textures(self) -> np.ndarray:
        """(1 + K, S, S, 3) float16, all completions."""
        return np.concatenate([self.texture[None], self.further])

    @property
    def unfilled(self) -> np.ndarray:
        """(S, S) bool, the chart's texels that nothing has filled."""
        return self.labels == UNFILLED

    @property
    def filled(self) -> np.ndarray:
        """(S, S) bool, the texels that the photo or a view has filled."""
        return (self.labels != UNFILLED) & (self.labels != OUTSIDE)

    def fill(self, colours: np.ndarray, texels: np.ndarray, label: int, view: int) -> TextureState:
        """A new state in which some texels have been filled.

        Args:
            colours: (S, S, 3) in [0, 1], or (1 + K, S, S, 3) for each completion its own.
            texels: (S, S) bool, those that take them.
            label, view: of these texels.
        """
        textures = np.where(texels[..., None], colours, self.textures).astype(np.float16)
        return replace(
            self,
            texture=textures[0],
            labels=np.where(texels, label, self.labels).astype(np.uint8),
            view=np.where(texels, view, self.view).astype(np.int16),
            further=textures[1:],
        )

    def evaluated(self, evaluations: int) -> TextureState:
        """The same state with another number of network evaluations."""
        return replace(self, evaluations=evaluations)

    def save(self, path: Path) -> None:
        """Write the state atomically."""
        write_npz(
            path,
            texture=self.texture,
            labels=self.labels,
            view=self.view,
            further=self.further,
            evaluations=self.evaluations,
            settings=json.dumps(self.settings),
        )

    @classmethod
    def load(cls, path: Path) -> TextureState:
        """Read a state.

        Raises:
            InputError: the file is missing, damaged or no state.
        """
        found = read_npz(path, _ARRAYS, "texture state")
        labels = found["labels"]
        if not np.isin(labels, [*range(COMPLETED), UNFILLED]).all():
            raise InputError(
                f"{path}: no readable texture state (labels that no state has); delete it and run again"
            )
        try:
            settings = json.loads(str(found["settings"]))
        except ValueError as error:
            raise InputError(
                f"{path}: no readable texture state ({error}); delete it and run again"
            ) from error
        return cls(
            found["texture"].astype(np.float16, copy=False),
            labels.astype(np.uint8, copy=False),
            found["view"].astype(np.int16, copy=False),
            found["further"].astype(np.float16, copy=False),
            int(found["evaluations"]),
            settings,
        )
