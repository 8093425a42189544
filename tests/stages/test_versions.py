"""A stage whose output changes has its VERSION raised: otherwise old files would stand where new ones are due.

``fingerprints.json`` keeps, for each stage, its version and the fingerprint of what it makes of a fixed small input.
After a change that is meant: raise the version, then ``pytest tests/stages/test_versions.py --record``.
"""

import json
import re
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
import skimage.measure

from scoreface.base.arrays import read_image, write_image, write_labels
from scoreface.base.files import write_json, write_text
from scoreface.base.pickles import load_dict
from scoreface.base.regions import FACE as FACE_REGION
from scoreface.base.regions import NECK, SCALP
from scoreface.base.settings import read
from scoreface.config.schema import checked_config
from scoreface.parse.face_mesh_model import FaceMeshFiles
from scoreface.parse.labels import BACKGROUND, COLOURS, HAIR, LEGEND, SKIN
from scoreface.results.page.viewer import three
from scoreface.stages import STAGES, load

from .conftest import in_photo
from .fingerprints import fingerprint, same

pytestmark = pytest.mark.heavy

RECORD = Path(__file__).with_name("fingerprints.json")
ID = "synthetic_p25"
# Small enough for a minute in all.
SMALL = """
assets: {score_model: gaussian}
sampled: {number: 1, spare: 1, noise_levels: 6, size: 64}
demo: {texture_size: 64, prior_size: 32, prior_heads: 12, prior_components: 10}
texture: {large: 64, small: 32}
preprocess: {dark_threshold: 30}
views: {elevations: [0], azimuths: [-30, 0, 30]}
inpaint: {joint: {noise_levels: 6}, samples: 2, face_size: 32, correction_threshold: 0.2, gpu: 0, precision: fp32}
render: {size: 48, azimuths: [-30, 30], aligned: true, turntable_frames: 3}
augment: {poses: normal, views: 2, light: varied, background: photo}
"""
# What the doctors say is of the machine, and changes nothing; the checksums of the networks stand in the code.
UNCHECKED = ("doctor", "doctor-fit", "person-model", "face-mesh", "licences")
CHECKED = [name for name in STAGES if name not in UNCHECKED]


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory, person_model: Path, face_mesh: FaceMeshFiles
) -> Callable[[str], list[Any]]:
    """The fingerprints of the files that a stage makes, each stage on what those before it have made."""
    folder = tmp_path_factory.mktemp("stages")
    (folder / "small.yaml").write_text(f"{SMALL}parse: {{person_model: '{person_model}'}}\n")
    config = checked_config([folder / "small.yaml"])
    files = folder / "results" / ID
    demo = folder / "demo"
    (folder / "ids.txt").write_text(f"{ID}\n")
    for source, target in zip(face_mesh, FaceMeshFiles.within(folder), strict=True):
        shutil.copy(source, target)

    def run(name: str, inputs: dict[str, Any], outputs: dict[str, Any]) -> list[Any]:
        stage = load(name)
        stage.run(stage.Inputs(**inputs), stage.Outputs(**outputs), read(stage.Settings, config))
        paths = [
            p for path in outputs.values() for p in (path if isinstance(path, tuple) else [path])
        ]
        return [fingerprint(path) for path in paths if path.name not in UNSTEADY]

    return lambda name: MAKERS[name](run, folder, files, demo)


# With times of day, versions of packages, and figures of an optimisation that processors round in their own ways; and a
# zip of what has fingerprints of its own.
UNSTEADY = {"detection.json", "fit.json", "fit.npz", "overlay.png", "light.json", "head.zip"}
UNSTEADY |= {"report.html", "viewer.js"}
# Folders with checksums of pictures in them, and with files of other programs' formats.
UNSTEADY |= {"augment", "dataset", "drawn"}
# With paths and seconds.
UNSTEADY |= {"ids.tsv", "sampled.json"}


def _head(run, folder, files, demo):
    outputs = {"model": "model.pkl", "embedding": "embedding.pkl", "texture_data": "layout.npy"}
    return run("demo-head", {}, {name: demo / file for name, file in outputs.items()})


def _photos(run, folder, files, demo):
    return run("demo-photos", {}, {"photos": demo / "photos", "truth": demo / "truth"})


def _mesh_landmarks(run, folder, files, demo):
    inputs = {
        "image": demo / "photos" / f"{ID}.png",
        "id": ID,
        **FaceMeshFiles.within(folder)._asdict(),
    }
    run("mesh-landmarks", inputs, {"out": files / "detect" / "mesh.npz"})
    with np.load(files / "detect" / "mesh.npz") as found:
        # Networks round in a processor's own way: half pixels count.
        return [[round(float(value)) for value in (found["yaw"], *found["landmarks"].mean(0))]]


