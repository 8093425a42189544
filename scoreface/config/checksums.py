"""Checksums of the models that the user gives: what is made with one depends on its content, not on its name or time.

The workflow reads this module whenever it starts, so nothing heavy is imported here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from scoreface.base.errors import InputError
from scoreface.base.files import read_json, write_json
from scoreface.score.identify import model_digest, model_files


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
            known[name] = {"stamp": stamp, "checksum": model_digest(path)}
            write_json(memory, known)
        found[path] = known[name]["checksum"]
    return found


def _recall(memory: Path) -> dict[str, dict[str, str]]:
    try:
        known = read_json(memory)
    except (FileNotFoundError, InputError):
        return {}
    return known if isinstance(known, dict) else {}


def _stamp(path: Path) -> str:
    """What tells that a file or a folder was touched, without reading it."""
    stats = [(str(file.relative_to(path)), file.stat()) for file in model_files(path)]
    return json.dumps([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])
