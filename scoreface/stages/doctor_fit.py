"""Check in the fit's environment what the fit and the identity need there; exit status 1 where they would fail.

The packages, dlib's models, and FLAME's files where they are there already. Runs where the fit runs.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from scoreface.base.command import option
from scoreface.fitting.job import Needs as Settings

__all__ = ["VERSION", "Inputs", "Outputs", "Settings", "run"]

VERSION = "1"


@dataclass(frozen=True)
class Inputs:
    """Nothing but the settings, which name the models."""


@dataclass(frozen=True)
class Outputs:
    """Where the table goes once all is well.

    Attributes:
        out: text file; None: it is printed only.
    """

    out: Optional[Path] = option("where the table goes once all is well", None)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Look at everything, print what was found, and fail where anything is wrong.

    Raises:
        SystemExit: with status 1 where a check failed, after everything has been printed.
    """
    from scoreface.base.findings import conclude
    from scoreface.fitting.check import check_fit
    from scoreface.fitting.packages import variables

    # Read by the libraries when they are first imported.
    os.environ.update(variables(threads=1))
    conclude(check_fit(settings), outputs.out)
