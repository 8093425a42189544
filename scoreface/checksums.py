"""Checksums of the models that the user gives: what is made with one depends on its content, not on its name or time.

The workflow reads this module whenever it starts, so nothing heavy is imported here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from scoreface.files import InputError, read_json, write_json
from scoreface.fitting.files import sha256_of
from scoreface.score.names import MODEL_SUFFIXES


def content_checksums(paths: Iterable[Path], memory: Path) -> dict[Path, str]:
    """SHA-256 of each file, in hexadecimal; of a folder, that of its files' names and checksums.

    A model of a gigabyte takes seconds to read, and on a cluster every job asks. So checksums are kept, and a file is
    read again only when its size or the time of its last change is another.

    Args:
        paths: files and folders that exist.
        memory: JSON file with the checksums of earlier calls; made, or made anew when damaged.

    Raises:
        InputError: a file cannot be read.
    """
    known = _recall(memory)
    found = {}
    for path in paths:
        stamp, name = _stamp(path), str(path.resolve())
        if known.get(name, {}).get("stamp") != stamp:
            known[name] = {"stamp": stamp, "checksum": _checksum(path)}
            write_json(memory, known)
        found[path] = known[name]["checksum"]
    return found


def _recall(memory: Path) -> dict[str, dict[str, str]]:
    try:
        known = read_json(memory)
    except (FileNotFoundError, InputError):
        return {}
    return known if isinstance(known, dict) else {}


def _files(path: Path) -> list[Path]:
    """The file itself, or those of a folder, which is a score model, that its score depends on."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in MODEL_SUFFIXES)


def _stamp(path: Path) -> str:
    """What tells that a file or a folder was touched, without reading it."""
    stats = [(str(file.relative_to(path)), file.stat()) for file in _files(path)]
    return json.dumps([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])


def _checksum(path: Path) -> str:
    try:
        if not path.is_dir():
            return sha256_of(str(path))
        lines = [f"{sha256_of(str(file))}  {file.relative_to(path)}\n" for file in _files(path)]
    except OSError as error:
        raise InputError(f"{error.filename or path}: cannot be read ({error.strerror})") from error
    return hashlib.sha256("".join(lines).encode()).hexdigest()