def _draw(run, folder, files, demo):
    run("draw", {"score_model": str(demo / "prior.npz"), "gpu": 0}, {"out": folder / "drawn"})
    found = []
    for name in ("picture_0001", "grid"):
        picture = read_image(folder / "drawn" / f"{name}.png")
        # Means over blocks: of the pixels, another processor rounds a few to another level.
        blocks = skimage.measure.block_reduce(picture, (8, 8, 1), np.mean)
        np.save(folder / f"{name}.npy", blocks)
        found.append(fingerprint(folder / f"{name}.npy"))
    return found


def _choose(run, folder, files, demo):
    # Nothing, and a face.
    drawn = folder / "photos"
    write_image(drawn / "a.png", np.zeros((64, 64, 3), np.uint8))
    write_image(drawn / "b.png", skimage.data.astronaut()[:260, 90:350])
    write_json(drawn / "samples.json", {"pictures": ["a.png", "b.png"]})
    outputs = {"photos": "chosen", "ids": "ids.tsv", "record": "sampled.json"}
    found = run("choose", {"drawn": drawn}, {key: folder / file for key, file in outputs.items()})
    record = json.loads((folder / "sampled.json").read_text())
    return [*found, [record[name] for name in ("drawn", "looked_at", "with_a_face")]]


def _detect(run, folder, files, demo):
    inputs = {"image": demo / "photos" / f"{ID}.png", "id": ID}
    inputs["mesh"] = str(files / "detect" / "mesh.npz")
    record = files / "detect" / "detection.json"
    found = run("detect", inputs, {"record": record, "photo": files / "photo.png"})
    return [*found, json.loads(record.read_text())["landmarks"]]


def _parse(run, folder, files, demo):
    inputs = {"id": ID, "photo": files / "photo.png"}
    inputs["detection"] = files / "detect" / "detection.json"
    names = {"labels": "labels.png", "overlay": "overlay.png", "record": "parse.json"}
    names["outline"] = "outline.npz"
    run("parse", inputs, {name: files / "parse" / file for name, file in names.items()})
    # Networks and GrabCut round in a processor's own way: hundredths of the photo count, no single pixels.
    shares = json.loads((files / "parse" / "parse.json").read_text())["shares"]
    with np.load(files / "parse" / "outline.npz") as outline:
        where = outline["points"].mean(0) / 100
    return [[round(float(value), 2) for value in (*shares.values(), *where)]]


def _fit(run, folder, files, demo):
    inputs = {"photo": files / "photo.png", "detection": files / "detect" / "detection.json"}
    inputs |= {"flame_model": demo / "model.pkl", "landmark_embedding": demo / "embedding.pkl"}
    inputs["outline"] = files / "parse" / "outline.npz"
    names = {"record": "fit.json", "fit": "fit.npz", "overlay": "overlay.png"}
    found = run("fit", inputs, {name: files / "fit" / file for name, file in names.items()})
    with np.load(files / "fit" / "fit.npz") as fit:
        # L-BFGS-B follows the last digits of the loss: millimetres and degrees count, no more.
        pose = [*fit["axis_angle"], *fit["vertices"].mean(0), *np.ptp(fit["vertices"], axis=0)]
    return [*found, [round(float(value), 2) for value in pose]]


def _simple_labels(files):
    """A picture of labels where the parser's would be: wall left and right, hair above, skin."""
    rows, columns = np.indices(read_image(files / "photo.png").shape[:2])
    wall = np.abs(columns / columns.max() - 0.5) > 0.15
    labels = np.where(wall, BACKGROUND, np.where(rows < 0.35 * rows.max(), HAIR, SKIN))
    write_labels(files / "simple_labels.png", labels.astype(np.uint8), LEGEND, COLOURS)
    return files / "simple_labels.png"


def _true_head(files, demo):
    """The photo's true head where the fit's would be: what follows must not hang on an optimisation."""
    model = load_dict(str(demo / "model.pkl"))
    with np.load(demo / "truth" / f"{ID}.npz") as truth:
        known = {name: truth[name] for name in ("vertices", "axis_angle", "scale")}
    height = model["v_template"][:, 1]
    above = [height > np.quantile(height, share) for share in (0.7, 0.3)]
    more = {**in_photo(known["vertices"]), "regions": np.select(above, [SCALP, FACE_REGION], NECK)}
    np.savez(files / "fit" / "true.npz", faces=model["f"], **known, **more)
    return files / "fit" / "true.npz"


