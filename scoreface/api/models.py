"""The models that the stages are given: the configured ones, and the embedded ones made where they are kept."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoreface.base.errors import InputError
from scoreface.base.settings import read, subtree
from scoreface.config.assets import Assets
from scoreface.config.detector import DetectorSettings
from scoreface.config.parser import is_fetched, parser_problems
from scoreface.config.workflow import Threads
from scoreface.demo.assets import write_model
from scoreface.parse.face_mesh_model import MEMBERS, FaceMeshFiles, fetch_face_mesh
from scoreface.parse.person_model import SHA256, fetch_person_model
from scoreface.stages import demo_head, demo_prior, parse


@dataclass(frozen=True)
class Models:
    """The head's files, which all photos share."""

    flame_model: Path
    landmark_embedding: Path
    texture_data: Path


def cache_folder() -> Path:
    """Where the embedded models are kept: ``scoreface`` in the user's cache folder (``XDG_CACHE_HOME``)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scoreface"


def check_models(config: dict[str, Any]) -> None:
    """Check that the configured models are there.

    Raises:
        InputError: some are not; one line each.
    """
    problems = read(Assets, config).problems() + parser_problems(
        read(parse.Settings, config).parser
    )
    if problems:
        raise InputError("\n".join(problems))


def find_models(config: dict[str, Any], cache: Path) -> Models:
    """The configured head; embedded files are made in ``cache`` first."""
    assets = read(Assets, config)
    embedded = write_models(cache, read(demo_head.Settings, config).texture_size)
    files = {
        name: path if assets.is_embedded(name) else Path(assets.path(name))
        for name, path in vars(embedded).items()
    }
    return Models(**files)


def write_models(folder: Path, size: int) -> Models:
    """Write the embedded head's files, with a UV layout of ``size`` texels a side; those of this version are kept."""
    place = folder / f"head-{demo_head.VERSION}"
    names = ("model.pkl", "embedding.pkl", f"texture_data_{size}.npy")
    models = Models(*(place / name for name in names))
    if not all(path.exists() for path in vars(models).values()):
        write_model(models.flame_model, models.landmark_embedding, models.texture_data, size)
    return models


def person_model_path(cache: Path) -> Path:
    """Where ``cache`` has the person network, or gets it."""
    return cache / f"person-{SHA256[:12]}.tflite"


def find_person_model(config: dict[str, Any], cache: Path) -> Path:
    """Where the person network is in ``cache``; it is fetched where the configuration asks for that.

    Raises:
        InputError: it cannot be had.
    """
    path = person_model_path(cache)
    if is_fetched(read(parse.Settings, config).parser) and not path.exists():
        fetch_person_model(path)
    return path


def face_mesh_files(cache: Path) -> FaceMeshFiles:
    """Where ``cache`` has MediaPipe's networks that find faces, or gets them."""
    return FaceMeshFiles.within(cache / f"face-mesh-{MEMBERS[1].sha256[:12]}")


def find_face_mesh(config: dict[str, Any], cache: Path) -> FaceMeshFiles:
    """Where these networks are in ``cache``; they are fetched where the configuration asks for them.

    Raises:
        InputError: they cannot be had.
    """
    files = face_mesh_files(cache)
    if read(DetectorSettings, config).asks_mesh and not all(path.exists() for path in files):
        fetch_face_mesh(files)
    return files


def find_score_model(config: dict[str, Any], cache: Path) -> str:
    """Path, or name on the hub, of the score model; the Gaussian prior is made in ``cache`` first."""
    assets = read(Assets, config)
    if not assets.is_made("score_model"):
        return assets.path("score_model")
    content = json.dumps(subtree(demo_prior.Settings, config), sort_keys=True)
    key = hashlib.sha256(content.encode()).hexdigest()[:12]
    path = cache / f"prior-{demo_prior.VERSION}-{key}.npz"
    if not path.exists():
        threads = read(Threads, config).prior
        settings = read(demo_prior.Settings, config)
        demo_prior.run(demo_prior.Inputs(threads), demo_prior.Outputs(path), settings)
    return str(path)
