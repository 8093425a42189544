"""Snakemake, as a process of its own, over a folder of photos."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import scoreface
from scoreface.base.errors import InputError
from scoreface.config.photos import WORK
from scoreface.launch.handler import LAUNCHED

# Options of Snakemake, and a variable, with which the caller brings a profile, and so a number of jobs.
_PROFILES = ("--profile", "--workflow-profile", "--executor", "-e")
_PROFILE = "SNAKEMAKE_PROFILE"
_JOBS = ("-j", "--jobs", "-c", "--cores")


def snakefile() -> Path:
    """The workflow that belongs to the package.

    Raises:
        InputError: it is not beside the package, or Snakemake is not installed.
    """
    clone = Path(scoreface.__file__).resolve().parents[1]
    found = clone / "Snakefile"
    if not found.is_file() or not (clone / "workflow").is_dir():
        raise InputError(
            f"{found}: no such file: the package is installed without the workflow. Clone ScoreFace's repository, and "
            "install the package from there: pip install -c constraints.txt -e '.[fitting,workflow]'"
        )
    if find_spec("snakemake") is None:
        raise InputError(
            f"{sys.executable} has no Snakemake; pip install -c constraints.txt -e '.[fitting,workflow]' in {clone}"
        )
    return found


def command(workflow: Path, out: Path, jobs: int | None, rest: Sequence[str]) -> list[str]:
    """The command line of Snakemake.

    Args:
        workflow: its Snakefile.
        out: the folder of the results.
        jobs: at once; None: as the caller's profile has it, or as many as there are cores.
        rest: further options of the caller's.
    """
    words = [sys.executable, "-m", "scoreface.launch.snakemake", "--snakefile", str(workflow)]
    words += ["--directory", str(out / WORK), "--configfile", str(out / "settings.yaml")]
    if not _has(rest, ("--workflow-profile",)):
        words += ["--workflow-profile", str(workflow.parent / "profiles" / "default")]
    if jobs is not None:
        words += ["--jobs", str(jobs)]
    elif not _has(rest, _JOBS) and not _has(rest, _PROFILES) and _PROFILE not in os.environ:
        words += ["--jobs", str(_cores())]
    return [*words, *rest]


def run(words: Sequence[str]) -> int:
    """Run Snakemake in the caller's folder; returns its exit status."""
    # The rules call `python`, which has to be this one even where its environment is not activated.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    package = str(Path(scoreface.__file__).resolve().parents[1])
    search = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PATH": path, "PYTHONPATH": search, LAUNCHED: os.getcwd()}
    with subprocess.Popen(words, env=environment) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                # The terminal has told Snakemake too, which ends its jobs in order.
                continue


def _has(words: Sequence[str], options: Sequence[str]) -> bool:
    return any(
        word == option
        or word.startswith(f"{option}=")
        or (len(option) == 2 and word.startswith(option))
        for word in words
        for option in options
    )


def _cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
