"""Faces with small pictures, as stage augment leaves them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scoreface.base.arrays import write_image
from scoreface.results.augmented.record import Record, Shown, write_record
from scoreface.results.dataset.rows import Face, labelled


def write_face(folder: Path, id: str, views: int, seed: int = 0) -> None:
    """Write the pictures of a face: each of a colour of its own."""
    shown = []
    for number in range(views):
        one = Shown(number, 10.0 * number, -1.0, 0.5, 0.25 * (number % 4), None, "black")
        colour = np.random.default_rng((seed, number, *id.encode())).integers(0, 256, 3)
        pixels = np.broadcast_to(colour, (4, 4, 3)).astype(np.uint8)
        folder.mkdir(parents=True, exist_ok=True)
        write_image(folder / one.picture, pixels)
        write_image(folder / one.confidence, np.full((4, 4), 64 * (number % 4), np.uint8))
        shown.append(one)
    write_record(folder, Record(id, 3, f"texture of {id}", 4, {"seed": seed}, shown))


@pytest.fixture
def make_faces(tmp_path) -> Callable[..., list[Face]]:
    """Make faces below ``results``; ids may have an identity behind a colon."""

    def make(*names: str, views: int = 3) -> list[Face]:
        pairs = [(name.partition(":")[0], name.partition(":")[2] or name) for name in names]
        faces = list(labelled(pairs, tmp_path / "results"))
        for face in faces:
            if not face.folder.exists():
                write_face(face.folder, face.id, views)
        return faces

    return make
