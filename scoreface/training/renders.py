"""Views of procedural heads to learn from: rendered once, by other processes, and kept in memory-mapped files."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
from pathlib import Path

import numpy as np

from scoreface.demo import VIEWS_VERSION
from scoreface.demo.scenery.backgrounds import draw_background, sample_kind
from scoreface.demo.scenery.strokes import Subject
from scoreface.demo.views import head_views
from scoreface.training.data import Batch, Draw, Pooled
from scoreface.training.settings import BACKGROUNDS, Settings

# Views of one procedural head: painting it takes as long as half a dozen of them. Degrees, beyond those that the
# pipelines inpaint.
VIEWS_PER_HEAD = 6
ELEVATION, AZIMUTH = 20.0, 75.0
# Marks the heads of the training, so that no other use of the same seed draws the same ones.
TRAINING_HEADS = 0x7EA1
# Heads whose views lie in one file.
SHARD = 250
# How many heads there are at the first step, and how many more with each step.
_FIRST_HEADS, _HEADS_A_STEP = 64, 1


class HeadImages(Pooled):
    """Renders of procedural heads, made by other processes while the training runs.

    There are few heads at the first step and one more with each step, whether or not more are finished: what a step
    sees is the same on a fast and on a slow machine, and in a run that was cut. Renders are kept, so that neither a run
    that goes on nor another one makes them again.

    Args:
        folder: where to keep them, each kind in a folder of its own.
        settings: size, batch, seed, number of heads and what they stand before.
        workers: processes that render.
    """

    # The settings say it all.
    contents = "heads"

    def __init__(self, folder: Path, settings: Settings, workers: int):
        self._settings = settings
        place = folder / _kind(settings)
        place.mkdir(parents=True, exist_ok=True)
        firsts = range(0, settings.heads, SHARD)
        self._shards = [_Shard(place, number, settings.size) for number in range(len(firsts))]
        self._pool = concurrent.futures.ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn")
        )
        self._renders = {
            head: self._pool.submit(_render, place, settings, head)
            for head in range(settings.heads)
            if not self._shards[head // SHARD].done[head % SHARD]
        }

    def sample(self) -> np.ndarray:
        """See :meth:`scoreface.training.data.Data.sample`: those of the first step."""
        return self.views(np.arange(self.available(0)))

    def batch(self, step: int) -> Batch:
        """See :meth:`scoreface.training.data.Data.batch`; waits until the heads are there of which one may be drawn."""
        draw = Draw.of(self._settings, step, self.available(step))
        return draw.batch(self.views(draw.chosen))

    def available(self, step: int) -> int:
        """How many views may be drawn at a step: those of the first heads, one head more with each step."""
        heads = min(self._settings.heads, _FIRST_HEADS + step * _HEADS_A_STEP)
        for head in [head for head in self._renders if head < heads]:
            self._renders.pop(head).result()
        return heads * VIEWS_PER_HEAD

    def views(self, chosen: np.ndarray) -> np.ndarray:
        """Views (B, 3, S, S) uint8 by their numbers (B,), of heads that are there."""
        places = (divmod(int(number), SHARD * VIEWS_PER_HEAD) for number in chosen)
        return np.stack([self._shards[shard].images[row] for shard, row in places])


class _Shard:
    """The views of some heads as files.

    Attributes:
        images: (SHARD * VIEWS_PER_HEAD, 3, S, S) uint8.
        done: (SHARD,) bool, the heads whose views are there.
    """

    def __init__(self, place: Path, number: int, size: int):
        shapes = {
            "images": (np.uint8, (SHARD * VIEWS_PER_HEAD, 3, size, size)),
            "done": (bool, (SHARD,)),
        }
        maps = {}
        for name, (kind, shape) in shapes.items():
            path = place / f"{name}_{number:04d}.npy"
            mode = "r+" if path.exists() else "w+"
            maps[name] = np.lib.format.open_memmap(path, mode, kind, shape)
        self.images, self.done = maps["images"], maps["done"]

    def keep(self, row: int, views: np.ndarray) -> None:
        """Write the views (VIEWS_PER_HEAD, 3, S, S) of a head, and then that they are there."""
        self.images[row * VIEWS_PER_HEAD : (row + 1) * VIEWS_PER_HEAD] = views
        self.images.flush()
        self.done[row] = True
        self.done.flush()


def render_head(settings: Settings, head: int) -> np.ndarray:
    """The views (VIEWS_PER_HEAD, 3, S, S) uint8 of a head by its number, a function of seed, size and background."""
    rng = np.random.default_rng(np.random.SeedSequence((settings.seed, TRAINING_HEADS, head)))
    views = head_views(rng, settings.size, VIEWS_PER_HEAD, ELEVATION, AZIMUTH)
    if settings.background != BACKGROUNDS[0]:
        # Drawn last, so that heads, light and directions are those before black.
        for view in views:
            around = (view == 0).all(0)
            view[:, around] = _background(view[:, ~around].mean(1), settings.size, rng)[:, around]
    return (views * 255).round().astype(np.uint8)


def _background(colour: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """A background (3, S, S) of a photo, behind a head of the mean colour (3,)."""
    subject = Subject(colour, colour, float(rng.uniform(-1.0, 1.0)))
    return draw_background(sample_kind(rng), size, subject, rng).transpose(2, 0, 1)


def _render(place: Path, settings: Settings, head: int) -> None:
    """Render one head's views into their file."""
    number, row = divmod(head, SHARD)
    _Shard(place, number, settings.size).keep(row, render_head(settings, head))


def _kind(settings: Settings) -> str:
    """A name that says all that a view depends on beside the number of its head."""
    views = f"{VIEWS_PER_HEAD}views{ELEVATION:g}x{AZIMUTH:g}"
    return f"v{VIEWS_VERSION}_{views}_{settings.size}px_{settings.background}_seed{settings.seed}"
