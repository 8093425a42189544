"""Check every configured model and the machine; exit status 1 where a run would fail.

What the fit's environment has, where it has one of its own, is looked at there by ``doctor-fit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.command import option
from scoreface.doctor.settings import Settings

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

    out: Path | None = option("where the table goes once all is well", None)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Look at everything, print what was found, and fail where anything is wrong.

    Raises:
        SystemExit: with status 1 where a check failed, after everything has been printed.
    """
    from scoreface.base.findings import conclude
    from scoreface.doctor.assets import check_assets
    from scoreface.doctor.detector import check_detector
    from scoreface.doctor.machine import check_machine
    from scoreface.doctor.parser import check_parser

    findings = [*check_assets(settings), check_detector(settings.detector), check_parser(settings)]
    findings += check_machine(settings)
    conclude(findings, outputs.out)
