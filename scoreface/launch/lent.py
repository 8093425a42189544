"""The files that a run downloads, small networks, handed on from run to run: each has a folder of its own."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from scoreface.api.models import cache_folder, face_mesh_files, person_model_path
from scoreface.base.errors import InputError
from scoreface.base.files import atomic, sha256_of
from scoreface.config.detector import FACE_MESH
from scoreface.config.parser import PERSON_MODEL
from scoreface.parse.face_mesh_model import MEMBERS
from scoreface.parse.person_model import SHA256


class _Lent(NamedTuple):
    """Attributes:
    name: path in a working directory.
    kept: path in the cache.
    sha256: its checksum.
    """

    name: Path
    kept: Path
    sha256: str


def lend(work: Path, others: Iterable[Path]) -> None:
    """Put the files where a run in ``work`` looks for them, if the cache or another working directory has them."""
    others = list(others)
    for file in _files():
        for source in (file.kept, *(folder / file.name for folder in others)):
            if not (work / file.name).exists():
                _copy(source, work / file.name, file.sha256)


def keep(work: Path) -> None:
    """Put the files of a run into the cache, those that it has and that are not there."""
    for file in _files():
        if not file.kept.exists():
            _copy(work / file.name, file.kept, file.sha256)


def _files() -> list[_Lent]:
    cache = cache_folder()
    files = [_Lent(Path(PERSON_MODEL), person_model_path(cache), SHA256)]
    for name, kept, member in zip(FACE_MESH, face_mesh_files(cache), MEMBERS, strict=True):
        files.append(_Lent(name, kept, member.sha256))
    return files


def _copy(source: Path, target: Path, sha256: str) -> None:
    # Where it cannot be had, or not be written, the workflow fetches it.
    with contextlib.suppress(OSError, InputError):
        if sha256_of(source) == sha256:
            with atomic(target) as temporary:
                shutil.copyfile(source, temporary)