def _project(run, folder, files, demo):
    inputs = {"photo": files / "photo.png", "fit": _true_head(files, demo)}
    inputs["labels"] = _simple_labels(files)
    outputs = {"mesh": "mesh/head.obj", "axis_angle": "mesh/axis_angle.npy"}
    outputs |= {"texture": "texture/photo.png", "seen": "texture/seen.png", **CARRIED}
    return run(
        "project",
        inputs | {"texture_data": demo / "layout.npy"},
        {name: files / file for name, file in outputs.items()},
    )


def _adopt(run, folder, files, demo):
    inputs = {"image": demo / "photos" / f"{ID}.png", "fitted_mesh": files / "mesh" / "head.obj"}
    inputs |= {"fitted_texture": files / "texture" / "photo.png"}
    inputs |= {"fitted_axis_angle": files / "mesh" / "axis_angle.npy"}
    names = {
        "record": "record.json",
        "fit": "adopted.npz",
        "photo": "photo.png",
        "mesh": "head.obj",
    }
    names |= {"axis_angle": "axis_angle.npy", "texture": "texture.png", "seen": "seen.png"}
    names |= {"texel_labels": "labels.png", "regions": "regions.png"}
    return run("adopt", inputs, {name: folder / "adopted" / file for name, file in names.items()})


def _inpaint(run, folder, files, demo):
    inputs = {name: files / path for name, path in (FACE | CARRIED).items()}
    inputs |= {"id": ID, "round": 1, "first": 0, "views": files / "views.json"}
    states = tuple(files / "inpaint" / "round1" / f"view{k:03d}.npz" for k in range(3))
    return run("inpaint", inputs | {"score_model": str(demo / "prior.npz")}, {"out": states})


FACE = {
    "mesh": "mesh/head.obj",
    "axis_angle": "mesh/axis_angle.npy",
    "large": "texture/large.png",
    "known": "texture/known.png",
}
CARRIED = {"texel_labels": "texture/labels.png", "regions": "texture/regions.png"}


def _merge(run, folder, files, demo):
    inputs = {name: files / path for name, path in (FACE | CARRIED).items()}
    inputs["state"] = files / "inpaint" / "round1" / "view002.npz"
    light = files / "texture" / "light.json"
    outputs = {"texture": files / "texture.png", "provenance": files / "provenance.png"}
    outputs |= {"further": (files / "samples.png",), "uncertainty": files / "uncertainty.png"}
    found = run("merge", inputs, {**outputs, "light": light})
    return [*found, json.loads(light.read_text())["coefficients"]]


def _render(run, folder, files, demo):
    inputs = {name: files / path for name, path in FACE.items()}
    inputs |= {"texture": files / "texture.png", "photo": files / "photo.png"}
    outputs = {"frontal": "frontal.png", "frontal_photo": "frontal_photo.png", "views_dir": "views"}
    outputs |= {"turntable": "turntable.gif", "turntable_webp": "turntable.webp"}
    outputs |= {"before_after": "before_after.png", "compare_dir": "compare"}
    outputs |= {"aligned_dir": "aligned"}
    inputs |= {"landmark_embedding": demo / "embedding.pkl"}
    return run(
        "render",
        inputs | {"fit": files / "fit" / "true.npz"},
        {name: files / file for name, file in outputs.items()},
    )


def _export(run, folder, files, demo):
    inputs = {"id": ID, "mesh": files / "mesh" / "head.obj", "texture": files / "texture.png"}
    inputs |= {"axis_angle": files / "mesh" / "axis_angle.npy"}
    inputs |= {"provenance": files / "provenance.png"}
    inputs |= {name: files / "texture" / f"{name}.png" for name in ("large", "known")}
    names = {"obj": "head.obj", "glb": "head.glb", "zip": "head.zip", "script": "head.js"}
    return run("export", inputs, {name: files / file for name, file in names.items()})


def _identity(run, folder, files, demo):
    # Three pictures with a face that dlib finds: the photo, its mirror image, and it again.
    from PIL import Image, ImageOps

    photo = demo / "photos/synthetic_m15.png"
    with Image.open(photo) as picture:
        ImageOps.mirror(picture).save(folder / "mirrored.png")
    inputs = {"photo": photo, "before": folder / "mirrored.png", "after": photo}
    return run("identity", inputs, {"out": folder / "identity.json"})


def _augment(run, folder, files, demo):
    inputs = {"id": ID, **{name: files / path for name, path in FACE.items() if name[0] in "ma"}}
    inputs |= {name: files / f"{name}.png" for name in ("texture", "provenance", "photo")}
    inputs |= {"light": files / "texture" / "light.json"}
    run(
        "augment",
        inputs | {"landmark_embedding": demo / "embedding.pkl"},
        {"out": files / "augment"},
    )
    # Without the checksum of the texture's file.
    views = json.loads((files / "augment" / "views.json").read_text())["views"]
    pictures = sorted((files / "augment").glob("*.png"))
    return [*map(fingerprint, pictures), [v[a] for v in views for a in ("yaw", "pitch", "roll")]]


