"""Where a long sampling stands, kept so that a job that is killed loses a minute of it and not hours."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from scoreface.base.arrays import NUMBERS, WHOLE_NUMBERS, Array, read_npz
from scoreface.base.errors import InputError
from scoreface.base.files import atomic

_ARRAYS = {
    "levels": Array(WHOLE_NUMBERS),
    "shape": Array(WHOLE_NUMBERS, ("A",)),
    "values": Array(NUMBERS, ("V",)),
    "generators": Array(WHOLE_NUMBERS, ("G", "B")),
}
# Least time between two checkpoints, in seconds: each waits for the GPU and writes the state.
INTERVAL = 60.0


@dataclass
class Checkpoint:
    """The noise levels that are done, the state, and the sources of noise, in one file.

    A :class:`scoreface.score.samplers.Keeper`.

    Attributes:
        path: the file; its name holds a hash of everything that the sampling depends on.
        written: when it was written last, by the monotonic clock.
    """

    path: Path
    written: float = field(default_factory=time.monotonic)

    def load(
        self, generators: Sequence[torch.Generator], device: torch.device
    ) -> tuple[int, torch.Tensor] | None:
        """The levels done and the state (B, ...) on ``device``, with the ``generators`` set to where they were.

        None where there is no checkpoint, or a damaged one.
        """
        if not self.path.exists():
            return None
        try:
            found = read_npz(self.path, _ARRAYS, "checkpoint", "sampling anew")
            states = [torch.from_numpy(state) for state in found["generators"].astype(np.uint8)]
            for _, state in zip(generators, states, strict=True):
                # A try, so that none is set where another cannot be.
                torch.Generator().set_state(state)
            values = torch.from_numpy(found["values"].reshape(found["shape"]))
        except (InputError, RuntimeError, ValueError) as error:
            if not isinstance(error, InputError):
                error = InputError(f"{self.path}: no readable checkpoint ({error}); sampling anew")
            print(error, file=sys.stderr)
            return None
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)
        return int(found["levels"]), values.to(device)

    def keep(
        self,
        levels: int,
        values: torch.Tensor,
        generators: Sequence[torch.Generator],
    ) -> None:
        """Write the file, unless that was done less than ``INTERVAL`` ago, or nobody could go on from there."""
        if time.monotonic() - self.written < INTERVAL or not values.isfinite().all():
            return
        with atomic(self.path) as temporary:
            np.savez(
                temporary,
                levels=levels,
                shape=values.shape,
                values=values.cpu().numpy().ravel(),
                generators=np.stack([generator.get_state().numpy() for generator in generators]),
            )
        self.written = time.monotonic()
