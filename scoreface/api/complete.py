"""``scoreface.complete``: one photo to one head, in this process."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scoreface import stages
from scoreface.api.head import Head
from scoreface.api.models import (
    cache_folder,
    check_models,
    find_face_mesh,
    find_models,
    find_person_model,
    find_score_model,
)
from scoreface.api.steps import LIFTING, Job, run_completion
from scoreface.base.arrays import write_image
from scoreface.base.errors import InputError, PhotoError
from scoreface.config.ids import fit_id, is_fit_id
from scoreface.config.schema import checked_config

Config = Mapping[str, Any] | str | Path | Sequence[str | Path]


def complete(
    photo: str | Path | np.ndarray,
    *,
    config: Config = (),
    folder: str | Path | None = None,
    id: str | None = None,
) -> Head:
    """Fit a head to a photo, lift the photo onto its texture, and fill what the camera did not see.

    The stages are those of the workflow, and so are the files and, for the same id and seed, the texture. The embedded
    models are made once, in ``~/.cache/scoreface``.

    Args:
        photo: a picture file, or (H, W, 3) uint8 RGB, upright.
        config: values that go over ``config.yaml``, nested as there, such as ``{"seed": 1}``; or YAML files with some.
        folder: gets the files that ``results/{id}/`` has, those that are there are replaced; None: they are not kept.
        id: of the face, which counts among the seeds; None: the file's name without its ending, made fit for an
            id as ``scoreface run`` does, or ``face``.

    Returns:
        the head.

    Raises:
        PhotoError: the photo cannot be used: no face, a fit that misses, or nothing of the head to be seen.
        InputError: a file, a model or a key is missing or wrong.
    """
    settings = _config(config)
    check_models(settings)
    id = id or ("face" if isinstance(photo, np.ndarray) else fit_id(Path(photo).stem))
    if not is_fit_id(id):
        raise InputError(
            f"{id!r} cannot be a face's id; give one of letters, digits, '_' and '-' (id=...)"
        )
    cache = cache_folder()
    with _place(folder) as root:
        job = Job(
            photo=_file(photo, root),
            id=id,
            config=settings,
            models=find_models(settings, cache),
            person_model=find_person_model(settings, cache),
            face_mesh=find_face_mesh(settings, cache),
            at=lambda name: root / name,
        )
        for run in LIFTING.values():
            if reason := run(job):
                raise PhotoError(f"{id}: {reason}")
        run_completion(job, find_score_model(settings, cache))
        return Head.load(root, id, settings)


def _config(config: Config) -> dict[str, Any]:
    """The whole configuration, checked.

    Raises:
        InputError: a key is unknown or wrong, or the heads are another fitter's.
    """
    if isinstance(config, Mapping):
        settings = checked_config([], config)
    else:
        files = [config] if isinstance(config, str | Path) else config
        settings = checked_config([Path(file) for file in files])
    problems = stages.settings_problems(settings)
    if problems:
        raise InputError("\n".join(problems))
    if settings["fit"]["engine"] != "flame":
        raise InputError(
            "fit.engine: scoreface.complete fits the head itself; heads of another fitter go through the workflow"
        )
    return settings


@contextlib.contextmanager
def _place(folder: str | Path | None) -> Iterator[Path]:
    """The folder for the face's files; one that goes with the block, where none is given."""
    if folder is not None:
        yield Path(folder)
        return
    with tempfile.TemporaryDirectory(prefix="scoreface-") as name:
        yield Path(name)


def _file(photo: str | Path | np.ndarray, root: Path) -> Path:
    """The photo as a file.

    Raises:
        InputError: there is no such file, or the array is no picture.
    """
    if not isinstance(photo, np.ndarray):
        if not Path(photo).is_file():
            raise InputError(f"{photo}: no such photo")
        return Path(photo)
    if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3:
        raise InputError(
            f"a photo of {photo.shape} {photo.dtype} is no picture; give (H, W, 3) uint8 in RGB"
        )
    write_image(root / "given.png", photo)
    return root / "given.png"
