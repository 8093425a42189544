"""The user's own label pictures, one a face, made by hand or by another program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from scoreface.base.arrays import read_image, read_labels
from scoreface.base.errors import InputError
from scoreface.base.files import sha256_of
from scoreface.parse.engines import Given, LabelsSettings, Parsed, Source
from scoreface.parse.labels import LEGEND, NAMES, UNKNOWN

_COLOUR, _VALUE = re.compile(r"#[0-9a-fA-F]{6}"), re.compile(r"[0-9]{1,3}")


class LabelPictures:
    """Reads what each pixel is from a picture.

    Raises:
        InputError: the palette file is missing or unsound.
    """

    def __init__(self, settings: LabelsSettings, given: Given) -> None:
        self._path = Path(settings.pictures.replace("{id}", given.id))
        self._palette: Mapping[int, int] = {label: label for label in LEGEND}
        self._by_colour = False
        if settings.palette:
            self._palette, self._by_colour = read_palette_file(Path(settings.palette))

    def parse(self, photo: np.ndarray, landmarks: np.ndarray | None) -> Parsed:
        """See :meth:`scoreface.parse.engines.Parser.parse`."""
        if self._by_colour:
            red, green, blue = read_image(self._path).astype(np.int64).transpose(2, 0, 1)
            values = red << 16 | green << 8 | blue
        else:
            values = read_labels(self._path).astype(np.int64)
        if values.shape != photo.shape[:2]:
            raise InputError(
                f"{self._path}: has {values.shape[1]} x {values.shape[0]} pixels, but the photo has {photo.shape[1]} x "
                f"{photo.shape[0]}; they have to lie on each other, pixel for pixel"
            )
        labels = np.zeros(values.shape, np.uint8)
        for value in np.unique(values):
            if int(value) not in self._palette:
                shown = f"#{value:06x}" if self._by_colour else str(value)
                raise InputError(
                    f"{self._path}: has pixels of {shown}, which parse.labels.palette does not name; name it there"
                )
            labels[values == value] = self._palette[int(value)]
        return Parsed(labels, np.where(labels == UNKNOWN, 0, 255).astype(np.uint8))

    def source(self) -> Source:
        """See :meth:`scoreface.parse.engines.Parser.source`."""
        return Source(str(self._path), sha256_of(self._path))


def read_palette_file(path: Path) -> tuple[dict[int, int], bool]:
    """What pictures' values mean: lines of a value or a colour ``#rrggbb``, and a label's name.

    Args:
        path: the file; empty lines and those that begin with ``//`` are passed over.

    Returns:
        the label of each value, or of each colour as one number, and whether they are colours.

    Raises:
        InputError: the file is missing, or a line is something else.
    """
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"parse.labels.palette: {path} cannot be read ({error})") from error
    by_name = {name: label for label, name in NAMES.items()}
    found: dict[int, int] = {}
    kinds = set()
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.strip().startswith("//"):
            continue
        words = line.replace(",", " ").split()
        place = f"parse.labels.palette: {path}, line {number}"
        if len(words) != 2 or words[1].lower() not in by_name:
            raise InputError(
                f"{place}: is no value or colour #rrggbb with one of the names {', '.join(by_name)}"
            )
        colour = bool(_COLOUR.fullmatch(words[0]))
        if not colour and not (_VALUE.fullmatch(words[0]) and int(words[0]) < 256):
            raise InputError(
                f"{place}: {words[0]!r} is no value from 0 to 255, and no colour #rrggbb"
            )
        kinds.add(colour)
        value = int(words[0][1:], 16) if colour else int(words[0])
        if value in found:
            raise InputError(f"{place}: names {words[0]} a second time")
        found[value] = by_name[words[1].lower()]
    if len(kinds) != 1:
        raise InputError(f"parse.labels.palette: {path} has to have either values or colours")
    return found, kinds.pop()
