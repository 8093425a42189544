"""The list of faces: which ids there are, and where the photo of each one is."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scoreface.base.errors import InputError, shown
from scoreface.base.files import is_there

# An id names a folder under the results, and stands on command lines: no separators, no blanks,
# nothing that reads as an option or a hidden file.
ID_PATTERN = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"

# Names that the results of a whole run have in the same folder.
_RESERVED = {"logs", "benchmarks", "dataset", "sampled", "doctor.txt", "doctor_fit.txt"}
_RESERVED |= {"screen.tsv", "summary.tsv", "report.html", "contact_sheet.png", "viewer.js"}
_RESERVED |= {"licences.md"}
_RESERVED |= {"photos.tsv", "settings.yaml"}

_COLUMNS = ("id", "image", "identity")

_LONGEST_ID, _NAMELESS = 100, "photo"
# What is no letter with a mark, so that Unicode does not take it apart.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O"}
    | {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "þ": "th"}
)

# To Snakemake a wildcard or a path variable; or no character of a line.
_UNFIT = re.compile(r"[\x00-\x1f\x7f<>{}]")
_LONGEST_PATH, _MOST_BYTES = 1000, 100_000_000
_SHOWN = 5


@dataclass(frozen=True)
class FaceId:
    """One line of the list.

    Attributes:
        id: as written, so that ``00042`` keeps its zeros.
        image: path of the photo where the list gives one.
        person: whom it shows, where the list says so.
    """

    id: str
    image: str | None = None
    person: str | None = None

    @property
    def identity(self) -> str:
        """Whom it shows: what the list says, or else the id."""
        return self.person or self.id


def fit_id(name: str) -> str:
    """A name as an id: letters without their marks, and ``_`` for what an id may not have.

    It is the same where the name is an id already.
    """
    if is_fit_id(name):
        return name
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", plain).strip("_.-")[:_LONGEST_ID].rstrip("_.-")
    if not plain:
        return _NAMELESS
    return plain if is_fit_id(plain) else f"{plain}_"


def read_ids(path: Path) -> list[FaceId]:
    """Read an id list.

    The list is a text file with one id a line, or tab-separated values with the header ``id`` and
    optionally ``image`` and ``identity``. Blank lines and lines that start with ``#`` are left out.

    Raises:
        InputError: no such file, no ids, ids twice, ids or identities unfit for a path, or unknown columns.
    """
    try:
        # A device, or a pipe, has no end.
        if is_there(path) and not path.is_file():
            raise InputError(f"{path}: no file, so no list of ids")
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path}: larger than 100 MB, so no list of ids")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read as a list of ids ({error.strerror})") from error
    except ValueError as error:  # not UTF-8, or a path that no file can have
        raise InputError(f"{path}: not a text file; it should have one id a line") from error
    # Not splitlines(), which takes a form feed or U+2028 for the end of a line too.
    lines = [line.rstrip("\r") for line in text.split("\n")]
    rows = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    faces = _from_rows([[field.strip() for field in row] for row in rows], path)
    _check(faces, path)
    return faces


def is_fit_id(name: str) -> bool:
    """Whether a name may be an id, also where the file system takes small letters for large ones."""
    return bool(re.fullmatch(ID_PATTERN, name)) and name.casefold() not in _RESERVED


def is_fit_image(path: str) -> bool:
    """Whether a list may have a path of a photo as it is, and Snakemake take it for nothing else."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return not _UNFIT.search(path) and len(path) <= _LONGEST_PATH and path == path.strip()


def image_of(face: FaceId, template: str) -> Path:
    """The photo of a face: what the list says, or else ``template`` with ``{id}`` replaced."""
    return Path(face.image or template.replace("{id}", face.id))


def check_images(faces: Iterable[FaceId], template: str, made: Iterable[str]) -> None:
    """Check that every face has its photo.

    Args:
        faces: the list.
        template: path of a photo, with ``{id}`` in it.
        made: photos that the workflow makes itself.

    Raises:
        InputError: photos are missing.
    """
    given_later = {Path(path) for path in made}
    unfit, missing = [], []
    for face in faces:
        image = image_of(face, template)
        if _UNFIT.search(str(image)) or len(str(image)) > _LONGEST_PATH:
            unfit.append(f"{face.id} ({shown(str(image))})")
        elif image not in given_later and not (is_there(image) and image.is_file()):
            missing.append(f"{face.id} ({image})")
    if unfit:
        raise InputError(
            f"image paths that Snakemake would take for something else: {_some(unfit)}; rename the files: up to "
            f"{_LONGEST_PATH} characters, no braces, angle brackets or control characters"
        )
    if missing:
        raise InputError(f"no image for {_some(missing)}; relative paths count from {Path.cwd()}")


