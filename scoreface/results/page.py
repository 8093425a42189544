"""The report: one page that opens from disk, offline, and links to the pictures."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from scoreface.base.arrays import read_palette
from scoreface.base.files import write_text
from scoreface.results.faces import REJECTED, STATUSES, FaceSummary
from scoreface.results.style import SCRIPT, STYLE
from scoreface.texture.state import LEGEND, OUTSIDE

# Where no provenance picture tells its own.
_GREY = "#999999"

_OVERLAY = "fit/overlay.png"
_PICTURES = (
    ("parse/overlay.png", "parse"),
    (_OVERLAY, "fit"),
    ("texture.png", "texture"),
    ("provenance.png", "provenance"),
    ("turntable.gif", "turntable"),
)
_DOWNLOADS = ("head.glb", "head.obj", "frontal.png", "views")

# Column title and key of FaceSummary.cells.
_COLUMNS = (
    ("id", "id"),
    ("status", "status"),
    ("yaw °", "yaw"),
    ("pitch °", "pitch"),
    ("roll °", "roll"),
    ("error", "reprojection_error"),
    ("outline", "outline_iou"),
    ("observed %", "share_observed"),
    ("generated %", "share_generated"),
    ("completed %", "share_completed"),
    ("evaluations", "network_evaluations"),
)


def write_page(path: Path, faces: Sequence[FaceSummary], results: Path) -> None:
    """Write the report atomically.

    Its pictures are links relative to ``path``, loaded when they scroll into sight, so that a page
    of 10,000 faces opens.

    Args:
        path: the HTML file.
        faces: one for each id, in the list's order.
        results: the folder with one folder an id.
    """
    colours = _label_colours(faces, results)
    write_text(path, "\n".join(_page(faces, results, path.parent, colours)) + "\n")


def _page(
    faces: Sequence[FaceSummary], results: Path, base: Path, colours: dict[int, str]
) -> Iterator[str]:
    counts = Counter(face.status for face in faces)
    figures = [f"<b>{len(faces)}</b> faces"]
    figures += [
        f'<span class="status {status}">{counts[status]} {status}</span>'
        for status in STATUSES
        if counts[status]
    ]
    flagged = sum(bool(face.flag) for face in faces)
    figures += [f'<span class="status flagged">{flagged} flagged</span>'] if flagged else []
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>ScoreFace: {len(faces)} faces</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield f"<header><h1>ScoreFace</h1><p>{' '.join(figures)}</p>"
    yield '<input id="filter" type="search" placeholder="Filter by id, status, reason or flagged"></header>'
    yield f'<main>\n<p class="legend">Texels of the UV chart: {_legend(colours)}</p>'
    yield from _table(faces)
    for face in faces:
        yield _card(face, results / face.id, base, colours)
    yield f"</main>\n<script>{SCRIPT}</script>\n</body>\n</html>"


def _table(faces: Sequence[FaceSummary]) -> Iterator[str]:
    titles = "".join(f"<th>{title}</th>" for title, _ in _COLUMNS)
    yield f'<div class="scroll"><table>\n<thead><tr>{titles}<th>seconds</th></tr></thead>\n<tbody>'
    for face in faces:
        cells = face.cells()
        cells["id"] = f'<a href="#{_anchor(face)}">{escape(face.id)}</a>'
        cells["status"] = _badges(face)
        for key in ("share_observed", "share_generated", "share_completed"):
            cells[key] = cells[key] and f"{100 * float(cells[key]):.1f}"
        row = "".join(f"<td>{cells[key]}</td>" for _, key in _COLUMNS)
        seconds = f"{sum(face.seconds.values()):.0f}" if face.seconds else ""
        yield f"<tr{_searched(face)}>{row}<td>{seconds}</td></tr>"
    yield "</tbody>\n</table></div>"


def _card(face: FaceSummary, folder: Path, base: Path, colours: dict[int, str]) -> str:
    """One face: its pictures that exist, and its figures."""
    parts = [
        f'<article id="{_anchor(face)}" class="{face.status}"{_searched(face)}>',
        f"<h2>{escape(face.id)} {_badges(face)}</h2>",
    ]
    if face.reason:
        parts.append(f'<p class="reason">{escape(face.reason)}</p>')
    # Of a rejected photo the reason says it all.
    if face.status != REJECTED:
        parts += [f'<p class="note">Parse: {escape(note)}</p>' for note in face.notes]
    parts.append(_figures(face))
    if face.shares:
        parts.append(_bar(face, colours))
    parts.append(_picture(folder / "before_after.png", "photo, its texels, complete", base, "wide"))
    parts.append(f'<div class="row">{_row(face, folder, base)}</div>')
    parts.append(f"{_downloads(folder, base)}</article>")
    return "".join(parts)


def _badges(face: FaceSummary) -> str:
    """What became of the face, and whether its fit is better looked at."""
    flagged = ' <span class="status flagged">flagged</span>' if face.flag else ""
    return f'<span class="status {face.status}">{face.status}</span>{flagged}'


def _row(face: FaceSummary, folder: Path, base: Path) -> str:
    """The small pictures; beside the fit's, why it is better looked at."""
    parts = []
    for name, caption in _PICTURES:
        parts.append(_picture(folder / name, caption, base, ""))
        if name == _OVERLAY and face.flag:
            parts.append(f'<p class="flag">{escape(face.flag)}</p>')
    return "".join(parts)


