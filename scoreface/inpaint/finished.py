"""The finished views of a face, kept out of Snakemake's reach: a job that starts again takes up behind them."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scoreface.base.arrays import write_image
from scoreface.base.errors import InputError
from scoreface.base.files import atomic, link_or_copy
from scoreface.texture.state import TextureState


@dataclass(frozen=True)
class FinishedViews:
    """A folder of states with their previews, each under a hash of everything that it was made from.

    Attributes:
        folder: ``.finished``, beside the folders of the rounds.
        round: of the walk.
    """

    folder: Path
    round: int

    def path(self, index: int, key: str) -> Path:
        """Where the state after view ``index`` is kept."""
        return self.folder / f"round{self.round}-view{index:03d}-{key[:16]}.npz"

    def checkpoint(self, index: int, key: str) -> Path:
        """Where view ``index``, and those that are sampled together with it, may keep how far they are."""
        return self.folder / f"round{self.round}-sampling{index:03d}-{key}.npz"

    def load(self, index: int, key: str) -> TextureState | None:
        """The state of an earlier try, if it is whole and made from the same things."""
        path = self.path(index, key)
        if not path.exists() or not preview_of(path).exists():
            return None
        try:
            state = TextureState.load(path)
        except InputError as error:
            print(f"{error}; computing it again", file=sys.stderr)
            return None
        return state if state.settings.get("key") == key else None

    def keep(self, index: int, state: TextureState, preview: np.ndarray) -> None:
        """Write a state and its preview (H, W, 3) uint8."""
        path = self.path(index, state.settings["key"])
        # The state last: where it is there, all is.
        write_image(preview_of(path), preview)
        state.save(path)

    def give_out(self, index: int, key: str, output: Path) -> None:
        """Put a kept state at ``output``, and its preview beside it."""
        path = self.path(index, key)
        for source, target in ((path, output), (preview_of(path), preview_of(output))):
            with atomic(target) as temporary:
                link_or_copy(source, temporary)
                _renew(source, temporary)

    def remove(self) -> None:
        """Remove the views of all rounds; what was given out stays."""
        try:
            shutil.rmtree(self.folder)
        except OSError as error:  # nothing that a finished job should fail for
            print(f"{self.folder}: cannot be removed ({error})", file=sys.stderr)


def preview_of(state: Path) -> Path:
    """The picture that goes with a state's file."""
    return state.with_suffix(".png")


def _renew(source: Path, target: Path) -> None:
    """Make a file as new as what a job makes: Snakemake runs a job again whose outputs are older than its inputs.

    Another user's file may have been linked whose time may not be set; then a copy takes its place.
    """
    try:
        os.utime(target)
    except OSError:
        # Copied onto a second name, the file would be emptied before it is read.
        target.unlink()
        shutil.copyfile(source, target)
