"""What the name of a score model means, and which files stand behind it.

The workflow asks before any job, so this module imports nothing beyond Python itself until a function has to.
"""

from __future__ import annotations

import enum
import hashlib
import re
from pathlib import Path
from typing import NamedTuple

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
        "diffusers folder, or a name on the Hugging Face hub (owner/name or owner/name@revision, where no folder owner "
        f"is here); relative paths count from {Path.cwd()}"
    )


class HubName(NamedTuple):
    """A repository of the Hugging Face hub.

    Attributes:
        repository: ``owner/name``.
        revision: a commit, tag or branch; None: the main branch.
    """

    repository: str
    revision: str | None


def hub_name(value: str | Path) -> HubName | None:
    """What ``owner/name`` or ``owner/name@revision`` names on the hub; None: something else, or owner is a file here.

    Where something here is called owner, a path into it was meant, and mistyped if nothing is there.
    """
    name = r"[A-Za-z0-9][\w.-]*"
    match = re.fullmatch(rf"({name})/({name})(?:@(\w[\w./+-]*))?", Path(value).as_posix())
    if match is None or Path(match[2]).suffix in _ENDINGS or Path(match[1]).exists():
        return None
    return HubName(f"{match[1]}/{match[2]}", match[3])


def is_hub_name(value: str | Path) -> bool:
    """Whether ``value`` names a repository of the Hugging Face hub; see :func:`hub_name`."""
    return hub_name(value) is not None


def locate(value: str | Path) -> tuple[Path, str]:
    """The file or folder behind a model's name, fetched from the hub where it has to be, and its commit there.

    The commit is empty for what is not from the hub. What a branch or a tag means may change from one call to the next;
    the folder stays the same.

    Raises:
        InputError: a hub name that cannot be had.
    """
    name = hub_name(value)
    if name is None:
        return Path(value), ""
    from scoreface.score.folder import commit_of, hub_folder

    folder = hub_folder(*name)
    return folder, commit_of(folder)


def model_files(path: str | Path) -> list[Path]:
    """The files that a score model is read from, sorted: one, or those of a folder that its score depends on.

    Raises:
        InputError: a hub name that cannot be had.
    """
    place, _ = locate(path)
    if not place.is_dir():
        return [place]
    files = (file for file in place.rglob("*") if file.suffix in MODEL_SUFFIXES)
    return sorted(file for file in files if file.is_file())


def model_digest(path: str | Path) -> str:
    """SHA-256 of a model's file, as 64 hexadecimal digits; of a folder, that of its files' checksums and names.

    Raises:
        InputError: a file cannot be read, or a hub name cannot be had.
    """
    place, _ = locate(path)
    try:
        if not place.is_dir():
            return sha256_of(place)
        lines = [f"{sha256_of(file)}  {file.relative_to(place)}\n" for file in model_files(place)]
    except OSError as error:
        raise InputError(f"{error.filename or path}: cannot be read ({error.strerror})") from error
    return hashlib.sha256("".join(lines).encode()).hexdigest()
