"""Where a long sampling stands, kept so that a job that is killed loses a minute of it and not hours."""

from __future__ import annotations

import sys
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from scoreface.base.files import atomic

# Least time between two checkpoints, in seconds: each waits for the GPU and writes the texels.
INTERVAL = 60.0


@dataclass
class Checkpoint:
    """The noise levels that are done, the texels, and the sources of noise, in one file.

    Attributes:
        path: the file; its name holds a hash of everything that the sampling depends on but the device.
        written: when it was written last, by the monotonic clock.
    """

    path: Path
    written: float = field(default_factory=time.monotonic)

    def load(self, generators: Sequence[torch.Generator]) -> tuple[int, torch.Tensor] | None:
        """The levels done and the texels (N, 3), with the ``generators`` set to where they were.

        None where there is no checkpoint, or one that is damaged or of another kind of device.
        """
        if not self.path.exists():
            return None
        device = generators[0].device
        try:
            with np.load(self.path) as file:
                kind, levels = str(file["device"]), int(file["levels"])
                values, states = torch.from_numpy(file["values"]), file["generators"]
        except (OSError, EOFError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile) as error:
            print(f"{self.path}: damaged ({error}); sampling anew", file=sys.stderr)
            return None
        if kind != device.type:
            return None
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(torch.from_numpy(state))
        return levels, values.to(device)

    def keep(
        self,
        levels: int,
        values: torch.Tensor,
        generators: Sequence[torch.Generator],
    ) -> None:
        """Write the file, unless that was done less than ``INTERVAL`` ago."""
        if time.monotonic() - self.written < INTERVAL:
            return
        with atomic(self.path) as temporary:
            np.savez(
                temporary,
                device=values.device.type,
                levels=levels,
                values=values.cpu().numpy(),
                generators=np.stack([generator.get_state().numpy() for generator in generators]),
            )
        self.written = time.monotonic()
