"""The workflow's stages from a photo to its texels, run for one photo with one configuration.

Each stage's files lie in a folder whose name holds a hash of all that they depend on: its settings and version, the
files that it reads, and the same of the stages before it. So configurations share what is the same for them, and
nothing is done twice.
"""

from __future__ import annotations

import functools
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from scoreface import stages
from scoreface.api.models import Models, find_face_mesh, find_models, find_person_model
from scoreface.api.steps import LIFTING, Job
from scoreface.base.arrays import read_image, read_mask
from scoreface.base.errors import InputError
from scoreface.base.files import read_json, sha256_of, write_json
from scoreface.base.settings import read, subtree
from scoreface.config.assets import Assets
from scoreface.config.parser import own_files, parser_problems
from scoreface.config.workflow import WorkflowSettings
from scoreface.fitting.job import AUTO
from scoreface.geometry.fitted import FittedHead, load_fit
from scoreface.parse.engines import LabelsSettings, ParserSettings
from scoreface.parse.face_mesh_model import FaceMeshFiles
from scoreface.score.identify import model_digest
from scoreface.stages import demo_head, parse, project
from scoreface.texture.carried import Carried, read_carried
from scoreface.texture.layout import TextureLayout, load_layout


@dataclass(frozen=True)
class Lifted:
    """What the stages made of a photo; L texels a side.

    Attributes:
        photo: its file, upright, as the stages look at it.
        head: as fitted.
        shown: (V, 3) its vertices with which the photo was looked up, the mouth as ``project.mouth`` has it.
        layout: the texels.
        texture: (L, L, 3) uint8, black where not observed.
        observed: (L, L) bool, the texels that are called observed.
        carried: what is known of the texels besides.
        seconds: of each stage, by its name.
    """

    photo: Path
    head: FittedHead
    shown: np.ndarray
    layout: TextureLayout
    texture: np.ndarray
    observed: np.ndarray
    carried: Carried
    seconds: dict[str, float]


class Rejected(NamedTuple):
    """A photo of which the stages make nothing.

    Attributes:
        reason: why.
        overlay: picture of the fit.
    """

    reason: str
    overlay: Path


# The models that make the head.
_HEAD = ("flame_model", "landmark_embedding", "texture_data")


def check_chain(config: dict[str, Any]) -> None:
    """Check that the stages can be run for synthetic photos, before the first one is.

    Raises:
        InputError: the configuration is for other heads or other photos, or lacks a parser's model.
    """
    assets, fit = config["assets"], config["fit"]
    expected = {f"assets.{name}": "demo" for name in _HEAD} | {"assets.flame_masks": AUTO}
    expected |= {"fit.engine": "flame", "fit.landmarks": ""}
    found = [*(assets[name] for name in (*_HEAD, "flame_masks")), fit["engine"], fit["landmarks"]]
    for (name, wanted), value in zip(expected.items(), found, strict=True):
        if value != wanted:
            raise InputError(
                f"{name}: the benchmark's heads are the embedded one's, which the stages are to find in its photos; "
                f"set it to {wanted or repr(wanted)}"
            )
    for problem in parser_problems(_parser(config)):
        raise InputError(problem)


def prepare(config: dict[str, Any], folder: Path) -> tuple[Models, Path, FaceMeshFiles]:
    """Find the head's files, the embedded ones made first, and fetch the networks that are asked for.

    Args:
        config: the workflow's configuration.
        folder: gets what is made or fetched; what is there is kept.

    Returns:
        the head's files, and where the person network and those that find faces are.

    Raises:
        InputError: a network cannot be had.
    """
    return (
        find_models(config, folder),
        find_person_model(config, folder),
        find_face_mesh(config, folder),
    )


