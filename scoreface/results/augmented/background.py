"""What stands behind the head."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from scoreface.base.arrays import read_image
from scoreface.base.errors import InputError
from scoreface.results.augmented.settings import BLACK, PHOTO, AugmentSettings

_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"}
# Of a photo: the deviation of the blur, as a share of the picture's side.
_BLUR = 1 / 12
# Of a folder's picture a square is cut out, of at least this share of its shorter side.
_LEAST_CUT = 0.5


class Background(NamedTuple):
    """A picture (size, size, 3) uint8, and where it comes from, for the record."""

    pixels: np.ndarray
    name: str


@dataclass(frozen=True)
class Backgrounds:
    """The backgrounds of a face's pictures.

    Attributes:
        kind: see :class:`AugmentSettings`.
        plain: (size, size, 3) uint8, the one of all pictures where they do not come from a folder.
        paths: the folder's pictures, by name.
    """

    kind: str
    plain: np.ndarray
    paths: tuple[Path, ...]

    @classmethod
    def of(cls, settings: AugmentSettings, photo: Path, size: int) -> Backgrounds:
        """Those that the settings ask for.

        Args:
            settings: of the pictures.
            photo: of the face.
            size: pixels along a side.

        Raises:
            InputError: the photo, or the folder, is missing or damaged, or there is no picture in the folder.
        """
        plain = np.zeros((size, size, 3), np.uint8)
        paths: tuple[Path, ...] = ()
        if settings.background == PHOTO:
            plain = _blurred(read_image(photo), size)
        elif settings.background != BLACK:
            paths = _pictures(Path(settings.backgrounds))
        return cls(settings.background, plain, paths)

    def draw(self, rng: np.random.Generator) -> Background:
        """The background of one picture.

        Raises:
            InputError: the folder's picture that is drawn cannot be read.
        """
        if not self.paths:
            return Background(self.plain, self.kind)
        path = self.paths[rng.integers(len(self.paths))]
        return Background(_cut_out(read_image(path), len(self.plain), rng), path.name)


def _pictures(folder: Path) -> tuple[Path, ...]:
    try:
        paths = tuple(sorted(p for p in folder.iterdir() if p.suffix.lower() in _SUFFIXES))
    except OSError as error:
        raise InputError(
            f"augment.backgrounds: {folder}: no readable folder ({error.strerror})"
        ) from error
    if not paths:
        raise InputError(f"augment.backgrounds: {folder}: no pictures in it")
    return paths


def _blurred(photo: np.ndarray, size: int) -> np.ndarray:
    """The middle of a photo (H, W, 3), out of focus."""
    square = ImageOps.fit(Image.fromarray(photo), (size, size), Image.Resampling.BOX)
    return np.array(square.filter(ImageFilter.GaussianBlur(_BLUR * size)))


def _cut_out(picture: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """A random square of a picture (H, W, 3), one way round or the other."""
    height, width = picture.shape[:2]
    side = min(height, width) * rng.uniform(_LEAST_CUT, 1)
    left, top = rng.uniform(0, width - side), rng.uniform(0, height - side)
    box = (left, top, left + side, top + side)
    square = Image.fromarray(picture).resize((size, size), Image.Resampling.BILINEAR, box)
    return np.array(square)[:, :: rng.choice([-1, 1])]
