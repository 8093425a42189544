"""What the page's script draws its table and its cards from, in as few letters as possible."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scoreface.base.arrays import read_palette
from scoreface.results.faces import COMPLETE, STAGES, STATUSES, FaceSummary
from scoreface.texture.state import LEGEND, OUTSIDE

#: What the page shows as the status of a complete face with a figure out of range.
LOOK = "complete, look at it"

#: Of a complete face with nothing out of range, of one that is better looked at, and the others.
SHOWN_STATUSES = (COMPLETE, LOOK, *(status for status in STATUSES if status != COMPLETE))

# What a card may show and link to; the order is the page's script's.
_FILES = (
    "compare/photo.png",
    "compare/incomplete.png",
    "compare/complete.png",
    "head.js",
    "frontal.png",
    "before_after.png",
    "turntable.webp",
    "turntable.gif",
    "parse/overlay.png",
    "fit/overlay.png",
    "texture.png",
    "provenance.png",
    "uncertainty.png",
    "head.zip",
    "head.glb",
    "views",
)

# Where no provenance picture tells its own.
_GREY = "#999999"

_LABELS = tuple(label for label in LEGEND if label != OUTSIDE)


def shown_status(face: FaceSummary) -> str:
    """The status as the page has it."""
    return LOOK if face.status == COMPLETE and face.look_at else face.status


def page_data(faces: Sequence[FaceSummary], results: Path, base: Path) -> dict[str, Any]:
    """Everything about all faces, for JSON.

    Args:
        faces: one for each id, in the list's order.
        results: the folder with one folder an id.
        base: the page's folder, from which its links count.
    """
    colours = _label_colours(faces, results)
    return {
        "root": _folder(results, base),
        "statuses": SHOWN_STATUSES,
        "files": _FILES,
        "stages": STAGES,
        "legend": [[LEGEND[label], colours[label]] for label in _LABELS],
        "faces": [_row(face, results / face.id) for face in faces],
    }


def _folder(results: Path, base: Path) -> str:
    """What comes before an id in a link."""
    path = Path(os.path.relpath(results, base)).as_posix()
    return "" if path == "." else f"{quote(path)}/"


def _row(face: FaceSummary, folder: Path) -> list[Any]:
    """One face; the order of its entries is the page's script's."""
    there = sum(1 << bit for bit, name in enumerate(_FILES) if (folder / name).exists())
    return [
        face.id,
        SHOWN_STATUSES.index(shown_status(face)),
        " ".join(face.reason.split()),
        there,
        _rounded(face.identity_before, 3),
        _rounded(face.identity_after, 3),
        _rounded(face.outline_iou, 4),
        _rounded(face.reprojection_error, 4),
        face.n_faces,
        *(_rounded(angle, 1) for angle in (face.yaw, face.pitch, face.roll)),
        [_rounded(face.shares.get(label), 4) for label in _LABELS] if face.shares else [],
        face.evaluations,
        [_rounded(face.seconds.get(stage), 1) for stage in STAGES] if face.seconds else [],
        {column: " ".join(sentence.split()) for column, sentence in face.look_at.items()},
        [" ".join(note.split()) for note in face.notes],
        " ".join(face.found_by.split()),
    ]


def _rounded(value: float | None, digits: int) -> float | int | None:
    """A number of few letters."""
    if value is None:
        return None
    short = round(value, digits)
    return int(short) if short == int(short) else short


def _label_colours(faces: Sequence[FaceSummary], results: Path) -> dict[int, str]:
    """The colours of the labels in the provenance pictures' own palette."""
    colours = dict.fromkeys(LEGEND, _GREY)
    shown = next((face.id for face in faces if face.shares), None)
    if shown is None:
        return colours
    palette = read_palette(results / shown / "provenance.png")
    for label in LEGEND:
        if len(palette) >= 3 * label + 3:
            colours[label] = "#{:02x}{:02x}{:02x}".format(*palette[3 * label : 3 * label + 3])
    return colours
