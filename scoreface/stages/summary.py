"""Gather all faces into one table and one page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scoreface.base.command import option
from scoreface.base.settings import key

if TYPE_CHECKING:
    from scoreface.results.page.page import Run

VERSION = "5"


@dataclass(frozen=True)
class Settings:
    """What the page says of the run, and where its figures are in range; the keys belong to the stages.

    Attributes:
        seed: of all random numbers.
        pipeline: name of the inpainting pipeline.
        face_size: pixels along a side of the score model's pictures.
        max_error: reprojection error from which on a photo is rejected.
    """

    seed: int = key("seed", borrowed=True)
    pipeline: str = key("inpaint.pipeline", borrowed=True)
    face_size: int = key("inpaint.face_size", borrowed=True)
    max_error: float = key("fit.max_error", borrowed=True)


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    ids: the id list.
    results: the folder with one folder an id.
    score_model: its path, or its name on the hub; the page says which it was. Empty: it does not.
    sampled: record of stage ``choose``, where the score model drew the photos.
    """

    ids: Path
    results: Path
    score_model: str = option("the score model, which the page names", "")
    sampled: Path | None = option("sampled.json, where the score model drew the photos", None)


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    summary: tab-separated table, one row an id.
    report: HTML page, or None; it links to the pictures in ``results``, so they move together.
    viewer: script with which the page shows heads in 3D, or None.
    contact_sheet: picture of all complete faces, or None.
    """

    summary: Path
    report: Path | None = option("the page; left out: the table only", None)
    viewer: Path | None = option("script with which the page shows heads in 3D", None)
    contact_sheet: Path | None = option("picture of all complete faces", None)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Write the table, and the page that shows it with what stands beside it.

    They say what is there: after a run that was cut short, the rows of the ids that are done are complete, and the
    others say how far they came.

    Raises:
        InputError: the id list is missing or wrong, or there is nothing to make the viewer of.
    """
    from tqdm import tqdm

    from scoreface.base.arrays import write_image
    from scoreface.base.files import write_text
    from scoreface.config.ids import read_ids
    from scoreface.results.contact_sheet import draw_contact_sheet
    from scoreface.results.faces import COLUMNS, COMPLETE, summarise
    from scoreface.results.page.page import write_page
    from scoreface.results.page.viewer import write_viewer
    from scoreface.results.ranges import Ranges

    ranges = Ranges(settings.max_error)
    listed = tqdm(read_ids(inputs.ids), desc="summary", unit="face", mininterval=2)
    faces = [summarise(face.id, inputs.results / face.id, ranges) for face in listed]
    rows = [COLUMNS, *(face.cells().values() for face in faces)]
    write_text(outputs.summary, "".join("\t".join(row) + "\n" for row in rows))
    if outputs.viewer is not None:
        write_viewer(outputs.viewer)
    if outputs.contact_sheet is not None:
        complete = [face.id for face in faces if face.status == COMPLETE]
        write_image(outputs.contact_sheet, draw_contact_sheet(complete, inputs.results))
    if outputs.report is not None:
        # Those of an earlier run where none are made now.
        viewer = outputs.viewer or inputs.results / "viewer.js"
        contact_sheet = outputs.contact_sheet or inputs.results / "contact_sheet.png"
        beside = {"viewer": viewer, "contact_sheet": contact_sheet}
        write_page(outputs.report, faces, inputs.results, _run(inputs, settings), ranges, beside)


def _run(inputs: Inputs, settings: Settings) -> Run:
    """What made the faces, for the page."""
    from scoreface.base.files import read_json
    from scoreface.config.assets import GAUSSIAN_PRIOR, SCORE_MODELS
    from scoreface.results.page.page import Run

    names = dict.fromkeys(SCORE_MODELS.values(), "embedded score model")
    names[GAUSSIAN_PRIOR] = "embedded Gaussian prior"
    embedded = inputs.score_model in names
    model = names.get(inputs.score_model, inputs.score_model)
    drawn = read_json(inputs.sampled) if inputs.sampled else None
    found = (drawn["with_a_face"], drawn["looked_at"]) if drawn else None
    return Run(model, embedded, settings.face_size, settings.pipeline, settings.seed, found)
