"""Pairs of templates as IARPA Janus Benchmarks have them (Maze et al. 2018), in NIST's files or in insightface's.

A template is a person's pictures and video frames. Its embedding is the mean over its media, of the mean over the
frames of each.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from scoreface.base.errors import InputError
from scoreface.verify.lines import Line, read_lines
from scoreface.verify.pairs import Box, Collector, Item, PairSet, Sample

_TEMPLATES, _PAIRS = "a list of templates", "a list of pairs of templates"
#: Columns of NIST's lists: those that have to be there, and the face's box.
_TEMPLATE, _SUBJECT, _FILE, _MEDIUM = "TEMPLATE_ID", "SUBJECT_ID", "FILENAME", "SIGHTING_ID"
_BOX = ("FACE_X", "FACE_Y", "FACE_WIDTH", "FACE_HEIGHT")


class _Row(NamedTuple):
    template: str
    medium: str
    sample: Sample
    subject: str | None


def read_ijb(path: Path, templates: Sequence[Path]) -> PairSet:
    """Read pairs of templates.

    Args:
        path: a line a pair: ``template template label`` with label 1 for one person, or NIST's ``template,template``,
            whose label the templates' subjects tell.
        templates: the lists of their pictures: insightface's ``picture template medium``, or NIST's CSV files with a
            header, whose boxes the faces are cut out by.

    Raises:
        InputError: a line is wrong, or a pair names a template that no list has.
    """
    found = Collector(path, templates[0].parent)
    media: dict[str, dict[str, list[int]]] = {}
    subjects: dict[str, str | None] = {}
    for file in templates:
        for row in _rows(file):
            number = found.sample(row.sample)
            frames = media.setdefault(row.template, {}).setdefault(row.medium, [])
            if number not in frames:
                frames.append(number)
            subjects[row.template] = row.subject
    for template, parts in media.items():
        found.item(Item(template, tuple(map(tuple, parts.values())), subjects[template]))
    for line in read_lines(path, _PAIRS):
        _add(found, line)
    return found.done()


def _add(found: Collector, line: Line) -> None:
    words = [word.strip() for word in line.text.split("," if "," in line.text else None)]
    if len(words) not in (2, 3):
        raise line.wrong("a pair: two templates, and 1 for one person or 0 for two")
    places = []
    for name in words[:2]:
        place = found.place_of(name)
        if place is None:
            raise InputError(f"{line.place}: no list of --templates has the template {name}")
        places.append(place)
    if len(words) == 3:
        if words[2] not in ("0", "1"):
            raise line.wrong("a pair whose label is 1 for one person or 0 for two")
        same = words[2] == "1"
    else:
        one, other = map(found.subject_of, places)
        if one is None or other is None:
            raise InputError(
                f"{line.place}: no label, and the lists of --templates name no {_SUBJECT} that would tell it"
            )
        same = one == other
    found.pair(places[0], places[1], same)


def _rows(path: Path) -> Iterator[_Row]:
    lines = read_lines(path, _TEMPLATES)
    first = next(lines, None)
    if first is None:
        raise InputError(f"{path}: empty, so not {_TEMPLATES}")
    if _TEMPLATE not in first.text.upper():
        yield _plain(first)
        yield from map(_plain, lines)
        return
    names = [name.strip().upper() for name in _cells(first)]
    missing = [name for name in (_TEMPLATE, _SUBJECT, _FILE, _MEDIUM) if name not in names]
    if missing:
        raise InputError(f"{first.place}: no column {', '.join(missing)}")
    for line in lines:
        cells = _cells(line)
        if len(cells) != len(names):
            raise line.wrong(f"a row of the {len(names)} columns that the header names")
        yield _of_header(line, dict(zip(names, cells, strict=True)))


def _cells(line: Line) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line.text]))]


def _plain(line: Line) -> _Row:
    words = line.text.split()
    if len(words) != 3:
        raise line.wrong("a picture, its template and its medium")
    name, template, medium = words
    return _Row(template, medium, Sample(name, line.place), None)


def _of_header(line: Line, cells: dict[str, str]) -> _Row:
    box, name = _box(line, cells), cells[_FILE]
    # One picture may show several persons.
    which = name if box is None else "{}@{:g},{:g},{:g},{:g}".format(name, *box)
    sample = Sample(which, line.place, box)
    return _Row(cells[_TEMPLATE], cells[_MEDIUM], sample, cells[_SUBJECT])


def _box(line: Line, cells: dict[str, str]) -> Box | None:
    if not set(_BOX) <= set(cells):
        return None
    try:
        left, top, width, height = (float(cells[name]) for name in _BOX)
    except ValueError as error:
        raise line.wrong("a row with a face's box") from error
    if not (0 < width < 1e6 and 0 < height < 1e6 and abs(left) < 1e6 and abs(top) < 1e6):
        raise line.wrong("a row with a face's box of some width and height")
    return left, top, width, height
