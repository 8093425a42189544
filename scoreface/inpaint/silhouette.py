"""What the geometry knows and the prior does not: where a view shows the head and where the background."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional

from scoreface.score.model import WrappedModel

# A pixel is taken for background where it is darker than this, and than this share of the colours around it.
_DARK, _SHARE = 0.30, 0.5
# Standard deviation of the window of those colours, and the largest width of a rim, as shares of the picture's side.
_WINDOW, _RIM = 1 / 20, 1 / 8
# Finer pictures than this are looked at in as many cells: neither of the two needs more, and both would cost more.
_GRID = 64


@dataclass(frozen=True)
class KnownSilhouette(WrappedModel):
    """A score model told that the unknown pixels belong to the head.

    A prior trained on heads before black knows that their outlines differ. Of the unknown pixels next to the black
    background it makes background as readily as head, although the geometry says that they are head; what it then
    leaves is a dark rim in the texture. Here the denoised picture x + sigma^2 score, which is the mean of what x may
    come from (Tweedie's formula), is held to the geometry at every noise level: where it has gone dark from the
    background inwards, it takes the colours of the head around. Everywhere else the score is the model's own, bit for
    bit.

    Attributes:
        background: (H, W) or (B, 1, H, W) bool, on the model's device.
        unknown: the same of the pixels of the head that are to be made.
    """

    background: torch.Tensor
    unknown: torch.Tensor

    def score(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        """See :meth:`scoreface.score.model.ScoreModel.score`."""
        score = self.model.score(x, sigma)
        variance = sigma.to(x).square()[:, None, None, None]
        denoised = x + variance * score
        around = self._around(denoised)
        return torch.where(self._rim(denoised, around), (around - x) / variance, score)

    def _around(self, denoised: torch.Tensor) -> torch.Tensor:
        """The head's colours around each pixel (B, 3, H, W): a mean that dark pixels have little weight in."""
        weight = denoised.mean(1, keepdim=True).clamp(1e-3, 1) * ~self.background
        coarse = functional.adaptive_avg_pool2d(
            torch.cat([weight * denoised, weight], 1), self._grid
        )
        blurred = _blur(coarse, _WINDOW * self._grid)
        colours = blurred[:, :3] / blurred[:, 3:].clamp(min=1e-6)
        return functional.interpolate(colours, denoised.shape[-2:], mode="bilinear")

    def _rim(self, denoised: torch.Tensor, around: torch.Tensor) -> torch.Tensor:
        """(B, 1, H, W) bool, unknown pixels that are dark and joined to the background by such pixels."""
        gray = denoised.mean(1, keepdim=True)
        limit = (_SHARE * around.mean(1, keepdim=True)).clamp(max=_DARK)
        dark = (gray < limit) & self.unknown
        background = self.background.to(denoised.dtype).expand(gray.shape)
        passable = torch.maximum(dark.to(denoised.dtype), background)
        passable, reached = (
            functional.adaptive_max_pool2d(x, self._grid) for x in (passable, background)
        )
        for _ in range(round(_RIM * self._grid)):
            reached = functional.max_pool2d(reached, 3, 1, 1) * passable
        return dark & functional.interpolate(reached, gray.shape[-2:]).bool()

    @property
    def _grid(self) -> int:
        """Cells along a side in which colours are averaged and rims followed: as pixels, as long as these are few."""
        return min(self.image_size, _GRID)


def _blur(images: torch.Tensor, deviation: float) -> torch.Tensor:
    """Images (B, C, H, W) under a Gaussian window, with nothing beyond their edges."""
    radius = round(3 * deviation)
    at = torch.arange(-radius, radius + 1, device=images.device, dtype=images.dtype)
    window = torch.exp(-0.5 * (at / deviation) ** 2)
    rows = images.flatten(0, 1)[:, None]
    rows = functional.conv2d(rows, window[None, None, :, None], padding=(radius, 0))
    rows = functional.conv2d(rows, window[None, None, None, :], padding=(0, radius))
    return rows.reshape(images.shape)
