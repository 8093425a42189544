"""The one file that a run downloads, the person network, handed on from run to run: each has a folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from scoreface.base.errors import InputError
from scoreface.base.files import atomic, sha256_of
from scoreface.config.parser import PERSON_MODEL
from scoreface.parse.person_model import SHA256


def cache() -> Path:
    """Where the user's programs keep what they can have again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "scoreface")


def lend(work: Path, others: Iterable[Path]) -> None:
    """Put the file where a run in ``work`` looks for it, if the cache or another working directory has it."""
    wanted = work / PERSON_MODEL
    for folder in (cache(), *others):
        if wanted.exists():
            return
        _copy(folder / PERSON_MODEL, wanted)


def keep(work: Path) -> None:
    """Put the file of a run into the cache, if it has one that is not there."""
    if not (cache() / PERSON_MODEL).exists():
        _copy(work / PERSON_MODEL, cache() / PERSON_MODEL)


def _copy(source: Path, target: Path) -> None:
    # Where it cannot be had, or not be written, the workflow fetches it.
    with contextlib.suppress(OSError, InputError):
        if sha256_of(source) == SHA256:
            with atomic(target) as temporary:
                shutil.copyfile(source, temporary)
