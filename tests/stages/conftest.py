"""What the tests of the stages run on: a photo, a small face to fit to it, and the command that does."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from scoreface.base.settings import subtree
from scoreface.config.schema import checked_config
from scoreface.fitting.job import Settings

from ..fitting.conftest import embedding_path, face_model, face_model_path
from ..results.conftest import sphere

__all__ = ["embedding_path", "face_model", "face_model_path", "sphere"]

#: The fit's files by the names of their options.
FILES = {"record": "fit.json", "fit": "fit.npz", "overlay": "overlay.png", "photo": "photo.png"}


def read_results(folder: Path):
    """The record, the arrays and the two pictures of a fit."""
    assert sorted(os.listdir(folder)) == sorted(FILES.values()), "all files, no temporary ones"
    record = json.loads((folder / "fit.json").read_text())
    with np.load(folder / "fit.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    pictures = [np.array(Image.open(folder / name)) for name in ("overlay.png", "photo.png")]
    return record, arrays, pictures


def assert_rejected(folder: Path, reason: str):
    """Check that the photo was rejected for the reason; the record and the two pictures."""
    record, arrays, pictures = read_results(folder)
    assert record["status"] == "rejected"
    assert reason in record["reason"]
    assert list(arrays) == ["status"]
    assert str(arrays["status"]) == "rejected"
    return record, pictures


@pytest.fixture(scope="session")
def photo_path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "astronaut.png"
    Image.fromarray(skimage.data.astronaut()[:300, 60:360]).save(path)
    return path


@pytest.fixture(scope="session")
def fit_command(face_model_path, embedding_path):
    """The command that fits an image.

    Keywords replace options or add some; ``keys`` are keys of the configuration's section ``fit``, such as
    ``{"weights.jaw": 1.0}``.
    """

    def build(image, out, keys=None, **options) -> list[str]:
        settings = subtree(Settings, checked_config([]))
        for path, value in {"ftol": 1e-5, **(keys or {})}.items():  # for speed
            *sections, name = path.split(".")
            place = settings["fit"]
            for section in sections:
                place = place[section]
            place[name] = value
        options = {
            "image": image,
            "id": "00042",
            "flame_model": face_model_path,
            "landmark_embedding": embedding_path,
            "settings": json.dumps(settings),
            **{name: Path(out) / file for name, file in FILES.items()},
            **options,
        }
        pairs = ((f"--{name.replace('_', '-')}", str(value)) for name, value in options.items())
        return ["fit", *(part for pair in pairs for part in pair)]

    return build


@pytest.fixture
def command(fit_command, tmp_path):
    """The same into the folder ``fit``, if no other is given."""

    def build(image, out=tmp_path / "fit", **more) -> list[str]:
        return fit_command(image, out, **more)

    return build