def _dataset(run, folder, files, demo):
    (folder / "screened.tsv").write_text(f"id\tstatus\n{ID}\taccepted\n")
    inputs = {"ids": folder / "ids.txt", "screen": folder / "screened.tsv"}
    run("dataset", inputs | {"results": folder / "results"}, {"out": folder / "dataset"})
    with (folder / "dataset" / "manifest.csv").open() as handle:
        rows = [row.rsplit(",", 1)[0] for row in handle]
    with tarfile.open(folder / "dataset" / "shards" / "000000.tar") as tar:
        write_text(folder / "steady.txt", "\n".join([*rows, *tar.getnames()]))
    return [fingerprint(folder / "steady.txt")]


def _of_all(name, outputs):
    def make(run, folder, files, demo):
        inputs = {"ids": folder / "ids.txt", "results": folder / "results"}
        # A record without what an optimisation leaves.
        record = {"status": "accepted", "reason": None, "yaw": 1.0, "pitch": 2.0, "roll": 3.0}
        record |= {"reprojection_error": 0.01, "outline_iou": 0.75, "flag": "Look at it."}
        write_json(files / "fit" / "fit.json", record)
        return run(name, inputs, {key: folder / file for key, file in outputs.items()})

    return make


def _summary(run, folder, files, demo):
    names = {"summary": "summary.tsv", "report": "report.html", "viewer": "viewer.js"}
    names["contact_sheet"] = "contact_sheet.png"
    found = _of_all("summary", names)(run, folder, files, demo)
    page, viewer = ((folder / names[name]).read_text() for name in ("report", "viewer"))
    # Without the time of day and the versions of ScoreFace and of three.js.
    page = re.sub(r"<time.*?</time>|ScoreFace \d[.\d]*", "", page)
    write_text(folder / "steady.txt", page + viewer.removeprefix(three()))
    return [*found, fingerprint(folder / "steady.txt")]


MAKERS: dict[str, Callable] = {
    "demo-head": _head,
    "demo-photos": _photos,
    "demo-prior": lambda run, folder, files, demo: run(
        "demo-prior", {}, {"out": demo / "prior.npz"}
    ),
    "mesh-landmarks": _mesh_landmarks,
    "draw": _draw,
    "choose": _choose,
    "detect": _detect,
    "parse": _parse,
    "fit": _fit,
    "project": _project,
    "adopt": _adopt,
    "preprocess": lambda run, folder, files, demo: run(
        "preprocess",
        {"texture": files / "texture" / "photo.png", "seen": files / "texture" / "seen.png"},
        {"large": files / "texture" / "large.png", "known": files / "texture" / "known.png"},
    ),
    "order-views": lambda run, folder, files, demo: run(
        "order-views",
        {"axis_angle": files / "mesh" / "axis_angle.npy"},
        {"out": files / "views.json"},
    ),
    "inpaint": _inpaint,
    "merge": _merge,
    "render": _render,
    "export": _export,
    "identity": _identity,
    "augment": _augment,
    "dataset": _dataset,
    "screen": _of_all("screen", {"out": "screen.tsv"}),
    "summary": _summary,
}


@pytest.fixture(scope="module")
def recorded(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {} if request.config.getoption("--record") else json.loads(RECORD.read_text())


def test_every_stage_has_a_maker() -> None:
    assert set(MAKERS) == set(CHECKED)


@pytest.mark.parametrize("name", MAKERS)
def test_the_output_is_that_of_the_version(
    name: str, made: Callable, recorded: dict, request: pytest.FixtureRequest
) -> None:
    found = made(name)
    now = load(name).VERSION
    if request.config.getoption("--record"):
        known = json.loads(RECORD.read_text()) if RECORD.exists() else {}
        write_json(RECORD, {**known, name: {"version": now, "files": found}})
        return
    then = recorded[name]
    agree = len(found) == len(then["files"]) and all(map(same, found, then["files"]))
    where = f"scoreface/stages/{name.replace('-', '_')}.py"
    if now == then["version"]:
        assert agree, f"{name} makes other files than version {now} did: raise VERSION in {where}"
    assert now == then["version"], f"{where} has a new VERSION: record its files with --record"


def test_a_change_would_be_noticed(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).random((64, 64, 3))
    for name, values in (("one", pixels), ("noisy", pixels + 1e-7), ("other", pixels * 1.002)):
        np.savez(tmp_path / f"{name}.npz", values=values)
    one, noisy, other = (fingerprint(tmp_path / f"{n}.npz") for n in ("one", "noisy", "other"))
    assert same(one, noisy)
    assert not same(one, other)
