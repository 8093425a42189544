"""How pictures are laid out for other programs."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from scoreface.base.errors import InputError
from scoreface.base.files import atomic, link_or_copy
from scoreface.results.dataset.rows import Places, Sample, as_json

#: The folders of what is laid out; nothing else is ever taken away.
OWN = ("shards", "pictures", "confidence")


class Way(Protocol):
    """A layout."""

    def places(self, part: int) -> Places:
        """Templates of the columns ``file`` and ``confidence`` of a part: see :func:`sample_of`."""
        ...

    def write(self, out: Path, part: int, samples: Sequence[Sample]) -> None:
        """Put the pictures of a part where their rows say, below ``out``."""
        ...


class Shards:
    """Tar files as WebDataset reads them: a picture's members follow each other and have its key for their name.

    ``.png`` is the picture, ``.confidence.png`` what of it is evidence, ``.cls`` the label, ``.json`` the row.
    """

    def places(self, part: int) -> Places:
        """See :meth:`Way.places`: both lie in the tar file."""
        return dict.fromkeys(("file", "confidence"), f"shards/{part:06d}.tar")

    def write(self, out: Path, part: int, samples: Sequence[Sample]) -> None:
        """See :meth:`Way.write`; the same samples give the same bytes."""
        with (
            atomic(out / self.places(part)["file"]) as temporary,
            tarfile.open(temporary, "w") as tar,
        ):
            for sample in samples:
                members = {
                    "png": _bytes(sample.picture),
                    "confidence.png": _bytes(sample.confidence),
                    "cls": str(sample.row.label).encode(),
                    "json": as_json(sample.row),
                }
                for ending, content in members.items():
                    member = tarfile.TarInfo(f"{sample.row.key}.{ending}")
                    member.size = len(content)
                    tar.addfile(member, io.BytesIO(content))


class Folders:
    """A folder an identity, as torchvision's ``ImageFolder`` reads them; the confidences in a tree of their own."""

    def places(self, part: int) -> Places:
        """See :meth:`Way.places`."""
        return {
            "file": "pictures/{identity}/{id}_{number}.png",
            "confidence": "confidence/{identity}/{id}_{number}.png",
        }

    def write(self, out: Path, part: int, samples: Sequence[Sample]) -> None:
        """See :meth:`Way.write`; where the file system has hard links, the pictures take no space of their own."""
        for sample in samples:
            for source, place in (
                (sample.picture, sample.row.file),
                (sample.confidence, sample.row.confidence),
            ):
                (out / place).parent.mkdir(parents=True, exist_ok=True)
                try:
                    link_or_copy(source, out / place)
                except FileNotFoundError as error:
                    raise _missing(source, error) from error


class InPlace:
    """Nothing but rows: the pictures stay where they are, below the results."""

    def places(self, part: int) -> Places:
        """See :meth:`Way.places`."""
        return {
            "file": "{folder}/{number}.png",
            "confidence": "{folder}/{number}_confidence.png",
        }

    def write(self, out: Path, part: int, samples: Sequence[Sample]) -> None:
        """See :meth:`Way.write`."""


WAYS: dict[str, Way] = {"folder": Folders(), "webdataset": Shards(), "pairs": InPlace()}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _missing(path, error) from error


def _missing(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path}: cannot be read ({error.strerror}); delete the folder that it lies in and run the workflow again"
    )
