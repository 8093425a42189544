"""How a job evaluates a score model: at which precision, and how many pictures at once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from scoreface.base.errors import InputError
from scoreface.score.gaussian import GaussianScore
from scoreface.score.model import ScoreModel, WrappedModel

PRECISIONS = ("auto", "fp32", "tf32", "bf16")

#: The smallest noise level that is computed in bfloat16. There its error is 0.8 % of the noise that the embedded
#: network predicts, and a twentieth of the network's own error as a denoiser (docs/benchmarks.md). Below, the denoised
#: picture is as far off, within 0.3 gray levels, but the noise gets less: at 0.01 the error is 6 % of it.
BF16_FROM = 0.1

# On a CPU five pictures of 64 pixels at once are as fast as fifteen; larger ones gain nothing, and take memory.
_CPU_PICTURES, _CPU_SIDES = 5, 512
# Sides of all pictures together on a GPU: 4 of 1024 pixels, 16 of 256, by what they take on a CPU 10 GiB in float32.
_GPU_SIDES = 4096


@dataclass(frozen=True)
class Evaluated(WrappedModel):
    """A network whose batches are evaluated in parts, each at the precision that its noise level allows.

    Attributes:
        precision: ``fp32``: float32 throughout, as published. ``tf32``: a GPU may round the factors of its products to
            TF32. ``bf16``: besides, bfloat16 from :data:`BF16_FROM` on. The last two have the channels last.
        batch: pictures that are evaluated at once, at most.
    """

    precision: str
    batch: int

    def score(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        """See :meth:`scoreface.score.model.ScoreModel.score`."""
        score = torch.empty_like(x, memory_format=torch.contiguous_format)
        for start in range(0, len(x), self.batch):
            part = slice(start, start + self.batch)
            score[part] = self._score(x[part], sigma[part])
        return score

    def _score(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        if self.precision != "fp32":
            x = x.contiguous(memory_format=torch.channels_last)
        # On a GPU this waits for the noise level, which is long there: the noise comes from the CPU, level by level.
        half = self.precision == "bf16" and bool((sigma >= BF16_FROM).all())
        with (
            torch.inference_mode(),
            _products(tf32=self.precision != "fp32"),
            torch.autocast(self.device.type, torch.bfloat16, enabled=half),
        ):
            return self.model.score(x, sigma)


def evaluated(model: ScoreModel, precision: str = "auto", batch: int | None = None) -> ScoreModel:
    """A score model as a job evaluates it.

    A Gaussian is a closed form whose cost does not count, and stays as it is.

    Args:
        model: the model, on its device; its weights are laid out anew where the precision has the channels last.
        precision: one of :data:`PRECISIONS`.
        batch: pictures at once; None: what suits the device.

    Raises:
        InputError: there is no such precision.
    """
    if precision not in PRECISIONS:
        raise InputError(f"inpaint.precision: {precision!r} is none of {', '.join(PRECISIONS)}")
    if isinstance(model, GaussianScore):
        return model
    from scoreface.score.diffusers_model import DiffusersScore

    precision = actual_precision(precision, model.device)
    if isinstance(model, DiffusersScore) and precision != "fp32":
        model.unet.to(memory_format=torch.channels_last)
    batch = batch or pictures_at_once(model.device, model.image_size)
    return Evaluated(model, precision, batch)


def actual_precision(name: str, device: torch.device) -> str:
    """The precision of that name; for ``auto``, the one that is taken on a device."""
    if name != "auto":
        return name
    # A CPU has no TF32: there it is float32 with the channels last.
    return "bf16" if device.type == "cuda" else "tf32"


def pictures_at_once(device: torch.device, size: int) -> int:
    """Pictures of a size in pixels that a device is given at once."""
    if device.type == "cuda":
        return max(1, _GPU_SIDES // size)
    return max(1, min(_CPU_PICTURES, _CPU_SIDES // size))


@contextlib.contextmanager
def _products(tf32: bool) -> Iterator[None]:
    """Whether a GPU may compute products with 10 bits of fraction in place of float32's 23.

    PyTorch by itself has it on for convolutions and off for matrices.
    """
    matrices, convolutions = torch.backends.cuda.matmul, torch.backends.cudnn
    before = matrices.allow_tf32, convolutions.allow_tf32
    matrices.allow_tf32 = convolutions.allow_tf32 = tf32
    try:
        yield
    finally:
        matrices.allow_tf32, convolutions.allow_tf32 = before
