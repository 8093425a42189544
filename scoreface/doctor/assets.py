"""Every configured model: there, readable, of the right format and shapes, and fitting the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.findings import (
    NOT_CHECKED,
    NOT_USED,
    Finding,
    Result,
    check_model,
    failed,
)
from scoreface.doctor.settings import Settings
from scoreface.fitting.check import Head
from scoreface.geometry.mesh import load_obj
from scoreface.score.identify import Kind
from scoreface.score.probe import probe
from scoreface.texture.layout import TextureLayout, is_mesh, load_chart

# The state of what works, and not as well as it could.
_LIMITED = "limited"

_OF_THE_FIT = (
    "flame_model",
    "landmark_embedding",
    "flame_masks",
    "landmark_predictor",
    "texture_data",
)
# What a dlib shape predictor of 68 points starts with: version 1, then the size of its mean shape as minus rows and
# minus columns, 136 and 1, each number behind a byte with its sign and length.
_PREDICTOR_HEAD = bytes.fromhex("010181888101")


def check_assets(settings: Settings) -> Iterator[Finding]:
    """One finding for each model of the configuration."""
    if settings.engine == "external":
        for name in _OF_THE_FIT:
            yield Finding(f"assets.{name}", NOT_USED, "another fitter made the heads")
    else:
        yield from _of_the_fit(settings)
    yield _checked(settings, "score_model", lambda path: _score_model(settings, path))
    if settings.assets.is_embedded("score_model") or settings.assets.is_made("score_model"):
        yield Finding(
            "photos of your own",
            _LIMITED,
            f"the embedded score model knows procedural heads of {settings.face_size} pixels only; "
            "give one that was trained on photos (assets.score_model)",
        )


def _of_the_fit(settings: Settings) -> Iterator[Finding]:
    head = Head()
    yield _checked(settings, "flame_model", head.look_at_flame)
    yield _checked(settings, "landmark_embedding", head.look_at_embedding)
    yield _checked(settings, "flame_masks", head.look_at_masks)
    yield _checked(settings, "landmark_predictor", _predictor)
    faces = head.flame.faces if head.flame is not None else None
    yield _checked(settings, "texture_data", lambda path: _layout(path, settings.large, faces))


def _checked(settings: Settings, name: str, check: Callable[[Path], Result]) -> Finding:
    """Run ``check`` on the path of a model; it raises where something is wrong."""
    subject, made = f"assets.{name}", settings.assets.is_made(name)
    try:
        if made:
            _check_made(settings, name)
    except InputError as error:
        return failed(subject, str(error))
    return check_model(subject, Path(settings.assets.path(name)), check, made)


def _check_made(settings: Settings, name: str) -> None:
    """Make sure that a model of the workflow's own goes with the others; its file may be of an older configuration.

    Raises:
        InputError: it does not.
    """
    if name in ("landmark_embedding", "texture_data") and not settings.assets.is_embedded(
        "flame_model"
    ):
        raise InputError("demo is that of the embedded head; give the one of assets.flame_model")
    if name == "score_model" and settings.prior_size != settings.face_size:
        raise InputError(
            f"the Gaussian prior is made for faces of {settings.prior_size} pixels (demo.prior_size), but "
            f"inpaint.face_size is {settings.face_size}; set both to the same"
        )


def _layout(path: Path, large: int, faces: np.ndarray | None) -> Result:
    if is_mesh(path):
        if faces is None:
            load_obj(path)
        else:
            load_chart(path, faces)
        details = f"mesh with UV coordinates; the table is made at {large}"
    else:
        layout = TextureLayout.load(path)
        if faces is not None:
            layout.check_mesh(faces)
        made = "" if layout.size == large else f"; made anew at {large} (texture.large)"
        details = f"{layout.size} x {layout.size}, {len(layout.texels)} texels{made}"
    if faces is None:
        return Result(f"{details}; not compared with the head", [path], NOT_CHECKED)
    return Result(details, [path])


def _predictor(path: Path) -> Result:
    has_dlib = find_spec("dlib") is not None
    if str(path) == "auto":
        if not has_dlib:
            return Result("without dlib left to scoreface doctor-fit", [], NOT_CHECKED)
        from scoreface.fitting.landmarks import find_predictor

        path = Path(find_predictor())
    with path.open("rb") as file:
        if file.read(len(_PREDICTOR_HEAD)) != _PREDICTOR_HEAD:
            raise InputError(f"{path}: no dlib shape predictor of 68 points")
    if not has_dlib:
        return Result("starts as one of 68 points; without dlib not read on", [path], NOT_CHECKED)
    from scoreface.fitting.landmarks import load_predictor

    load_predictor(str(path))
    return Result("68 points", [path])


def _score_model(settings: Settings, path: Path) -> Result:
    made = settings.assets.is_made("score_model")
    model = probe(path)
    if model is None:
        return Result(f"{Kind.HUB}, fetched when it is first used", [], NOT_CHECKED)
    # The Gaussian prior is made again where its size in the configuration has changed, which was looked at above.
    if model.image_size != settings.face_size and not made:
        raise InputError(
            f"{path}: made for faces of {model.image_size} pixels, but inpaint.face_size is {settings.face_size}; "
            f"set it to {model.image_size}, or take another model"
        )
    details = f"{model.kind}, {model.image_size} pixels"
    details += f", noise levels {model.sigma_min:g} to {model.sigma_max:g}"
    if model.commit:
        details += f", commit {model.commit}"
    return Result(details, model.files)
