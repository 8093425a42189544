"""What the name of a score model means, and which files stand behind it.

The workflow asks before any job, so this module imports nothing beyond Python itself until a function has to.
"""

from __future__ import annotations

import enum
import hashlib
import re
from pathlib import Path

from scoreface.base.errors import InputError
from scoreface.base.files import sha256_of

#: Endings of the files in a folder of diffusers that its score depends on.
MODEL_SUFFIXES = frozenset({".json", ".safetensors", ".bin"})


class Kind(enum.StrEnum):
    """The kinds of score models; each value is for people."""

    GAUSSIAN = "Gaussian prior"
    CHECKPOINT = "score_sde_pytorch checkpoint"
    FOLDER = "diffusers folder"
    HUB = "name on the Hugging Face hub"


_ENDINGS = {".npz": Kind.GAUSSIAN, ".pth": Kind.CHECKPOINT}


def identify(value: str | Path) -> Kind:
    """The kind of score model that ``value`` names.

    Raises:
        InputError: none: nothing is there, or something else is.
    """
    path = Path(value)
    if path.is_dir():
        return Kind.FOLDER
    if path.is_file() and path.suffix in _ENDINGS:
        return _ENDINGS[path.suffix]
    if is_hub_name(path):
        return Kind.HUB
    problem = "no known kind of score model" if path.exists() else "no such file or folder"
    raise InputError(
        f"{value}: {problem}; a score model is a Gaussian prior (.npz), a checkpoint of score_sde_pytorch (.pth), a "
        "diffusers folder, or a name on the Hugging Face hub (owner/name, where no folder owner is here); relative "
        f"paths count from {Path.cwd()}"
    )


def is_hub_name(path: str | Path) -> bool:
    """Whether ``path`` is a repository of the Hugging Face hub: ``owner/name``, and nothing here is called owner.

    Where something is, a path into it was meant, and mistyped if nothing is there.
    """
    path = Path(path)
    name = re.fullmatch(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", path.as_posix())
    return name is not None and path.suffix not in _ENDINGS and not path.parent.exists()


def model_files(path: str | Path) -> list[Path]:
    """The files that a score model is read from, sorted: one, or those of a folder that its score depends on.

    Raises:
        InputError: a hub name that cannot be had.
    """
    place = _place(path)
    if not place.is_dir():
        return [place]
    files = (file for file in place.rglob("*") if file.suffix in MODEL_SUFFIXES)
    return sorted(file for file in files if file.is_file())


def model_digest(path: str | Path) -> str:
    """SHA-256 of a model's file, as 64 hexadecimal digits; of a folder, that of its files' checksums and names.

    Raises:
        InputError: a file cannot be read, or a hub name cannot be had.
    """
    place = _place(path)
    try:
        if not place.is_dir():
            return sha256_of(place)
        lines = [f"{sha256_of(file)}  {file.relative_to(place)}\n" for file in model_files(place)]
    except OSError as error:
        raise InputError(f"{error.filename or path}: cannot be read ({error.strerror})") from error
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _place(path: str | Path) -> Path:
    """The file or folder behind a model's name, fetched from the hub where it has to be."""
    path = Path(path)
    if not is_hub_name(path):
        return path
    from scoreface.score.folder import hub_folder

    return hub_folder(path.as_posix())
