"""What a training run is made of, and what a run that goes on must share with the one before."""

from __future__ import annotations

from dataclasses import dataclass

from scoreface.base.errors import InputError
from scoreface.score.architectures import Architecture


@dataclass(frozen=True)
class Settings:
    """Everything that the weights depend on, besides the number of steps and the machine.

    Attributes:
        data: ``demo`` for renders of procedural heads, or the path of a folder of images.
        size: pixels along a side of the images.
        heads: how many procedural heads there are in all.
        channels: of each level of the network, finest first, each half the size of the one before.
        layers: residual blocks a level.
        sigma_min: the smallest noise level.
        sigma_max: the largest; 0 takes the largest distance between two images (Song and Ermon 2020, technique 1).
        batch: images a step.
        learning_rate: of Adam, reached after ``warm_up`` steps.
        warm_up: steps.
        precision: ``float32``, or ``bfloat16`` for the network's arithmetic (its weights stay float32).
        seed: of weights, order of images, noise and heads.
        initial_model: folder of a model that an earlier run wrote, to begin with its weights; none: begin anew.
    """

    data: str
    size: int
    heads: int
    channels: tuple[int, ...]
    layers: int
    sigma_min: float
    sigma_max: float
    batch: int
    learning_rate: float
    warm_up: int
    precision: str
    seed: int
    initial_model: str = ""

    def __post_init__(self) -> None:
        smallest = 2 ** (len(self.channels) - 1)
        if self.size % smallest:
            raise InputError(
                f"--size {self.size}: {len(self.channels)} levels halve it {len(self.channels) - 1} times, so it has "
                f"to be a multiple of {smallest}"
            )
        if any(width % 32 for width in self.channels):
            raise InputError(f"--channels {self.channels}: each has to be a multiple of 32")
        if self.sigma_min <= 0 or 0 < self.sigma_max <= self.sigma_min:
            raise InputError(
                f"--sigma-min {self.sigma_min}, --sigma-max {self.sigma_max}: the first has to be above 0 and the "
                "second, unless it is 0, above the first"
            )
        if self.precision not in ("float32", "bfloat16"):
            raise InputError(f"--precision {self.precision!r}: neither float32 nor bfloat16")

    def architecture(self) -> Architecture:
        """The network: plain blocks, which on a CPU cost a third of the skip blocks, attention at the bottom only."""
        return Architecture(self.size, self.channels, self.layers, (), "plain")
