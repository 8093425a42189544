"""A small face recogniser, and the loss by which it learns to tell identities apart."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

#: Raised when the same pictures and settings give another recogniser.
VERSION = "1"
#: Numbers of a description.
NUMBERS = 64
# Pixels along a side of what the network looks at: half of an aligned face's.
_SIDE = 56
_WIDTHS = (24, 48, 96)
# Of ArcFace. The paper's 64 and 0.5 are for 10,000s of identities: less of both lets few converge in few steps.
_SCALE, _MARGIN = 16.0, 0.2
_DECAY = 0.05
# The share of the steps in which the rate rises.
_RISE = 0.1
# To either side: shifts as a share of the picture, degrees, logarithms of size, of brightness and of contrast.
_SHIFT, _TURN, _SIZE, _BRIGHTNESS, _CONTRAST = 0.05, 5.0, 0.08, 0.3, 0.25


@dataclass(frozen=True)
class Training:
    """How a recogniser is trained.

    Attributes:
        steps: of the optimiser, however many pictures there are.
        batch: pictures in each.
        rate: the largest learning rate.
    """

    steps: int
    batch: int = 48
    rate: float = 2e-3


class Learnt(NamedTuple):
    """A recogniser, and the means (K,) of its loss over tenths of the training, K at most ten."""

    network: Recogniser
    losses: list[float]


class Recogniser(nn.Module):
    """Pictures (B, 3, 56, 56) in [-1, 1] to descriptions (B, 64), by residual blocks (He et al. 2016).

    It has 0.2 million weights. Each place of the last activations has its own (MobileFaceNet, Chen et al. 2018): a mean
    over all of them would forget where an eye is.
    """

    def __init__(self) -> None:
        super().__init__()
        first, *_, last = _WIDTHS
        blocks: list[nn.Module] = [_Block(first, first, 1)]
        for before, width in itertools.pairwise(_WIDTHS):
            blocks.append(_Block(before, width, 2))
        self.layers = nn.Sequential(
            nn.Conv2d(3, first, 3, 2, 1, bias=False),
            nn.BatchNorm2d(first),
            nn.PReLU(first),
            *blocks,
            nn.Conv2d(last, last, _SIDE // 8, groups=last, bias=False),
            nn.BatchNorm2d(last),
            nn.Flatten(),
            nn.Linear(last, NUMBERS, bias=False),
            nn.BatchNorm1d(NUMBERS),
        )

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """See the class."""
        described: torch.Tensor = self.layers(pictures)
        return described


class _Block(nn.Module):
    def __init__(self, before: int, width: int, stride: int):
        super().__init__()
        self.straight = nn.Sequential(
            nn.Conv2d(before, width, 3, stride, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.PReLU(width),
            nn.Conv2d(width, width, 3, 1, 1, bias=False),
            nn.BatchNorm2d(width),
        )
        self.around: nn.Module = nn.Identity()
        if stride > 1:
            self.around = nn.Sequential(
                nn.AvgPool2d(stride), nn.Conv2d(before, width, 1, bias=False)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.relu(self.straight(x) + self.around(x))


def margin_loss(
    described: torch.Tensor, centres: torch.Tensor, labels: torch.Tensor
) -> torch.Tensor:
    """ArcFace (Deng et al. 2019, equation 3): cross entropy of scaled cosines, the true angle larger by a margin.

    Beyond the angle that the margin would carry past half a turn the cosine goes on along a straight line, so that it
    falls everywhere.

    Args:
        described: (B, D), of any length.
        centres: (N, D) of the identities, of any length.
        labels: (B,) int64.
    """
    cosines = functional.normalize(described) @ functional.normalize(centres).T
    own = cosines.gather(1, labels[:, None])
    sines = (1 - own.square()).clamp(min=1e-9).sqrt()
    moved = own * math.cos(_MARGIN) - sines * math.sin(_MARGIN)
    moved = torch.where(own > -math.cos(_MARGIN), moved, own - _MARGIN * math.sin(_MARGIN))
    return functional.cross_entropy(_SCALE * cosines.scatter(1, labels[:, None], moved), labels)


def as_input(pictures: np.ndarray) -> torch.Tensor:
    """Aligned faces (N, 112, 112, 3) uint8 as the network takes them, (N, 3, 56, 56) float32."""
    values = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
    return functional.avg_pool2d(values, pictures.shape[1] // _SIDE)


def train(pictures: torch.Tensor, labels: torch.Tensor, training: Training, seed: int) -> Learnt:
    """Train a recogniser from nothing, by the same numbers for the same seed, on one thread.

    A picture is drawn as often as each other one, shown one way round or the other, shifted, turned, scaled, brighter
    or darker.

    Args:
        pictures: (P, 3, 56, 56), see :func:`as_input`.
        labels: (P,) int64 from 0, who they show.
        training: how.
        seed: of the weights and of all that is drawn.
    """
    torch.set_num_threads(1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Recogniser()
        centres = nn.Parameter(torch.randn(int(labels.max()) + 1, NUMBERS))
        weights = [*network.parameters(), centres]
        optimiser = torch.optim.AdamW(weights, training.rate, weight_decay=_DECAY)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: _share(step / training.steps)
        )
        losses = []
        for _ in range(training.steps):
            chosen = torch.randint(len(pictures), (training.batch,))
            described = network(jittered(pictures[chosen]))
            loss = margin_loss(described, centres, labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
    parts = np.array_split(losses, min(10, len(losses)))
    return Learnt(network.eval(), [float(part.mean()) for part in parts])


def _share(done: float) -> float:
    """Of the largest rate: it rises along a line, then falls along half a cosine."""
    if done < _RISE:
        return (done + 0.01) / (_RISE + 0.01)
    return 0.5 + 0.5 * math.cos(math.pi * (done - _RISE) / (1 - _RISE))


def jittered(pictures: torch.Tensor) -> torch.Tensor:
    """Pictures (B, 3, S, S) as training shows them, each otherwise; by torch's own numbers."""
    count = len(pictures)

    def drawn(most: float) -> torch.Tensor:
        return most * (2 * torch.rand(count) - 1)

    size, turn = drawn(_SIZE).exp(), torch.deg2rad(drawn(_TURN))
    flip = torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
    across, along = size * turn.cos(), size * turn.sin()
    # A shift is of a picture whose sides go from -1 to 1.
    rows = [flip * across, -along, 2 * drawn(_SHIFT), flip * along, across, 2 * drawn(_SHIFT)]
    grid = functional.affine_grid(
        torch.stack(rows, 1).reshape(count, 2, 3), list(pictures.shape), align_corners=False
    )
    moved = functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    brightness, contrast = (
        part[:, None, None, None] for part in (drawn(_BRIGHTNESS), drawn(_CONTRAST).exp())
    )
    return (moved * contrast + brightness).clamp(-1, 1)


@torch.inference_mode()
def describe(network: Recogniser, pictures: torch.Tensor) -> np.ndarray:
    """Descriptions (P, 64) of unit length, the sum of a picture's and its mirror image's."""
    described = [
        functional.normalize(network(part)) + functional.normalize(network(part.flip(3)))
        for part in pictures.split(256)
    ]
    return functional.normalize(torch.cat(described)).numpy()
