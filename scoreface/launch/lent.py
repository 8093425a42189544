"""The one file that a run downloads, the person network, handed on from run to run: each has a folder of its own."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from scoreface.api.models import cache_folder, person_model_path
from scoreface.base.errors import InputError
from scoreface.base.files import atomic, sha256_of
from scoreface.config.parser import PERSON_MODEL
from scoreface.parse.person_model import SHA256


def lend(work: Path, others: Iterable[Path]) -> None:
    """Put the file where a run in ``work`` looks for it, if the cache or another working directory has it."""
    wanted = work / PERSON_MODEL
    for source in (_kept(), *(folder / PERSON_MODEL for folder in others)):
        if wanted.exists():
            return
        _copy(source, wanted)


def keep(work: Path) -> None:
    """Put the file of a run into the cache, if it has one that is not there."""
    if not _kept().exists():
        _copy(work / PERSON_MODEL, _kept())


def _kept() -> Path:
    return person_model_path(cache_folder())


def _copy(source: Path, target: Path) -> None:
    # Where it cannot be had, or not be written, the workflow fetches it.
    with contextlib.suppress(OSError, InputError):
        if sha256_of(source) == SHA256:
            with atomic(target) as temporary:
                shutil.copyfile(source, temporary)
