"""Gather the pictures of all faces, part by part; what is done already is left as it is.

A part is some consecutive faces. It has a manifest of its own in ``parts/``, which is written before its pictures, so
that whatever was begun can be taken away, and a record, which is written last and says what the part was made from.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from scoreface.base.errors import InputError
from scoreface.base.files import read_json, write_json
from scoreface.results.augmented.record import NAME, read_record
from scoreface.results.dataset import manifest
from scoreface.results.dataset.rows import Face, Sample, sample_of
from scoreface.results.dataset.ways import OWN, WAYS

# Raised when the same pictures are laid out otherwise.
_LAYOUT = 1


@dataclass(frozen=True)
class Gathering:
    """What is gathered, and where to.

    Attributes:
        faces: all accepted faces.
        out: the folder.
        way: name of the layout, see :data:`WAYS`.
        model: the score model, for the manifest.
        faces_a_part: how many.
    """

    faces: Sequence[Face]
    out: Path
    way: str
    model: str
    faces_a_part: int

    @property
    def parts(self) -> range:
        """The parts' numbers."""
        return range(-(-len(self.faces) // self.faces_a_part))

    def gather(self, share: tuple[int, int] = (1, 1)) -> None:
        """Make the parts of a share, and, once all parts are there, the manifest.

        Args:
            share: (i, n): every n-th part from the i-th on, counted from 1; several processes may make one each.

        Raises:
            InputError: a face's pictures are missing or damaged, or the folder cannot be written.
        """
        which, shares = share
        mine = self.parts[which - 1 :: shares]
        to_make = [part for part in mine if not self._is_done(part)]
        # All before any is made: what one part had, another may have now.
        for part in (*to_make, *self._others()):
            self._discard(part)
        for part in tqdm(to_make, desc="dataset", unit="part", mininterval=2):
            self._make(part)
        left = [part for part in self.parts if not self._is_done(part)]
        if left:
            print(
                f"{len(left)} of {len(self.parts)} parts are left to other shares; the last to end writes the manifest",
                file=sys.stderr,
            )
            return
        tables = [self._table(part) for part in self.parts]
        manifest.join(tables, self.out / "manifest.parquet", self.out / "manifest.csv")

    def samples(self, part: int) -> Iterator[Sample]:
        """The pictures of a part, in the order of the list.

        Raises:
            InputError: a record is missing or damaged.
        """
        places = WAYS[self.way].places(part)
        for face in self._faces(part):
            record = read_record(face.folder)
            for shown in record.views:
                yield sample_of(face, record, shown, self.model, places, self.out)

    def _faces(self, part: int) -> Sequence[Face]:
        return self.faces[part * self.faces_a_part : (part + 1) * self.faces_a_part]

    def _make(self, part: int) -> None:
        key = self._key(part)
        samples = list(self.samples(part))
        manifest.write_part(self._table(part), [sample.row for sample in samples])
        WAYS[self.way].write(self.out, part, samples)
        write_json(self._record(part), {"key": key, "pictures": len(samples)})

    def _is_done(self, part: int) -> bool:
        """Whether a part is there, made from what is there now."""
        path = self._record(part)
        return path.is_file() and read_json(path).get("key") == self._key(part)

    def _key(self, part: int) -> str:
        """A hash of all that a part depends on: the faces' records say all of their pictures."""
        digest = hashlib.sha256(json.dumps([_LAYOUT, self.way, self.model]).encode())
        for face in self._faces(part):
            digest.update(json.dumps([face.id, face.identity, face.label]).encode())
            try:
                digest.update((face.folder / NAME).read_bytes())
            except OSError as error:
                raise InputError(
                    f"{face.folder / NAME}: cannot be read ({error.strerror}); run the workflow with augment.poses set"
                ) from error
        return digest.hexdigest()

    def _discard(self, part: int) -> None:
        """Take away what an earlier run has made, or begun, of a part."""
        self._record(part).unlink(missing_ok=True)
        table = self._table(part)
        if table.is_file():
            for names in manifest.column_pairs(table, "file", "confidence"):
                for name in names:
                    # What stays where it was made is not the dataset's.
                    if name.partition("/")[0] in OWN:
                        (self.out / name).unlink(missing_ok=True)
            table.unlink()

    def _others(self) -> set[int]:
        """Parts of an earlier, longer list."""
        numbers = {int(path.stem) for path in (self.out / "parts").glob("*.parquet")}
        return numbers - set(self.parts)

    def _table(self, part: int) -> Path:
        return self.out / "parts" / f"{part:06d}.parquet"

    def _record(self, part: int) -> Path:
        return self.out / "parts" / f"{part:06d}.json"
