"""What a training run is made of, and what a run that goes on must share with the one before."""

from __future__ import annotations

from dataclasses import dataclass

from scoreface.base.errors import InputError
from scoreface.score.architectures import Architecture

#: ``data`` for renders of procedural heads, and what these may stand before.
DEMO = "demo"
BACKGROUNDS = ("black", "photo")


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
        outer: channels of the levels around those of ``channels``, finest first, each twice the size of the one within.
        freeze_inner: steps in which only the first of ``outer`` learns.
        background: what the procedural heads stand before: ``black`` or ``photo``.
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
    outer: tuple[int, ...] = ()
    freeze_inner: int = 0
    background: str = BACKGROUNDS[0]

    def __post_init__(self) -> None:
        levels = len(self.outer) + len(self.channels)
        smallest = 2 ** (levels - 1)
        if self.size % smallest:
            raise InputError(
                f"--size {self.size}: {levels} levels halve it {levels - 1} times, so it has to be a multiple of "
                f"{smallest}"
            )
        if any(width % 32 for width in self.channels):
            raise InputError(f"--channels {self.channels}: each has to be a multiple of 32")
        groups = min(self.channels) // 4
        if any(width < 1 or width % groups for width in self.outer):
            raise InputError(
                f"--outer-channels {self.outer}: each has to be a multiple of {groups}, a quarter of the smallest of "
                "--channels"
            )
        if self.freeze_inner and not self.outer:
            raise InputError(
                f"--freeze-inner {self.freeze_inner}: there is nothing around the inner levels that could learn; give "
                "--outer-channels"
            )
        if self.background not in BACKGROUNDS:
            raise InputError(f"--background {self.background!r}: none of {', '.join(BACKGROUNDS)}")
        if self.background != BACKGROUNDS[0] and self.data != DEMO:
            raise InputError(
                f"--background {self.background}: only for --data {DEMO}; a folder's pictures have their own"
            )
        if self.sigma_min <= 0 or 0 < self.sigma_max <= self.sigma_min:
            raise InputError(
                f"--sigma-min {self.sigma_min}, --sigma-max {self.sigma_max}: the first has to be above 0 and the "
                "second, unless it is 0, above the first"
            )
        if self.precision not in ("float32", "bfloat16"):
            raise InputError(f"--precision {self.precision!r}: neither float32 nor bfloat16")

    def architecture(self) -> Architecture:
        """The network: plain blocks, which on a CPU cost a third of the skip blocks, attention at the bottom only."""
        return Architecture(self.size, self.channels, self.layers, (), "plain", self.outer)
