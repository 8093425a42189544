"""The images that a score model learns from."""

from __future__ import annotations

import concurrent.futures
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

import numpy as np
from PIL import Image

from scoreface.base.errors import InputError, PhotoError
from scoreface.base.photo import MOST_PIXELS, UnreadableError, decode, load_photo, open_photo
from scoreface.training.settings import Settings

_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}

# Steps whose pictures are read before their turn comes.
_AHEAD = 4
# Pictures, and bytes of them, from which the statistics of a folder are taken at most.
_SAMPLE, _SAMPLE_BYTES = 2000, 1 << 27
# Files whose beginnings are looked at together, and wrong ones that a message names.
_AT_ONCE, _SHOWN = 500, 5


class Batch(NamedTuple):
    """What one step sees.

    Attributes:
        images: (B, 3, S, S) uint8.
        mirrored: (B,) bool, which of them are to be mirrored.
        noise_seed: of the step's noise and noise levels.
    """

    images: np.ndarray
    mirrored: np.ndarray
    noise_seed: int


class Data(Protocol):
    """Images to learn from."""

    @property
    def contents(self) -> str:
        """What changes where the images, or their order, are others."""
        ...

    def sample(self) -> np.ndarray:
        """Some of the images (N, 3, S, S) uint8, to take statistics from."""
        ...

    def batch(self, step: int) -> Batch:
        """What a step sees, a function of the settings and the step alone."""
        ...


class Draw(NamedTuple):
    """All that is random in a step: which images (B,) int64, which of them mirrored (B,) bool, and a seed."""

    chosen: np.ndarray
    mirrored: np.ndarray
    noise_seed: int

    @classmethod
    def of(cls, settings: Settings, step: int, available: int) -> Draw:
        """That of a step at which there are ``available`` images."""
        rng = np.random.default_rng(np.random.SeedSequence((settings.seed, step)))
        chosen = rng.integers(available, size=settings.batch)
        return cls(chosen, rng.random(settings.batch) < 0.5, int(rng.integers(2**63)))

    def batch(self, images: np.ndarray) -> Batch:
        """With the chosen ``images`` (B, 3, S, S)."""
        return Batch(images, self.mirrored, self.noise_seed)


class Pooled:
    """Data that is made by a pool of workers, which ends with the block."""

    _pool: concurrent.futures.Executor

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)


class FolderImages(Pooled):
    """All pictures in a folder and the folders below, scaled to a square; one that is not square is cut to its centre.

    They are read when they are needed, some steps ahead, by threads: decoding and scaling are Pillow's own code, which
    runs beside Python. In memory are the pictures of a few steps, at their final size, and one a thread as it is.

    Args:
        settings: with the folder as ``data``, size, batch and seed.
        workers: threads that read.

    Raises:
        InputError: there is no picture, or files are none; what is damaged further in shows when its turn comes.
    """

    def __init__(self, settings: Settings, workers: int):
        folder = Path(settings.data)
        paths = picture_files(folder)
        if not paths:
            raise InputError(f"{folder}: no pictures ({', '.join(sorted(_SUFFIXES))}) there")
        names = "".join(f"{path.relative_to(folder).as_posix()}\n" for path in paths)
        self.contents = f"{len(paths)} pictures, {hashlib.sha256(names.encode()).hexdigest()[:16]}"
        # As text they take a tenth of the memory.
        self._settings, self._paths = settings, [str(path) for path in paths]
        _check_headers(self._paths, workers)
        self._pool = concurrent.futures.ThreadPoolExecutor(workers)
        self._begun: dict[int, tuple[Draw, Iterator[np.ndarray]]] = {}

    def sample(self) -> np.ndarray:
        """See :meth:`Data.sample`: spread evenly over the folder, and all of them where they are few.

        Raises:
            InputError: one is damaged.
        """
        size = self._settings.size
        count = min(len(self._paths), _SAMPLE, max(2, _SAMPLE_BYTES // (3 * size**2)))
        images = np.empty((count, 3, size, size), np.uint8)
        chosen = np.linspace(0, len(self._paths) - 1, count).round().astype(int)
        for place, image in enumerate(self._read(chosen)):
            images[place] = image
        return images

    def batch(self, step: int) -> Batch:
        """See :meth:`Data.batch`; has the pictures of the steps to come read meanwhile.

        Raises:
            InputError: one of the step's pictures is damaged.
        """
        for later in range(step, step + 1 + _AHEAD):
            if later not in self._begun:
                draw = Draw.of(self._settings, later, len(self._paths))
                self._begun[later] = draw, self._read(draw.chosen)
        draw, images = self._begun.pop(step)
        return draw.batch(np.stack(list(images)))

    def _read(self, chosen: np.ndarray) -> Iterator[np.ndarray]:
        """Pictures by their indices, read by the threads from now on."""
        return self._pool.map(self._read_one, chosen)

    def _read_one(self, index: int) -> np.ndarray:
        path = self._paths[index]
        try:
            photo = load_photo(path, MOST_PIXELS)
        except (PhotoError, OSError) as error:
            raise InputError(
                f"{path}: cannot be read as a picture ({error}); put a whole one of the same name in its place, and "
                "give the same command: it goes on from the last checkpoint"
            ) from error
        return _square(Image.fromarray(photo), self._settings.size)


def picture_files(folder: Path) -> list[Path]:
    """The files in a folder and the folders below that are called as pictures are, in their order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)


def _check_headers(paths: Sequence[str], workers: int) -> None:
    """Make sure that all files begin as pictures do, which takes a fraction of decoding them.

    Raises:
        InputError: some do not; the message names them.
    """
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        # Some at a time: what waits in a pool takes kilobytes.
        for start in range(0, len(paths), _AT_ONCE):
            part = paths[start : start + _AT_ONCE]
            found = zip(part, pool.map(_is_picture, part), strict=True)
            wrong += [path for path, is_one in found if not is_one]
    if wrong:
        shown = ", ".join(wrong[:_SHOWN])
        rest = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise InputError(f"{shown}{rest}: cannot be read as pictures; take them out of the folder")


def _is_picture(path: str) -> bool:
    try:
        with open_photo(path) as handle:
            return decode(handle, MOST_PIXELS, lambda picture: True)
    except (PhotoError, UnreadableError, OSError):
        return False


def _square(picture: Image.Image, size: int) -> np.ndarray:
    """The centre square of a picture, scaled: (3, size, size) uint8."""
    side = min(picture.size)
    left, top = ((length - side) // 2 for length in picture.size)
    square = picture.crop((left, top, left + side, top + side))
    scaled = square.resize((size, size), Image.Resampling.LANCZOS)
    return np.asarray(scaled).transpose(2, 0, 1)
