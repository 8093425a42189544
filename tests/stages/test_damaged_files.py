"""Damaged files between two stages: each stage names the one that it cannot read, and none takes it for another."""

import contextlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scoreface.base.arrays import write_image, write_labels, write_npz
from scoreface.base.errors import InputError
from scoreface.base.settings import read
from scoreface.config.schema import checked_config
from scoreface.geometry.mesh import save_obj
from scoreface.parse.labels import COLOURS, LEGEND
from scoreface.stages import load
from scoreface.stages.inpaint import _read_views
from scoreface.texture import state
from scoreface.texture.carried import nothing, write_carried
from scoreface.texture.layout import make_layout
from scoreface.texture.state import OBSERVED, OUTSIDE, TextureState

from .conftest import in_photo

SMALL = """
texture: {large: 32, small: 16}
views: {elevations: [0], azimuths: [-20, 20]}
render: {size: 32, azimuths: [30], turntable_frames: 2}
camera: {rasteriser: embree}
"""
TRIES = 25


@pytest.fixture
def face(tmp_path: Path, sphere) -> Path:
    """A folder with what each stage reads, of a ball in front of its photo."""
    fitted = {"vertices": sphere.vertices + 2, "faces": sphere.faces, "axis_angle": np.zeros(3)}
    fitted |= in_photo(fitted["vertices"])
    write_npz(tmp_path / "fit.npz", status="accepted", scale=10.0, **fitted)
    write_image(tmp_path / "photo.png", np.full((40, 40, 3), 120, np.uint8))
    write_labels(tmp_path / "labels.png", np.zeros((40, 40), np.uint8), LEGEND, COLOURS)
    layout = make_layout(sphere.vt, sphere.ft, sphere.faces, 32)
    layout.save(tmp_path / "layout.npy")
    save_obj(sphere, tmp_path / "head.obj", "texture.png")
    np.save(tmp_path / "axis_angle.npy", np.array([0.1, 0.2, 0.3]))
    texture = np.full((32, 32, 3), 90, np.uint8)
    known = layout.chart & (np.arange(32) < 16)
    write_image(tmp_path / "large.png", texture * known[..., None])
    write_image(tmp_path / "known.png", known)
    write_image(tmp_path / "texture.png", texture)
    labels = np.where(layout.chart, OBSERVED, OUTSIDE).astype(np.uint8)
    write_labels(tmp_path / "provenance.png", labels, state.LEGEND, COLOURS)
    write_carried(nothing(32), tmp_path / "texel_labels.png", tmp_path / "regions.png")
    ones = np.ones((16, 16), bool)
    TextureState.from_photo(texture[:16, :16], ones, ones).save(tmp_path / "state.npz")
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path


# The inputs of each stage and its outputs.
STAGES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "project": (
        {
            "photo": "photo.png",
            "fit": "fit.npz",
            "labels": "labels.png",
            "texture_data": "layout.npy",
        },
        {
            "mesh": "o.obj",
            "axis_angle": "o.npy",
            "texture": "o1.png",
            "seen": "o2.png",
            "texel_labels": "o3.png",
            "regions": "o4.png",
        },
    ),
    "order-views": ({"axis_angle": "axis_angle.npy"}, {"out": "o.json"}),
    "merge": (
        {
            "mesh": "head.obj",
            "axis_angle": "axis_angle.npy",
            "large": "large.png",
            "known": "known.png",
            "state": "state.npz",
            "texel_labels": "texel_labels.png",
            "regions": "regions.png",
        },
        {"texture": "o1.png", "provenance": "o2.png", "light": "o.json"},
    ),
    "export": (
        {
            "mesh": "head.obj",
            "axis_angle": "axis_angle.npy",
            "texture": "texture.png",
            "provenance": "provenance.png",
            "large": "large.png",
            "known": "known.png",
        },
        {"obj": "o.obj", "glb": "o.glb", "zip": "o.zip", "script": "o.js"},
    ),
    "render": (
        {
            "mesh": "head.obj",
            "axis_angle": "axis_angle.npy",
            "texture": "texture.png",
            "large": "large.png",
            "known": "known.png",
            "photo": "photo.png",
            "fit": "fit.npz",
        },
        {
            "frontal": "o1.png",
            "frontal_photo": "o2.png",
            "views_dir": "views",
            "turntable": "o.gif",
            "turntable_webp": "o.webp",
            "compare_dir": "compare",
            "before_after": "o3.png",
        },
    ),
}


