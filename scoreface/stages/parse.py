"""Tell what each pixel of a photo is: skin, hair, clothes, background and more, and where bare skin ends."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scoreface.base.command import option
from scoreface.base.errors import InputError
from scoreface.parse.engines import Settings

if TYPE_CHECKING:
    import numpy as np

    from scoreface.fitting.detection import Detection
    from scoreface.parse.engines import Parsed, Source
    from scoreface.parse.outline import Outline

__all__ = ["VERSION", "Inputs", "Outputs", "Settings", "run"]

VERSION = "1"


@dataclass(frozen=True)
class Inputs:
    """What is parsed.

    Attributes:
        id: the face's.
        photo: upright RGB, as the landmarks were found in it.
        detection: JSON with the landmarks, as the stage ``detect`` writes it; of a rejected photo nothing is known.
        person_model: the file that the stage ``person-model`` fetches, for ``parse.person_model: auto``.
    """

    id: str = option("the face's id")
    photo: Path = option("the photo, upright")
    detection: Path = option("record of the detection, JSON")
    person_model: Path | None = option("the person network, for the engine embedded", default=None)


@dataclass(frozen=True)
class Outputs:
    """The parse.

    Attributes:
        labels: one byte a pixel, with the legend in the metadata.
        overlay: for people.
        record: engine, its model and checksum, notes, shares of the labels.
        outline: npz, see :class:`scoreface.parse.outline.Outline`.
    """

    labels: Path
    overlay: Path
    record: Path
    outline: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Parse the photo and write the four files.

    Raises:
        InputError: a file is missing or damaged, or the engine's model cannot be had.
    """
    import time

    import cv2
    import numpy as np

    from scoreface.base.arrays import read_image, write_image, write_labels, write_npz
    from scoreface.base.files import write_json
    from scoreface.fitting.detection import load_detection
    from scoreface.parse.labels import COLOURS, LEGEND, NAMES
    from scoreface.parse.overlay import draw_overlay

    # OpenCV's own threads do not heed OMP_NUM_THREADS.
    cv2.setNumThreads(1)
    started = time.perf_counter()
    detection = load_detection(inputs.detection)
    photo = read_image(inputs.photo)
    parsed, outline, source = _parse(photo, detection, inputs, settings)
    counts = np.bincount(parsed.labels.ravel(), minlength=len(LEGEND))
    shares = {
        name: round(int(counts[label]) / parsed.labels.size, 6) for label, name in NAMES.items()
    }
    write_labels(outputs.labels, parsed.labels, LEGEND, COLOURS)
    write_image(outputs.overlay, draw_overlay(photo, parsed.labels, outline.points[outline.bare]))
    write_npz(outputs.outline, **outline._asdict())
    record = {
        "id": inputs.id,
        "engine": settings.engine,
        **source._asdict(),
        "notes": list(parsed.notes),
        "outline_points": int(outline.bare.sum()),
        "shares": shares,
        "seconds": round(time.perf_counter() - started, 3),
        "version": VERSION,
    }
    write_json(outputs.record, record)
    for note in parsed.notes:
        print(f"{inputs.id}: {note}", file=sys.stderr)


def _parse(
    photo: np.ndarray, detection: Detection, inputs: Inputs, settings: Settings
) -> tuple[Parsed, Outline, Source]:
    """What the photo's pixels are, where its outline of skin is, and by what that is known.

    Raises:
        InputError: the engine's model or the face's label picture cannot be had.
    """
    import numpy as np

    from scoreface.parse.engines import Given, Parsed, Source, make_parser
    from scoreface.parse.labels import UNKNOWN
    from scoreface.parse.outline import find_outline, no_outline

    problem = _problem(detection)
    if problem is not None:
        nothing = np.full(photo.shape[:2], UNKNOWN, np.uint8)
        parsed = Parsed(nothing, np.zeros_like(nothing), (f"not parsed: {problem}",))
        return parsed, no_outline(photo.shape[:2]), Source()
    assert detection.landmarks is not None
    parser = make_parser(settings.parser, Given(inputs.id, inputs.person_model))
    parsed = parser.parse(photo, detection.landmarks)
    return parsed, find_outline(parsed, detection.landmarks), parser.source()


def _problem(detection: Detection) -> str | None:
    """Why a photo cannot be parsed, which must not stop the others; None: it can."""
    from scoreface.parse.pose import estimate_pose

    if detection.landmarks is None:
        return detection.reason
    try:
        estimate_pose(detection.landmarks)
    except InputError as error:
        return str(error)
    return None
