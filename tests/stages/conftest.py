"""What the tests of the stages run on: a photo, a small face to fit to it, and the command that does."""

import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from scoreface.base.arrays import write_npz
from scoreface.base.settings import subtree
from scoreface.cli import main
from scoreface.config.schema import checked_config
from scoreface.fitting import detect_job, job
from scoreface.fitting.detection import Detection
from scoreface.geometry.mesh import Mesh

from ..fitting.conftest import embedding_path, face_model, face_model_path
from ..results.conftest import sphere

__all__ = ["embedding_path", "face_model", "face_model_path", "sphere"]

#: The files of the search for a face, and of the fit, by the names of their options.
DETECTED = {"record": "detection.json", "photo": "photo.png"}
FILES = {"record": "fit.json", "fit": "fit.npz", "overlay": "overlay.png"}


def read_detection(folder: Path):
    """The record and the photo that the search for a face leaves."""
    assert sorted(os.listdir(folder)) == sorted(DETECTED.values()), "all files, no temporary ones"
    record = json.loads((folder / "detection.json").read_text())
    return record, np.array(Image.open(folder / "photo.png"))


def read_results(folder: Path):
    """The record, the arrays and the picture of a fit."""
    assert sorted(os.listdir(folder)) == sorted(FILES.values()), "all files, no temporary ones"
    record = json.loads((folder / "fit.json").read_text())
    with np.load(folder / "fit.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    return record, arrays, np.array(Image.open(folder / "overlay.png"))


def assert_rejected(folder: Path, reason: str):
    """Check that the fit rejects the photo for the reason; the record and the picture."""
    record, arrays, overlay = read_results(folder)
    assert record["status"] == "rejected"
    assert reason in record["reason"]
    assert list(arrays) == ["status"]
    assert str(arrays["status"]) == "rejected"
    return record, overlay


def write_no_outline(folder: Path, width: int, height: int) -> None:
    """Write the outline that a parse leaves of a photo of which it knows nothing."""
    nothing = {"points": np.zeros((0, 2)), "normals": np.zeros((0, 2)), "bare": np.zeros(0, bool)}
    sides = np.zeros((height, width), np.uint8)
    write_npz(folder / "outline.npz", **nothing, sides=sides, step=1)


def write_detection(folder: Path, photo: Path, **changes) -> None:
    """Write what search and parse leave of a photo of 30 x 40 pixels with some face; ``changes`` replace values."""
    folder.mkdir()
    Image.new("RGB", (30, 40)).save(folder / "photo.png")
    write_no_outline(folder, 30, 40)
    record = {
        "id": "00042",
        "status": "accepted",
        "reason": None,
        "image": str(photo),
        "image_sha256": "0" * 64,
        "image_width": 30,
        "image_height": 40,
        "n_faces": 1,
        "face_box": np.array([5.0, 5.0, 25.0, 25.0]),
        "found_by": "hog",
        "landmarks": np.random.default_rng(0).uniform(5, 25, (68, 2)),
        "seconds": 0.1,
        "version": "1",
        "settings": {},
    }
    (folder / "detection.json").write_text(Detection(**{**record, **changes}).as_json())


def in_photo(vertices: np.ndarray) -> dict[str, np.ndarray]:
    """What a fit leaves of its photo besides: the mouth as it is, no region known, and the eyes 20 pixels apart."""
    landmarks = np.zeros((51, 2))
    landmarks[28] = 20, 0
    regions = np.zeros(len(vertices), np.uint8)
    return {"open_vertices": vertices, "regions": regions, "landmarks": landmarks}


def write_five_points(sphere: Mesh, path: Path) -> Path:
    """Write an embedding of five points of a face on the front of a sphere: two eyes, a nose, a mouth."""
    places = np.zeros((51, 2))
    places[19:25], places[25:31], places[13] = (-0.35, 0.3), (0.35, 0.3), (0, 0)
    places[31], places[37] = (-0.3, -0.4), (0.3, -0.4)
    corners = sphere.vertices[sphere.faces]
    front = np.flatnonzero(corners[..., 2].min(1) > 0)
    faces, weights = [], []
    for place in places:
        (edges, origin) = (corners[front, 1:, :2] - corners[front, :1, :2]), corners[front, 0, :2]
        b = np.linalg.solve(edges.transpose(0, 2, 1), (place - origin)[..., None])[..., 0]
        b = np.concatenate([1 - b.sum(1, keepdims=True), b], 1)
        best = b.min(1).argmax()
        faces.append(front[best])
        weights.append(b[best])
    content = {"lmk_face_idx": np.array(faces), "lmk_b_coords": np.array(weights)}
    path.write_bytes(pickle.dumps(content))
    return path


@pytest.fixture(scope="session")
def photo_path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "astronaut.png"
    Image.fromarray(skimage.data.astronaut()[:300, 60:360]).save(path)
    return path


def _command(stage: str, settings: type, keys: dict, options: dict) -> list[str]:
    """A command with options by the names of their fields, and keys of the configuration's section ``fit``."""
    config = subtree(settings, checked_config([]))
    for path, value in keys.items():
        *sections, name = path.split(".")
        place = config["fit"]
        for section in sections:
            place = place[section]
        place[name] = value
    options = {"settings": json.dumps(config), **options}
    pairs = ((f"--{name.replace('_', '-')}", str(value)) for name, value in options.items())
    return [stage, *(part for pair in pairs for part in pair)]


@pytest.fixture
def detect_command(tmp_path):
    """The command that looks for the face in an image, into the folder ``detect`` if no other is given.

    Keywords replace options or add some; ``keys`` are keys of the configuration's section ``fit``.
    """

    def build(image, out=tmp_path / "detect", keys=None, **options) -> list[str]:
        files = {name: Path(out) / file for name, file in DETECTED.items()}
        options = {"image": image, "id": "00042", **files, **options}
        return _command("detect", detect_job.Settings, keys or {}, options)

    return build


@pytest.fixture(scope="session")
def fit_command(face_model_path, embedding_path):
    """The command that fits the face that was found in a photo, from the folder with what search and parse left.

    Keywords as of ``detect_command``, such as ``keys={"weights.jaw": 1.0}``.
    """

    def build(found, out, keys=None, **options) -> list[str]:
        options = {
            "photo": Path(found) / "photo.png",
            "detection": Path(found) / "detection.json",
            "outline": Path(found) / "outline.npz",
            "flame_model": face_model_path,
            "landmark_embedding": embedding_path,
            **{name: Path(out) / file for name, file in FILES.items()},
            **options,
        }
        return _command("fit", job.Settings, {"ftol": 1e-5, **(keys or {})}, options)  # for speed

    return build


@pytest.fixture(scope="session")
def found(photo_path, tmp_path_factory) -> Path:
    """The folder with what the search leaves of the photo, and a parse that knows nothing."""
    folder = tmp_path_factory.mktemp("found")
    files = {name: folder / file for name, file in DETECTED.items()}
    options = {"image": photo_path, "id": "00042", **files}
    main(_command("detect", detect_job.Settings, {}, options))
    write_no_outline(folder, *Image.open(photo_path).size)
    return folder


@pytest.fixture
def command(fit_command, tmp_path):
    """The fit into the folder ``fit``, if no other is given."""

    def build(found, out=tmp_path / "fit", **more) -> list[str]:
        return fit_command(found, out, **more)

    return build


@pytest.fixture
def at_the_start(tmp_path, monkeypatch):
    """Have every Python that is started run some text first."""

    def write(text: str) -> None:
        (tmp_path / "start").mkdir()
        (tmp_path / "start" / "sitecustomize.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "start"), prepend=os.pathsep)

    return write