def check_folders(faces: Iterable[FaceId], results: Path) -> None:
    """Check that nothing else stands where the results of a face go: Snakemake would stop for all faces.

    Raises:
        InputError: something does.
    """
    if not results.is_dir():
        return
    with os.scandir(results) as entries:
        others = {entry.name for entry in entries if not entry.is_dir()}
    blocked = [str(results / face.id) for face in faces if face.id in others]
    if blocked:
        raise InputError(f"no folder: {_some(blocked)}; results go there, so move it away")


def check_results(faces: Iterable[FaceId], results: Path) -> None:
    """Check that the table in the folder of the results is of this list: one that has a face in common with it.

    Raises:
        InputError: all faces in the table are others, whose results are there: table and page would lose them.
    """
    table = results / "summary.tsv"
    try:
        rows = table.read_text(encoding="utf-8").splitlines()[1:]
    except (OSError, ValueError):
        return
    ids = {face.id for face in faces}
    others = [row.split("\t")[0] for row in rows]
    if ids.isdisjoint(others) and any((results / id).is_dir() for id in others if id):
        raise InputError(
            f"{table} is the table of other faces ({_some(others)}), and has none of {_some(sorted(ids))}: it and the "
            "page would lose them. Give this list a folder of its own (results: my-results) or put those ids into it "
            "too; share_results: true, for a list in pieces, lets it replace both"
        )


def _from_rows(rows: Sequence[Sequence[str]], path: Path) -> list[FaceId]:
    if not rows:
        raise InputError(f"{path}: no ids in it; it should have one id a line")
    if "id" not in rows[0]:
        for row in rows:
            if len(row) > 1:
                raise InputError(
                    f"{path}: {shown(row[0])} has several columns but the list has no header 'id'"
                )
        return [FaceId(row[0]) for row in rows]
    header, *body = rows
    unknown = [name for name in header if name not in _COLUMNS]
    if unknown or len(set(header)) < len(header):
        raise InputError(
            f"{path}: columns {', '.join(name[:50] for name in header[:_SHOWN])}; there may be one each of "
            + ", ".join(map(repr, _COLUMNS))
        )
    if not body:
        raise InputError(f"{path}: no ids in it, only the header")
    faces = []
    for row in body:
        if len(row) > len(header):
            raise InputError(
                f"{path}: {shown(row[0])} has {len(row)} columns, the header {len(header)}"
            )
        cells = dict(zip(header, row, strict=False))
        faces.append(
            FaceId(cells.get("id", ""), cells.get("image") or None, cells.get("identity") or None)
        )
    return faces


def _check(faces: Sequence[FaceId], path: Path) -> None:
    unfit = [face.id for face in faces if not re.fullmatch(ID_PATTERN, face.id)]
    if unfit:
        raise InputError(
            f"{path}: ids unfit for a folder name: {_some(map(shown, unfit))}; "
            "allowed are up to 100 letters, digits, '_', '-' and '.', of which the last two "
            "may not come first"
        )
    taken = [face.id for face in faces if face.id in _RESERVED]
    if taken:
        raise InputError(
            f"{path}: ids that name files of the whole run: {_some(taken)}; rename them"
        )
    people = {face.identity for face in faces}
    unfit = sorted(name for name in people if not re.fullmatch(ID_PATTERN, name))
    if unfit:
        raise InputError(
            f"{path}: identities unfit for a folder name: {_some(map(shown, unfit))}; allowed is what ids may have"
        )
    twice = [id for id, count in Counter(face.id for face in faces).items() if count > 1]
    if twice:
        raise InputError(f"{path}: ids that stand more than once: {_some(twice)}")


def _some(names: Iterable[str]) -> str:
    """The first few names, and how many there are beyond them."""
    listed = list(names)
    rest = len(listed) - _SHOWN
    return ", ".join(listed[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
