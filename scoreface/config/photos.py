"""Photos in folders: which files are some, and an id for each, made of its name."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from scoreface.base.errors import InputError
from scoreface.base.files import is_there
from scoreface.base.photo import readable_suffixes
from scoreface.config.ids import fit_id

#: The folder in a folder of results that holds Snakemake's own things; where it is, nothing is a photo.
WORK = ".scoreface"

_SUFFIXES = {".bmp", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
# Read by some builds of Pillow.
_PERHAPS = {".avif", ".heic", ".heif"}

_LONGEST, _DIGITS, _SHOWN = 100, 8, 5


def find_photos(places: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """The photos among files and in folders and their sub-folders, in the order of their names, each once.

    Hidden files and folders are left out, and folders of results.

    Returns:
        the photos' absolute paths, and sentences about what was left out.

    Raises:
        InputError: a place is not there, no photo, or cannot be read; or there is no photo at all.
    """
    suffixes = _SUFFIXES | (_PERHAPS & readable_suffixes())
    photos: dict[str, Path] = {}
    left_out: list[Path] = []
    for place in places:
        for path in _files(place, suffixes, left_out):
            photos.setdefault(os.path.realpath(path), Path(os.path.abspath(path)))
    notes = []
    if left_out:
        kinds = sorted({path.suffix.lower() for path in left_out})
        notes.append(f"left out: {_some(left_out)}; Pillow here reads no {', '.join(kinds)}")
    if not photos:
        where = ", ".join(str(place) for place in places)
        raise InputError(
            f"{where}: no photo in it; " + ("; ".join(notes) or f"looked for {_listed(suffixes)}")
        )
    return list(photos.values()), notes


def name_photos(photos: Sequence[Path], taken: Iterable[str] = ()) -> dict[str, Path]:
    """An id for each photo: its name, where that is not enough with its folder's, or its kind, or a number.

    Args:
        photos: absolute paths.
        taken: ids that others have: none gets one by what was made of its name. Where its name is one, it is for the
            caller to refuse it.
    """
    used: set[str] = set()
    others = {id.casefold() for id in taken}
    groups: dict[str, list[Path]] = {}
    for path in photos:
        groups.setdefault(_name(path).casefold(), []).append(path)
    named: dict[Path, str] = {}
    # Those that are alone first: they keep their names, whatever the others come to.
    for group in sorted(groups.values(), key=len):
        numbers = itertools.count(2)
        for path, candidates in _candidates(group).items():
            unfit = used | others if path.stem != _name(path) else used
            id = next((id for id in candidates if id.casefold() not in unfit), "")
            while not id or id.casefold() in unfit:
                id = f"{candidates[-1][: _LONGEST - _DIGITS]}_{next(numbers)}"
            used.add(id.casefold())
            named[path] = id
    return {named[path]: path for path in photos}


def _files(place: Path, suffixes: set[str], left_out: list[Path]) -> list[Path]:
    """The photos at a place; what only other builds of Pillow read goes to ``left_out``."""
    if not is_there(place):
        raise InputError(f"{place}: no such file or folder")
    if not place.is_dir():
        if place.suffix.lower() not in suffixes:
            raise InputError(f"{place}: not read as a photo; {_listed(suffixes)} are")
        return [place]

    def refuse(error: OSError) -> None:
        raise InputError(f"{error.filename}: cannot be read ({error.strerror})") from error

    found = []
    for folder, folders, names in os.walk(place, onerror=refuse):
        if WORK in folders:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            suffix = Path(name).suffix.lower()
            if suffix in suffixes:
                found.append(Path(folder, name))
            elif suffix in _PERHAPS:
                left_out.append(Path(folder, name))
    return found


def _candidates(group: Sequence[Path]) -> dict[Path, list[str]]:
    """Ids for photos whose names give the same: the plainest that tell one from the others first, the name last."""
    ways: list[Callable[[Path], str]] = [_name]
    if len({photo.parent for photo in group}) > 1:
        ways.append(lambda photo: fit_id(f"{fit_id(photo.parent.name)}_{_name(photo)}"))
        ways.append(
            lambda photo: fit_id(f"{fit_id(photo.parent.name)}_{_name(photo)}{_kind(photo)}")
        )
    elif len(group) > 1:
        ways.append(lambda photo: fit_id(f"{_name(photo)}{_kind(photo)}"))
    found: dict[Path, list[str]] = {path: [] for path in group}
    for way in ways:
        ids = {path: way(path) for path in group}
        counts = Counter(id.casefold() for id in ids.values())
        for path, id in ids.items():
            if counts[id.casefold()] == 1:
                found[path].append(id)
    return {path: [*ids, _name(path)] for path, ids in found.items()}


def _name(path: Path) -> str:
    return fit_id(path.stem)


def _kind(path: Path) -> str:
    return "_" + path.suffix[1:].lower()


def _listed(suffixes: set[str]) -> str:
    return ", ".join(sorted(suffix[1:] for suffix in suffixes))


def _some(paths: Sequence[Path]) -> str:
    rest = len(paths) - _SHOWN
    return ", ".join(map(str, paths[:_SHOWN])) + (f" and {rest} more" if rest > 0 else "")