@pytest.fixture
def run(face: Path) -> Callable[[str], None]:
    config = checked_config([face / "small.yaml"])

    def call(name: str) -> None:
        stage = load(name)
        inputs, outputs = ({k: face / v for k, v in files.items()} for files in STAGES[name])
        inputs |= {"id": "00042"} if name == "export" else {}
        stage.run(stage.Inputs(**inputs), stage.Outputs(**outputs), read(stage.Settings, config))

    return call


@pytest.mark.parametrize("name", STAGES)
def test_whole_files_are_taken(name: str, run: Callable, face: Path) -> None:
    run(name)
    assert all((face / file).exists() for file in STAGES[name][1].values())


# Arrays and meshes of each stage; pictures have their own tests.
READ = [
    (name, file)
    for name, (inputs, _) in STAGES.items()
    for file in inputs.values()
    if not file.endswith(".png")
]


@pytest.mark.parametrize(("name", "file"), READ)
def test_a_file_cut_short_empty_or_missing_is_named(
    name: str, file: str, run: Callable, face: Path
) -> None:
    content = (face / file).read_bytes()
    # Of a mesh the first half may be whole: without its faces it is not.
    cuts = {".obj": b"\nf "}.get(Path(file).suffix)
    end = content.index(cuts) if cuts else len(content) // 2
    for damaged in (content[:end], b""):
        (face / file).write_bytes(damaged)
        with pytest.raises(InputError, match=file):
            run(name)
    (face / file).unlink()
    with pytest.raises(InputError, match=file):
        run(name)


def mutated(content: bytes, rng: np.random.Generator) -> bytes:
    """A file with some bytes that are others, missing, or there twice."""
    data = bytearray(content)
    for _ in range(rng.integers(1, 6)):
        at, length = rng.integers(len(data)), int(rng.integers(1, 9))
        change = rng.integers(3)
        if change == 0:
            data[at : at + length] = rng.bytes(length)
        elif change == 1:
            del data[at : at + length]
        else:
            data[at:at] = data[at : at + length]
    return bytes(data)


def repacked(content: bytes, rng: np.random.Generator) -> bytes:
    """An archive with whole checksums, one array of which is mutated."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = str(rng.choice(list(members)))
    members[name] = mutated(members[name], rng)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return packed.getvalue()


@pytest.mark.parametrize(("name", "file"), [pair for pair in READ if pair[0] != "render"])
def test_a_mutated_file_is_read_or_named(name: str, file: str, run: Callable, face: Path) -> None:
    content = (face / file).read_bytes()
    rng = np.random.default_rng(0)
    named = 0
    for number in range(TRIES):
        change = repacked if file.endswith(".npz") and number % 2 else mutated
        (face / file).write_bytes(change(content, rng))
        with contextlib.suppress(InputError):
            run(name)
            continue
        named += 1
    assert named > TRIES / 5


def test_a_head_that_was_rejected_is_said_to_be(run: Callable, face: Path) -> None:
    write_npz(face / "fit.npz", status="rejected")
    with pytest.raises(InputError, match="the photo was rejected"):
        run("project")


@pytest.mark.parametrize("text", ["3", "[1]", '[{"elevation": 0}]', '[{"elevation": "up"}]'])
def test_a_list_of_views_that_is_none_is_named(tmp_path, text):
    path = tmp_path / "views.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"views\.json: no list of views; delete it"):
        _read_views(path)