def chain_keys(
    config: dict[str, Any], files: Mapping[str, Sequence[Path]] | None = None
) -> dict[str, str]:
    """For each stage in its order, a hash of all that its files depend on.

    Args:
        config: the workflow's configuration.
        files: what a stage reads of this photo beside what those before it have made, by its name. None: any photo.
    """
    keys: dict[str, str] = {}
    before = f"files as in results, head {demo_head.VERSION}"
    for name in LIFTING:
        stage = stages.load(name)
        contents = [_digest(path) for path in _own_files(name, config)]
        contents += [sha256_of(path) for path in (files or {}).get(name, ())]
        if name == "detect":
            contents.append(stages.load("mesh-landmarks").VERSION)
        content = [before, name, stage.VERSION, subtree(stage.Settings, config), contents]
        before = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        keys[name] = before
    return keys


def photo_files(photo: Path, id: str, config: dict[str, Any]) -> dict[str, list[Path]]:
    """What the stages read of one photo, by their names: itself, and where so configured its landmarks and labels."""
    files, parser = {"detect": [photo]}, _parser(config)
    if landmarks := read(WorkflowSettings, config).landmarks:
        files["detect"].append(Path(landmarks.replace("{id}", id)))
    if isinstance(parser, LabelsSettings):
        files["parse"] = [Path(parser.pictures.replace("{id}", id))]
    return files


def run_chain(
    photo: Path, id: str, config: dict[str, Any], models: Path, folder: Path
) -> Lifted | Rejected:
    """Run the stages for a photo, those that have not been run with these settings.

    Args:
        photo: its file.
        id: its id.
        config: the workflow's configuration.
        models: folder of the files that all photos share, for :func:`prepare`.
        folder: gets a folder for each stage; its own for each photo.

    Returns:
        what they made, or that they make nothing of the photo.

    Raises:
        InputError: a stage cannot run.
    """
    folders: dict[str, Path] = {}
    job = Job(photo, id, config, *prepare(config, models), functools.partial(_place, folders))
    seconds = {}
    for name, key in chain_keys(config, photo_files(photo, id, config)).items():
        folders[name] = folder / f"{name}-{key[:12]}"
        done = folders[name] / "done.json"
        if not done.exists():
            folders[name].mkdir(parents=True, exist_ok=True)
            started = time.perf_counter()
            reason = LIFTING[name](job)
            write_json(done, {"seconds": time.perf_counter() - started, "reason": reason})
        record = read_json(done)
        if record["reason"]:
            return Rejected(str(record["reason"]), job.at("fit/overlay.png"))
        seconds[name] = float(record["seconds"])
    return _lifted(job, seconds)


# Which stage makes what begins so.
_MADE_BY = {
    "photo.png": "detect",
    "mesh-landmarks": "detect",
    "mesh": "project",
    "texture": "project",
}


def _place(folders: Mapping[str, Path], name: str) -> Path:
    """Where a file is, by its name in ``results/{id}/``: in the folder of the stage that makes it."""
    first = Path(name).stem if name.startswith("logs/") else name.partition("/")[0]
    return folders[_MADE_BY.get(first, first)] / name


def _lifted(job: Job, seconds: dict[str, float]) -> Lifted:
    settings = read(project.Settings, job.config)
    head = load_fit(job.at("fit/fit.npz"))
    return Lifted(
        job.at("photo.png"),
        head,
        project.shown_vertices(head, settings),
        load_layout(job.models.texture_data, settings.size, head.faces),
        read_image(job.at("texture/photo.png")),
        read_mask(job.at("texture/seen.png")),
        read_carried(job.at("texture/labels.png"), job.at("texture/regions.png"), settings.size),
        seconds,
    )


def _parser(config: dict[str, Any]) -> ParserSettings:
    return read(parse.Settings, config).parser


# Which models each stage reads beside the parser's.
_READ = {
    "detect": ("landmark_predictor",),
    "fit": ("flame_model", "landmark_embedding", "flame_masks"),
    "project": ("texture_data",),
}


def _own_files(name: str, config: dict[str, Any]) -> list[str]:
    """The user's models that a stage reads."""
    if name == "parse":
        return list(own_files(_parser(config)).values())
    assets = read(Assets, config)
    return [
        getattr(assets, model)
        for model in _READ[name]
        if getattr(assets, model) not in ("demo", AUTO)
    ]


@functools.cache
def _digest(path: str) -> str:
    return model_digest(path)
