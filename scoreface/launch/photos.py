"""From photos to a list of faces, and from an earlier list to one with further photos."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from scoreface.base.errors import InputError, shown
from scoreface.base.files import is_there, write_text
from scoreface.config.ids import FaceId, is_fit_image, read_ids
from scoreface.config.photos import name_photos


def merge(
    listed: Sequence[FaceId], photos: Sequence[Path], work: Path
) -> tuple[list[FaceId], list[str]]:
    """A list with further photos: those that are in it keep their ids.

    Args:
        listed: the list so far.
        photos: absolute paths.
        work: what the list's relative paths count from.

    Returns:
        the list, and sentences about what is not as one would think.

    Raises:
        InputError: a photo would get the id of another one.
    """
    notes = []
    known = {os.path.realpath(work / (face.image or "")): face for face in listed}
    there = [face.id for face in listed if is_there(work / (face.image or ""))]
    new = name_photos([path for path in photos if os.path.realpath(path) not in known], there)
    kept: dict[str, FaceId] = {}
    for face in listed:
        image = work / (face.image or "")
        moved = new.get(face.id)
        if is_there(image):
            kept[face.id] = face
        elif moved is not None:
            notes.append(f"{face.id}: its photo was {image}, and is {moved} now")
        else:
            notes.append(f"{face.id} is left out: its photo {image} is no longer there")
    by_letters = {id.casefold(): face for id, face in kept.items()}
    clashes = [
        (by_letters[id.casefold()], path) for id, path in new.items() if id.casefold() in by_letters
    ]
    if clashes:
        face, path = clashes[0]
        raise InputError(
            f"{path}: the id {face.id} belongs to {work / (face.image or '')} here"
            + (f" (and so with {len(clashes) - 1} more)" if len(clashes) > 1 else "")
            + "; rename the photo, or give these photos an --out of their own"
        )
    notes += [f"{shown(path.name)} -> {id}" for id, path in new.items() if id != path.stem]
    faces = [*kept.values(), *(FaceId(id, str(path)) for id, path in new.items())]
    return [_readable(face, work) for face in faces], notes


def read_list(path: Path) -> list[FaceId]:
    """The faces of a list that :func:`write_list` has written; none where there is none."""
    return read_ids(path) if path.exists() else []


def write_list(path: Path, faces: Sequence[FaceId]) -> None:
    """Write a list of ids and images."""
    rows = ["id\timage", *(f"{face.id}\t{face.image}" for face in faces)]
    write_text(path, "\n".join(rows) + "\n")


def _readable(face: FaceId, work: Path) -> FaceId:
    """A face whose image has a path that list and Snakemake take as it is; where needed a link or copy in ``work``."""
    image = face.image or ""
    if is_fit_image(image):
        return face
    link = work / "photos" / f"{face.id}{Path(image).suffix.lower()}"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(image)
    except OSError:  # a file system without links
        shutil.copy(image, link)
    return FaceId(face.id, str(link.relative_to(work)))
