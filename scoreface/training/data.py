"""The images that a score model learns from."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
from pathlib import Path
from types import TracebackType
from typing import Protocol

import numpy as np
from PIL import Image

from scoreface.base.arrays import read_image
from scoreface.base.errors import InputError
from scoreface.base.files import read_json, write_json
from scoreface.demo import VIEWS_VERSION
from scoreface.demo.views import head_views
from scoreface.training.settings import Settings

_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}

# Views of one procedural head; degrees, beyond those that the pipelines inpaint.
VIEWS_PER_HEAD = 4
ELEVATION, AZIMUTH = 15.0, 50.0
# Marks the heads of the training, so that no other use of the same seed draws the same ones.
TRAINING_HEADS = 0x7EA1
# How many heads there are at the first step, and how many more with each step.
_FIRST_HEADS, _HEADS_A_STEP = 64, 1


class Data(Protocol):
    """Images (N, 3, S, S) uint8, of which the first ``available(step)`` may be drawn at a step."""

    @property
    def images(self) -> np.ndarray: ...

    def available(self, step: int) -> int:
        """How many images there are at a step, a function of the step alone; waits until they are there."""
        ...


class FolderImages:
    """All pictures in a folder and the folders below, scaled to a square.

    Args:
        folder: where they are.
        size: pixels along a side; a picture that is not square is cut to its centre.

    Raises:
        InputError: there is no picture, or one cannot be read.
    """

    def __init__(self, folder: Path, size: int):
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
        if not paths:
            raise InputError(f"{folder}: no pictures ({', '.join(sorted(_SUFFIXES))}) there")
        self.images = np.stack([_square(read_image(path), size) for path in paths])

    def available(self, step: int) -> int:
        """All of them, at every step."""
        return len(self.images)


def _square(pixels: np.ndarray, size: int) -> np.ndarray:
    """The centre square of (H, W, 3) uint8, scaled: (3, size, size)."""
    side = min(pixels.shape[:2])
    top, left = ((length - side) // 2 for length in pixels.shape[:2])
    square = Image.fromarray(pixels[top : top + side, left : left + side])
    scaled = square.resize((size, size), Image.Resampling.LANCZOS)
    return np.asarray(scaled).transpose(2, 0, 1)


class HeadImages:
    """Renders of procedural heads on black, made by other processes while the training runs.

    There are few heads at the first step and one more with each step, whether or not more are finished: what a step
    sees is the same on a fast and on a slow machine, and in a run that was cut. Renders are kept in ``folder``, so
    that a run that goes on does not make them again.

    Args:
        folder: where to keep them.
        settings: size, seed and number of heads.
        workers: processes that render.
    """

    def __init__(self, folder: Path, settings: Settings, workers: int):
        folder.mkdir(parents=True, exist_ok=True)
        shape = (settings.heads * VIEWS_PER_HEAD, 3, settings.size, settings.size)
        key = {"seed": settings.seed, "shape": shape, "version": VIEWS_VERSION}
        fresh = not (folder / "key.json").exists() or read_json(folder / "key.json") != _plain(key)
        mode = "w+" if fresh else "r+"
        self.images = np.lib.format.open_memmap(folder / "images.npy", mode, np.uint8, shape)
        self._done = np.lib.format.open_memmap(folder / "done.npy", mode, bool, (settings.heads,))
        if fresh:
            write_json(folder / "key.json", key)
        self._pool = concurrent.futures.ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn")
        )
        self._renders = {
            head: self._pool.submit(_render, folder, settings.size, settings.seed, head)
            for head in range(settings.heads)
            if not self._done[head]
        }
        self._heads = settings.heads

    def __enter__(self) -> HeadImages:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def available(self, step: int) -> int:
        """The views of the first heads, one head more with each step."""
        heads = min(self._heads, _FIRST_HEADS + step * _HEADS_A_STEP)
        for head in [head for head in self._renders if head < heads]:
            self._renders.pop(head).result()
        return heads * VIEWS_PER_HEAD


def _plain(key: dict) -> dict:
    """The key as JSON gives it back."""
    return {**key, "shape": list(key["shape"])}


def _render(folder: Path, size: int, seed: int, head: int) -> None:
    """Render one head's views into the file of all."""
    rng = np.random.default_rng(np.random.SeedSequence((seed, TRAINING_HEADS, head)))
    views = head_views(rng, size, VIEWS_PER_HEAD, ELEVATION, AZIMUTH)
    rows = slice(head * VIEWS_PER_HEAD, (head + 1) * VIEWS_PER_HEAD)
    images = np.lib.format.open_memmap(folder / "images.npy", "r+")
    images[rows] = (views * 255).round().astype(np.uint8)
    images.flush()
    done = np.lib.format.open_memmap(folder / "done.npy", "r+")
    done[head] = True
    done.flush()
