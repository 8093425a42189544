"""The benchmarks' commands: options in, a table out. What is measured stands in the modules that they call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option


@dataclass(frozen=True)
class Methods:
    """What completes the faces."""

    variant: tuple[tuple[str, ...], ...] = option(
        "a pipeline to compare, such as: one inpaint.pipeline=texture inpaint.texture.textures=one; may be repeated",
        (),
        metavar=("NAME", "KEY=VALUE"),
    )
    baselines: tuple[str, ...] | None = option(
        "plain methods beside them; left out: all that there are", None, nargs="*"
    )


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    configfile: laid over ``config.yaml``, one after the other.
    """

    configfile: tuple[Path, ...] = option("files as given to snakemake", ())


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: folder of the results.
    """

    out: Path = option("folder of the results")
