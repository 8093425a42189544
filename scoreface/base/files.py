"""Files that are either whole or absent, and their checksums. Needs nothing beyond Python itself."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scoreface.base.errors import InputError


@contextlib.contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A temporary path of the same name, moved to ``path`` when the block ends well.

    The block makes a file or a folder there. A reader sees the old one or the whole new one; a failed block leaves
    nothing behind. The temporary one lies in a new hidden folder beside ``path``, which no other process has, be it on
    another node of a cluster.

    Raises:
        InputError: the disk is full, or the folder cannot be made or written to.
    """
    place = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A folder, because a temporary file of tempfile's could be read by its owner only.
        place = Path(tempfile.mkdtemp(prefix=f".{path.stem}.", dir=str(path.parent)))
        yield place / path.name
        _move(place / path.name, path)
    except OSError as error:
        if not _while_writing(error, path, place):
            raise
        raise InputError(
            "{}: cannot be written ({}); see that its disk has room and its folder can be written to, "
            "then run again: what is finished is kept".format(path, error.strerror or error)
        ) from error
    finally:
        if place is not None:
            shutil.rmtree(str(place), ignore_errors=True)


def _move(new: Path, path: Path) -> None:
    """Put ``new`` in the place of ``path``; a folder that was there is moved away first, and comes back on failure."""
    if not (new.is_dir() and path.is_dir()):
        os.replace(str(new), str(path))
        return
    old = new.with_name(new.name + ".old")
    os.replace(str(path), str(old))
    try:
        os.replace(str(new), str(path))
    except OSError:
        os.replace(str(old), str(path))
        raise


def _while_writing(error: OSError, path: Path, place: Path | None) -> bool:
    """True unless the error names other files only, which a block that writes ``path`` reads."""
    # Before there is a place nothing else is done; a write to an open file knows no name.
    if place is None or error.filename is None:
        return True
    named = [Path(str(name)) for name in (error.filename, error.filename2)]
    return any(name in (path, place) or place in name.parents for name in named)


def is_there(path: Path) -> bool:
    """Whether something is at ``path``; false also of a path that the system can give to nothing."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name, or make a copy where its file system has one name a file; ``target`` is replaced.

    Raises:
        OSError: the source is missing, or the target cannot be written.
    """
    # Copied onto a second name, the file would be emptied before it is read.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(str(target))
    try:
        os.link(str(source), str(target))
    except OSError:
        shutil.copyfile(str(source), str(target))


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` atomically."""
    with atomic(path) as temporary:
        temporary.write_text(text)


def write_json(path: Path, content: Any) -> None:
    """Write ``content`` as indented JSON to ``path`` atomically."""
    write_text(path, json.dumps(content, indent=1) + "\n")


def read_json(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        InputError: the file is not JSON.
    """
    try:
        return json.loads(path.read_text())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not JSON ({error}); delete it and run again") from error


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        for block in iter(lambda: handle.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
