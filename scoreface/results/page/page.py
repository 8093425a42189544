"""The page itself: what stands in it without a script, and the data that its script draws the rest from."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

import scoreface
from scoreface.base.files import write_text
from scoreface.results.faces import FaceSummary
from scoreface.results.page.data import page_data
from scoreface.results.ranges import SAME_PERSON, Ranges

#: Faces whose rows and cards are drawn at a time.
FACES_A_PAGE = 50


@dataclass(frozen=True)
class Run:
    """What made the faces.

    Attributes:
        model: the score model, as people call it; empty where it is not known.
        embedded: whether it is one of the embedded ones.
        size: pixels along a side of the pictures that it knows.
        pipeline: name of the inpainting pipeline.
        seed: of all random numbers.
        drawn: where the score model drew the photos, in how many of how many pictures a face was found.
    """

    model: str
    embedded: bool
    size: int
    pipeline: str
    seed: int
    drawn: tuple[int, int] | None = None


def write_page(
    path: Path,
    faces: Sequence[FaceSummary],
    results: Path,
    run: Run,
    ranges: Ranges,
    beside: Mapping[str, Path],
) -> None:
    """Write the report atomically.

    Its pictures are links relative to ``path``. The page's script draws the rows and cards of ``FACES_A_PAGE`` faces at
    a time, so that a page of 10,000 faces opens at once.

    Args:
        path: the HTML file.
        faces: one for each id, in the list's order.
        results: the folder with one folder an id.
        run: what made them.
        ranges: in which the figures are as they should be.
        beside: paths of the ``viewer``'s script and the ``contact_sheet``, linked where they are there.
    """
    data = page_data(faces, results, path.parent)
    links = {name: _url(other, path.parent) for name, other in beside.items() if other.is_file()}
    data |= {"page": FACES_A_PAGE, "viewer": links.get("viewer")}
    parts = {
        "title": f"ScoreFace: {_count(len(faces))}",
        "style": _part("style.css"),
        "script": _part("page.js"),
        "data": _as_script(data),
        "run": _run(run),
        "note": _note(run),
        "sheet": _sheet(links.get("contact_sheet")),
        "same_person": f"{SAME_PERSON:g}",
        "error": f"{ranges.error:.1%}",
        "filters": _filters(data),
    }
    write_text(path, Template(_part("page.html")).substitute(parts))


def _part(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _as_script(data: dict[str, Any]) -> str:
    """JSON without a character that could end the script that it stands in."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _run(run: Run) -> str:
    """What made the faces, and when the page was made."""
    now = datetime.now().astimezone()
    parts = [f"{run.model}, {run.size} pixels"] if run.model else []
    if run.drawn:
        found, pictures = run.drawn
        parts.append(f"photos drawn by it: a face in {found} of {pictures} pictures")
    parts += [f"pipeline {run.pipeline}", f"seed {run.seed}", f"ScoreFace {scoreface.__version__}"]
    items = "".join(f"<li>{escape(part)}</li>" for part in parts)
    day = f'<time datetime="{now.isoformat(timespec="seconds")}">{now:%Y-%m-%d %H:%M}</time>'
    return f"{items}<li>{day}</li>"


def _note(run: Run) -> str:
    """What a reader has to know of an embedded score model before judging a face."""
    if not run.embedded:
        return ""
    return (
        f'<p class="note">The embedded score model knows procedural heads of {run.size} pixels only. It shows how the '
        "pipeline works. For photos of people, give one that was trained on photos: "
        "<code>assets.score_model</code>.</p>"
    )


def _sheet(link: str | None) -> str:
    return f'<a href="{link}">Contact sheet</a>' if link else ""


def _filters(data: dict[str, Any]) -> str:
    """A button for all faces, and one for each status that a face has."""
    counts = Counter(row[1] for row in data["faces"])
    numbered = enumerate(data["statuses"])
    choices = [("", "all", len(data["faces"]))]
    choices += [(str(place), name, counts[place]) for place, name in numbered if counts[place]]
    return "".join(
        f'<button type="button" data-status="{status}" aria-pressed="{"false" if status else "true"}">'
        f"{name} <b>{number:,}</b></button>"
        for status, name, number in choices
    )


def _count(faces: int) -> str:
    return "1 face" if faces == 1 else f"{faces:,} faces"


def _url(path: Path, base: Path) -> str:
    return quote(Path(os.path.relpath(path, base)).as_posix())
