"""One row of the manifest: a picture, whom it shows and what made it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from scoreface.results.augmented.record import Record, Shown


class Face(NamedTuple):
    """Attributes:
    id: of the face.
    identity: whom it shows; several faces may show one person.
    label: number of the identity, in the order of the list.
    folder: with the face's pictures and their record.
    """

    id: str
    identity: str
    label: int
    folder: Path


class Row(NamedTuple):
    """Attributes:
    key: of the picture, unique.
    id, identity, label: of the face, see :class:`Face`.
    file, confidence: where the picture, and what of it is evidence, lie.
    yaw, pitch, roll: degrees, as the fit has them.
    share_observed: of the head's part of the picture.
    seed: of the run.
    model: the score model.
    texture: SHA-256 of the texture.
    """

    key: str
    id: str
    identity: str
    label: int
    file: str
    confidence: str
    yaw: float
    pitch: float
    roll: float
    share_observed: float
    seed: int
    model: str
    texture: str


class Sample(NamedTuple):
    """A picture, its row, and the files that it comes from."""

    row: Row
    picture: Path
    confidence: Path


#: Templates of where a picture and its confidence go.
Places = Mapping[str, str]


def key_of(id: str, number: int) -> str:
    """The key of a picture: without a full stop, at which WebDataset would end it."""
    return f"{id.replace('.', '%2E')}_{number:03d}"


def labelled(identities: Iterable[tuple[str, str]], results: Path) -> Iterator[Face]:
    """Faces with their labels.

    Args:
        identities: id and identity of each face.
        results: the folder with one folder an id.
    """
    labels: dict[str, int] = {}
    for id, identity in identities:
        yield Face(id, identity, labels.setdefault(identity, len(labels)), results / id / "augment")


def sample_of(
    face: Face, record: Record, shown: Shown, model: str, places: Places, out: Path
) -> Sample:
    """A picture of a face with its row.

    Args:
        face: the face.
        record: of its pictures.
        shown: the picture's.
        model: the score model.
        places: templates of ``file`` and ``confidence`` with {id}, {identity}, {number} and {folder}.
        out: the folder that these count from.
    """
    key = key_of(face.id, shown.number)
    names = {"id": face.id, "identity": face.identity, "number": f"{shown.number:03d}"}
    names["folder"] = os.path.relpath(face.folder, out)
    file, confidence = (places[name].format(**names) for name in ("file", "confidence"))
    whom = (key, face.id, face.identity, face.label, file, confidence)
    pose = (shown.yaw, shown.pitch, shown.roll, shown.share)
    row = Row(*whom, *pose, record.seed, model, record.texture)
    return Sample(row, face.folder / shown.picture, face.folder / shown.confidence)


def as_json(row: Row) -> bytes:
    """The row for a file beside the picture."""
    return json.dumps(row._asdict()).encode()
