"""Gather the pictures that augment has made of all faces, for other programs: a manifest and what they can read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scoreface.base.command import option
from scoreface.base.errors import InputError
from scoreface.base.settings import key
from scoreface.results.augmented.settings import AugmentSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoreface.results.dataset.rows import Face

VERSION = "1"

PAIRS, SHARDS, NONE = "pairs", "webdataset", "none"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    pictures: how many there are of a face, and the seed.
    export: ``folder``, ``webdataset`` or ``pairs``; ``none``: nothing is gathered.
    shard: pictures in a tar file, about.
    pairs: path of a list of pairs; empty: they are drawn.
    """

    pictures: AugmentSettings
    export: str = key("augment.export")
    shard: int = key("augment.shard")
    pairs: str = key("augment.pairs")


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    ids: the id list, with a column ``identity`` where several ids are one person.
    screen: table of the accepted ids.
    results: the folder with one folder an id.
    score_model: its path, or its name on the hub, for the manifest.
    share: as in 2/8: every eighth part from the second on.
    """

    ids: Path
    screen: Path
    results: Path
    score_model: str = option("the score model, which the manifest names", "")
    share: str = option(
        "make a part of the tar files only, such as 2/8: the second of eight", "1/1"
    )


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: folder for ``manifest.parquet``, ``manifest.csv`` and the pictures; what is in it and as it should be stays.
    """

    out: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Gather the pictures; a run that was cut short goes on where it was.

    Raises:
        InputError: no poses are asked for, a list or a record is missing or damaged, pictures are missing, or the
            share is none.
    """
    from scoreface.results.dataset.gather import Gathering

    views = settings.pictures.views
    if not views:
        raise InputError("augment.poses: none, so that there are no pictures to gather")
    if settings.export == NONE:
        raise InputError("augment.export: none; say how the pictures are gathered")
    share = _share(inputs.share, settings.export)
    faces = _faces(inputs)
    name = inputs.score_model
    a_part = max(1, settings.shard // views)
    Gathering(faces, outputs.out, settings.export, name, a_part).gather(share)
    for name in ("pairs.tsv", "pairs.bin"):
        if settings.export != PAIRS:
            (outputs.out / name).unlink(missing_ok=True)
    if settings.export == PAIRS:
        _write_pairs(faces, outputs.out, settings)


def _write_pairs(faces: Sequence[Face], out: Path, settings: Settings) -> None:
    from scoreface.results.dataset.pairs import draw_pairs, read_pairs, write_bin, write_list

    views = settings.pictures.views
    if settings.pairs:
        pairs = read_pairs(Path(settings.pairs), faces, views)
    else:
        pairs = draw_pairs(faces, views, settings.pictures.seed)
    write_list(out / "pairs.tsv", pairs)
    write_bin(out / "pairs.bin", read_pairs(out / "pairs.tsv", faces, views))


def _faces(inputs: Inputs) -> list[Face]:
    """The accepted faces, in the order of the list."""
    import csv

    from scoreface.config.ids import read_ids
    from scoreface.results.dataset.rows import labelled

    try:
        with inputs.screen.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t"))
        accepted = {row["id"] for row in rows if row["status"] == "accepted"}
    except (OSError, UnicodeDecodeError, KeyError) as error:
        raise InputError(f"{inputs.screen}: no table of the screening ({error})") from error
    listed = [(face.id, face.identity) for face in read_ids(inputs.ids) if face.id in accepted]
    if not listed:
        raise InputError(f"{inputs.screen}: none of the ids in {inputs.ids} was accepted")
    return list(labelled(listed, inputs.results))


def _share(text: str, export: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text)
    which, shares = map(int, found.groups()) if found else (0, 0)
    if not 1 <= which <= shares:
        raise InputError(f"--share: {text} is none; write 1/8 to 8/8 for eight shares")
    if shares > 1 and export != SHARDS:
        raise InputError(
            f"--share: only tar files are made in shares, which augment.export: {SHARDS} gives"
        )
    return which, shares
