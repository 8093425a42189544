"""Random numbers of the samplers: the same on every device."""

from __future__ import annotations

from collections.abc import Sequence

import torch


def standard_normal(
    shape: Sequence[int], generator: torch.Generator, device: torch.device
) -> torch.Tensor:
    """Independent standard normal numbers on ``device``, float32.

    They are drawn on the CPU and copied there: a GPU's own generator gives others for the same seed, and what was begun
    on one machine could not go on on another.

    Args:
        shape: of the tensor.
        generator: on the CPU.
        device: where the numbers are needed.
    """
    return torch.randn(tuple(shape), generator=generator).to(device)
