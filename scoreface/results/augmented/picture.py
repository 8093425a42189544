"""One picture of the complete head, and beside it how much of each pixel the photo has shown."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from scoreface.base.arrays import read_image, read_labels
from scoreface.base.errors import InputError
from scoreface.results.augmented.relight import Lamp, OwnLight
from scoreface.results.display import Snapshot, lookup, reduced
from scoreface.texture.chart import padded
from scoreface.texture.state import OBSERVED, OUTSIDE


class Taken(NamedTuple):
    """A picture of S pixels a side.

    Attributes:
        picture: (S, S, 3) uint8.
        confidence: (S, S) uint8, 255 times the share of the pixel that is head and was observed in the photo; what is
            no head is 0.
        share: of the head's part of the picture that was observed.
    """

    picture: np.ndarray
    confidence: np.ndarray
    share: float

    def averaged_with_its_mirror(self) -> Taken:
        """The mean of the picture and its mirror image, and that of what is observed of either."""
        means = ((a + a[:, ::-1]) / 2 for a in (self.picture.astype(np.float32), self._observed))
        picture, observed = (np.rint(mean).astype(np.uint8) for mean in means)
        return Taken(picture, observed, self.share)

    @property
    def _observed(self) -> np.ndarray:
        return self.confidence.astype(np.float32)


def load_evidence(texture: Path, provenance: Path) -> np.ndarray:
    """The complete texture and where it was observed: (S, S, 4) uint8, colours, and 255 or 0, padded beyond the chart.

    Raises:
        InputError: a file is missing or damaged, or they differ in size.
    """
    colours, labels = read_image(texture), read_labels(provenance)
    if len({*colours.shape[:2], *labels.shape}) != 1:
        raise InputError(
            f"{provenance}: {labels.shape[1]} x {labels.shape[0]} texels, where {texture} has "
            f"{colours.shape[1]} x {colours.shape[0]}; both must be square and of one size"
        )
    observed = np.where(labels == OBSERVED, 255, 0).astype(np.uint8)
    layers = np.concatenate([colours, observed[..., None]], 2)
    return padded(layers, labels != OUTSIDE)


def take(
    snapshot: Snapshot,
    evidence: np.ndarray,
    background: np.ndarray,
    own: OwnLight | None = None,
    lamp: Lamp | None = None,
) -> Taken:
    """The picture of what a camera sees.

    Args:
        snapshot: what it sees of the head.
        evidence: (T, T, 4) from :func:`load_evidence`.
        background: (S, S, 3) uint8, behind the head.
        own, lamp: the light on the texture, and that of the picture; without, it stays as it is.
    """
    samples = lookup(reduced(evidence, len(snapshot.inside)), snapshot.uv)
    if own is not None and lamp is not None:
        samples[:, :3] = own.replaced(snapshot, samples[:, :3], lamp)
    head = np.full((len(samples), 1), 255, np.float32)
    layers = snapshot.averaged(np.concatenate([samples, head], 1), 0)
    colours, observed, covered = layers[..., :3], layers[..., 3], layers[..., 4]
    picture = colours + (1 - covered[..., None] / 255) * background
    return Taken(
        np.rint(picture).clip(0, 255).astype(np.uint8),
        np.rint(observed).clip(0, 255).astype(np.uint8),
        float(observed.sum() / max(covered.sum(), 1.0)),
    )
