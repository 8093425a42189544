"""What is known of each texel besides its colour: what the photo shows there, and which part of the head it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scoreface.base import regions
from scoreface.base.arrays import read_labels, write_labels
from scoreface.base.errors import InputError
from scoreface.parse import labels

# Of the regions from 0 on, for people.
_REGION_COLOURS = [
    (0, 0, 0),
    (240, 190, 160),
    (250, 230, 120),
    (120, 70, 40),
    (250, 120, 160),
    (110, 160, 210),
]


class Carried(NamedTuple):
    """What is known of the texels.

    Attributes:
        labels: (S, S) uint8, the parse's label where the photo shows the texel, ``UNKNOWN`` elsewhere; see
            :mod:`scoreface.parse.labels`.
        regions: (S, S) uint8, the part of the head, ``UNKNOWN`` outside the chart; see :mod:`scoreface.base.regions`.
    """

    labels: np.ndarray
    regions: np.ndarray


def nothing(size: int) -> Carried:
    """What is known where nothing is, of a texture of ``size``."""
    return Carried(np.zeros((size, size), np.uint8), np.zeros((size, size), np.uint8))


def write_carried(carried: Carried, labels_path: Path, regions_path: Path) -> None:
    """Write the two as pictures, their legends in the metadata."""
    write_labels(labels_path, carried.labels, labels.LEGEND, labels.COLOURS)
    write_labels(regions_path, carried.regions, regions.LEGEND, _REGION_COLOURS)


def read_carried(labels_path: Path, regions_path: Path, size: int) -> Carried:
    """Read the two pictures of a texture of ``size``.

    Raises:
        InputError: one is missing or damaged, or no such picture.
    """
    found = _read(labels_path, size, labels.LEGEND)
    return Carried(found, _read(regions_path, size, regions.LEGEND))


def _read(path: Path, size: int, legend: Mapping[int, str]) -> np.ndarray:
    values = read_labels(path)
    if values.shape != (size, size) or not np.isin(values, list(legend)).all():
        raise InputError(
            f"{path}: not of {size} x {size} texels, or with values that no stage writes; delete it and run again"
        )
    return values
