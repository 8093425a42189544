"""Fit the Gaussian prior to views of random heads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import count, option
from scoreface.base.errors import InputError
from scoreface.base.settings import key
from scoreface.demo import VIEWS_VERSION as VERSION

__all__ = ["VERSION", "Inputs", "Outputs", "Settings", "run"]


@dataclass(frozen=True)
class Settings:
    """Attributes:
    size: pixels along a side of the faces.
    heads: random heads.
    components: principal components that are kept.
    seed: of the heads.
    """

    size: int = key("demo.prior_size")
    heads: int = key("demo.prior_heads")
    components: int = key("demo.prior_components")
    seed: int = key("seed", borrowed=True)

    def __post_init__(self) -> None:
        # What GaussianScore.fit asks for, of four views a head.
        if not 0 < self.components < 4 * self.heads - 1:
            raise InputError(
                f"demo.prior_components: {self.components} components need more than {(self.components + 1) // 4} "
                f"heads (demo.prior_heads is {self.heads})"
            )
        if self.components >= 3 * self.size**2:
            raise InputError(
                f"demo.prior_components: {self.components} is not fewer than the {3 * self.size**2} numbers of a face "
                f"of {self.size} pixels (demo.prior_size)"
            )


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    threads: of the arithmetic.
    """

    threads: int = option("threads of the arithmetic", 1, type=count)


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: npz with the prior.
    """

    out: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Render the heads and fit the prior."""
    import torch

    from scoreface.demo.prior import fit_prior

    torch.set_num_threads(inputs.threads)
    prior = fit_prior(settings.size, settings.heads, settings.components, settings.seed)
    prior.save(outputs.out)
