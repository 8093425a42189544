"""Where the pictures of a list lie, and their pixels."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scoreface.base.errors import InputError, PhotoError
from scoreface.base.files import is_there
from scoreface.base.photo import MOST_PIXELS, UnreadableError, decode, load_photo
from scoreface.config.ids import fit_id
from scoreface.verify.pairs import Box, Sample

#: Endings that the same picture may have in another folder.
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
#: What a run of the workflow leaves of each photo.
FRONTAL = "frontal.png"
REJECTED = "the run that made the folder has rejected it"
# Of a box's width and height, to each side: a detector needs to see what is around a face.
_MARGIN = 0.5


@dataclass(frozen=True)
class Found:
    """A sample's picture.

    Attributes:
        sample: of the list.
        path: of its file; None where the list holds it, or there is none.
        reason: why there is none; empty where there is.
    """

    sample: Sample
    path: Path | None
    reason: str = ""

    def stamp(self) -> str:
        """What changes when the picture does: for what is kept of it."""
        if self.path is None:
            return hashlib.sha256(self.sample.encoded or b"").hexdigest()
        state = self.path.stat()
        return f"{self.path.resolve()}|{self.sample.box}|{state.st_size}|{state.st_mtime_ns}"

    def pixels(self) -> np.ndarray:
        """The picture (H, W, 3) uint8 RGB, upright, cut out around the box where there is one.

        Raises:
            PhotoError: it cannot be read.
        """
        if self.path is not None:
            return _cut(load_photo(str(self.path), MOST_PIXELS), self.sample.box)
        with tempfile.TemporaryFile() as handle:
            handle.write(self.sample.encoded or b"")
            handle.seek(0)
            try:
                return decode(handle, MOST_PIXELS, lambda picture: np.array(picture.convert("RGB")))
            except UnreadableError as error:
                raise PhotoError(f"{self.sample.place} cannot be read: {error}") from error


def find_all(samples: Sequence[Sample], folder: Path) -> list[Found]:
    """The pictures of a list's samples below a folder.

    It has the names that the list has, perhaps with another ending, or is the results of a run of the workflow over
    these photos: then ``ID/frontal.png`` stands for each.

    Raises:
        InputError: a picture is missing, or one stands for two samples.
    """
    if all(sample.encoded is not None for sample in samples):
        return [Found(sample, None) for sample in samples]
    found = [_find(sample, folder) for sample in samples]
    taken: dict[tuple[Path, Box | None], Sample] = {}
    for one in found:
        if one.path is None:
            continue
        other = taken.setdefault((one.path, one.sample.box), one.sample)
        if other is not one.sample:
            raise InputError(
                f"{one.path} would stand for {other.name} and {one.sample.name}; give the pictures the list's own names"
            )
    return found


def _find(sample: Sample, folder: Path) -> Found:
    name = sample.name.rpartition("@")[0] if sample.box is not None else sample.name
    path = folder / name
    for candidate in (path, *(path.with_suffix(suffix) for suffix in SUFFIXES)):
        if is_there(candidate):
            return Found(sample, candidate)
    result = folder / fit_id(path.stem)
    if is_there(result / FRONTAL):
        return Found(sample, result / FRONTAL)
    if result.is_dir():
        return Found(sample, None, REJECTED)
    raise InputError(f"{sample.place}: no picture {path}; say with --images where the pictures lie")


def _cut(photo: np.ndarray, box: Box | None) -> np.ndarray:
    if box is None:
        return photo
    left, top, width, height = box
    rows, columns = (
        slice(max(0, round(start - _MARGIN * size)), max(0, round(start + (1 + _MARGIN) * size)))
        for start, size in ((top, height), (left, width))
    )
    part = photo[rows, columns]
    if not part.size:
        raise PhotoError(
            f"the face's box lies outside its picture of {photo.shape[1]} x {photo.shape[0]} pixels"
        )
    return np.ascontiguousarray(part)