def _figures(face: FaceSummary) -> str:
    cells = face.cells()
    items = []
    if cells["yaw"]:
        items.append("yaw {yaw}°, pitch {pitch}°, roll {roll}°".format(**cells))
    if cells["reprojection_error"]:
        items.append(f"landmarks missed by {face.reprojection_error:.1%} of the eyes' distance")
    if face.outline_iou is not None:
        items.append(f"head and bare skin overlap by {face.outline_iou:.1%}")
    if face.evaluations is not None:
        items.append(f"{face.evaluations:,} network evaluations")
    if face.seconds:
        stages = ", ".join(
            f"{stage.replace('_', ' ')} {seconds:.0f}" for stage, seconds in face.seconds.items()
        )
        items.append(f"{sum(face.seconds.values()):.0f} s ({stages})")
    return f'<ul class="figures">{"".join(f"<li>{item}</li>" for item in items)}</ul>'


def _bar(face: FaceSummary, colours: dict[int, str]) -> str:
    """The shares of the chart as one bar, and in words for who cannot see it."""
    words = ", ".join(f"{LEGEND[label]} {share:.1%}" for label, share in face.shares.items())
    segments = "".join(
        f'<i style="width:{100 * share:.2f}%;background:{colours[label]}"></i>'
        for label, share in face.shares.items()
    )
    return f'<div class="bar">{segments}</div><p class="words">{escape(words)}</p>'


def _picture(path: Path, caption: str, base: Path, kind: str) -> str:
    if not path.is_file():
        return ""
    url = _url(path, base)
    return (
        f'<figure class="{kind}"><a href="{url}"><img loading="lazy" src="{url}" '
        f'alt="{caption}"></a><figcaption>{caption}</figcaption></figure>'
    )


def _downloads(folder: Path, base: Path) -> str:
    links = [
        f'<a href="{_url(folder / name, base)}">{name}</a>'
        for name in _DOWNLOADS
        if (folder / name).exists()
    ]
    return f'<p class="downloads">{" · ".join(links)}</p>' if links else ""


def _legend(colours: dict[int, str]) -> str:
    return " ".join(
        f'<span><i style="background:{colours[label]}"></i>{escape(meaning)}</span>'
        for label, meaning in LEGEND.items()
        if label != OUTSIDE
    )


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


def _anchor(face: FaceSummary) -> str:
    return "face-" + escape(face.id)


def _searched(face: FaceSummary) -> str:
    """The text that the page's filter looks through."""
    flag = f" flagged {face.flag}" if face.flag else ""
    return f' data-text="{escape(f"{face.id} {face.status} {face.reason}{flag}".lower())}"'


def _url(path: Path, base: Path) -> str:
    return escape(quote(Path(os.path.relpath(path, base)).as_posix()))
