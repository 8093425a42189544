"""Only what changed runs again: each key of the configuration, ids, photos, models, and the stages' versions."""

import functools
import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from scoreface.config.assets import DEMO_ASSETS, GAUSSIAN_PRIOR
from scoreface.config.parser import PERSON_MODEL
from scoreface.stages import STAGES

from .planning import Folder, rules, stage, targets

pytestmark = pytest.mark.heavy

ID = "synthetic_p25"
IDS = ("synthetic_m35", ID)
DOCTORS = ("doctor", "doctor_fit")
# The models that these runs make.
MADE = {**DEMO_ASSETS, "score_model": GAUSSIAN_PRIOR}

# For each key another value, and the first rules that it affects; what follows from these runs too.
# The inpainting's rules, one for each link of the chain, count as one.
TABLE: dict[str, tuple[Any, set[str]]] = {
    "ids": ("same.txt", {"screen"}),
    "images": ("copies/{id}.png", {"detect"}),
    "results": ("elsewhere", {"doctor", "doctor_fit", "detect"}),
    "share_results": (True, set()),
    "seed": (1, {"demo_prior", "inpaint"}),
    # Of photos that are drawn; tests/workflow/test_sampled.py.
    "sampled.number": (2, set()),
    "sampled.spare": (1.5, set()),
    "sampled.sampler": ("pc", set()),
    "sampled.noise_levels": (9, set()),
    "sampled.size": (300, set()),
    "assets.flame_model": ("other", {"fit"}),
    "assets.landmark_embedding": ("other", {"fit"}),
    "assets.texture_data": ("other", {"project"}),
    "assets.landmark_predictor": ("other", {"detect"}),
    "assets.flame_masks": ("other", {"fit"}),
    "assets.score_model": ("other", {"inpaint"}),
    "demo.texture_size": (512, {"demo_head", "demo_photos"}),
    "demo.prior_size": (64, {"demo_prior"}),
    "demo.prior_heads": (40, {"demo_prior"}),
    "demo.prior_components": (24, {"demo_prior"}),
    # The adopted head takes the place of fit and project.
    "fit.engine": ("external", {"adopt", "screen", "preprocess", "order_views", "merge"}),
    "fit.external.mesh": ("heads/{id}.obj", set()),
    "fit.external.texture": ("heads/{id}.png", set()),
    "fit.external.axis_angle": ("heads/{id}.npy", set()),
    # Both are fetched and asked where nobody asked them before.
    "fit.detector": ("auto", {"face_mesh", "mesh_landmarks", "detect"}),
    "fit.second_tries": (False, {"detect"}),
    "fit.landmarks": ("landmarks/{id}.npy", {"detect"}),
    "fit.max_error": (0.2, {"fit"}),
    "fit.max_pixels": (1000000, {"detect"}),
    "fit.time_limit": (300, {"detect", "fit"}),
    "fit.weights.landmarks": (2.0, {"fit"}),
    "fit.weights.shape": (2.0, {"fit"}),
    "fit.weights.expression": (2.0, {"fit"}),
    "fit.weights.neck": (2.0, {"fit"}),
    "fit.weights.jaw": (2.0, {"fit"}),
    "fit.weights.eyeballs": (2.0, {"fit"}),
    "fit.weights.outline": (2.0, {"fit"}),
    "fit.outline": (False, {"fit"}),
    "fit.min_outline_iou": (0.5, {"fit"}),
    "fit.outline_gate": ("reject", {"fit"}),
    "fit.rigid_ftol": (1e-4, {"fit"}),
    "fit.ftol": (1e-4, {"fit"}),
    "texture.large": (256, {"project"}),
    "texture.small": (16, {"inpaint"}),
    "texture.shrink": ("corner", {"inpaint"}),
    "texture.detail": ("none", {"merge"}),
    "texture.light": ("removed", {"merge"}),
    "parse.engine": ("none", {"parse"}),
    "parse.person_model": ("other", {"parse"}),
    # Of other engines than the one that is set.
    "parse.segformer.model": ("owner/name", set()),
    "parse.onnx.model": ("other", set()),
    "parse.labels.pictures": ("other/{id}.png", set()),
    "parse.labels.palette": ("other", set()),
    "project.occlusion": ("normal", {"project"}),
    "project.sampling": ("published", {"project"}),
    "project.min_cosine": (0.1, {"project"}),
    "project.mouth": ("closed", {"project"}),
    "project.erosion": (0.02, {"project"}),
    "project.glasses": (True, {"project"}),
    "preprocess.dark_threshold": (30, {"preprocess"}),
    "preprocess.dark_texels": ("all", {"preprocess"}),
    "views.elevations": ([10], {"order_views"}),
    "views.azimuths": ([-10, 0, 10], {"order_views"}),
    "views.start": ("front", {"order_views"}),
    "camera.field_of_view": (50, {"inpaint"}),
    "camera.distance": (1.5, {"inpaint"}),
    "camera.rasteriser": ("embree", {"inpaint", "render"}),
    "inpaint.pipeline": ("texture", {"inpaint"}),
    "inpaint.joint.noise_levels": (5, {"inpaint"}),
    "inpaint.joint.sigma_start": ("max", {"inpaint"}),
    "inpaint.joint.spacing": (3, {"inpaint"}),
    "inpaint.joint.stochasticity": (0.5, {"inpaint"}),
    "inpaint.joint.nearest_levels": (0.5, {"inpaint"}),
    "inpaint.joint.weight_power": (2, {"inpaint"}),
    "inpaint.joint.evidence": ("none", {"inpaint"}),
    "inpaint.joint.prior_deviation": (0.5, {"inpaint"}),
    "inpaint.joint.prior_error": (0.1, {"inpaint"}),
    # Of other pipelines than the one that is set.
    "inpaint.image.predictor": (False, set()),
    "inpaint.texture.textures": ("one", set()),
    "inpaint.multiview.textures": ("one", set()),
    "inpaint.multiview.combine": ("mean", set()),
    "inpaint.face_size": (64, {"inpaint"}),
    "inpaint.supersampling": (1, {"inpaint"}),
    "inpaint.samples": (2, {"inpaint"}),
    "inpaint.noise_levels": (12, set()),
    "inpaint.corrector_steps": (0, set()),
    "inpaint.snr": (0.1, set()),
    "inpaint.rounds": (1, {"merge"}),
    "inpaint.keep_silhouette": (False, {"inpaint"}),
    "inpaint.correction_threshold": (0.2, {"inpaint"}),
    # The pipeline does all of a round in one job.
    "inpaint.views_per_job": (3, set()),
    "inpaint.keep_finished": (False, set()),
    "inpaint.gpu": (1, set()),
    "inpaint.precision": ("fp32", {"inpaint"}),
    "inpaint.batch": (3, set()),
    "render.camera.field_of_view": (30, {"render", "augment"}),
    "render.camera.distance": (4, {"render", "augment"}),
    "render.size": (100, {"render"}),
    "render.elevations": ([10], {"render"}),
    "render.azimuths": ([-20, 20], {"render"}),
    "render.aligned": (True, {"render"}),
    "render.turntable_frames": (5, {"render"}),
    "augment.poses": ("uniform", {"augment"}),
    # Of other poses than those that are set.
    "augment.views": (3, set()),
    "augment.yaw": (20, set()),
    "augment.pitch": (5, set()),
    "augment.roll": (5, set()),
    "augment.grid.yaws": ([-20, 20], {"augment"}),
    "augment.grid.pitches": ([5], {"augment"}),
    "augment.grid.rolls": ([5], {"augment"}),
    "augment.alignment": ("arcface", {"augment"}),
    "augment.size": (48, {"augment"}),
    "augment.background": ("photo", {"augment"}),
    "augment.backgrounds": ("other", {"augment"}),
    "augment.light": ("varied", {"augment"}),
    "augment.average_flipped": (True, {"augment"}),
    "augment.export": ("folder", {"dataset"}),
    "augment.shard": (5, {"dataset"}),
    "augment.pairs": ("pairs.tsv", {"dataset"}),
    "containers.scoreface": ("other.sif", set()),
    "containers.tf_flame": ("other.sif", set()),
    "threads.prior": (2, set()),
    "threads.fit": (2, set()),
    "threads.inpaint": (2, set()),
}


def leaves(tree: dict, path: str = "") -> Iterator[str]:
    """Keys with their sections, as in ``fit.weights.jaw``; a list is one value."""
    for key, value in tree.items():
        yield from leaves(value, f"{path}{key}.") if isinstance(value, dict) else [f"{path}{key}"]


def nested(key: str, value: Any) -> dict:
    """``{"fit": {"weights": {"jaw": value}}}`` for ``fit.weights.jaw``."""
    return functools.reduce(lambda inner, name: {name: inner}, reversed(key.split(".")), value)


@pytest.fixture(scope="module")
def complete(
    tmp_path_factory: pytest.TempPathFactory,
    repository: Path,
    snakemake,
    workplace: Path,
    small: str,
    demo: Path,
    person_model: Path,
) -> Callable[[str, dict], Folder]:
    """Makes a folder with the demo's results, whose configuration Snakemake takes to be a given one.

    The person network is where the workflow would put it.
    """

    def make(name: str, config: dict) -> Folder:
        folder = tmp_path_factory.mktemp(name)
        for id in IDS:
            shutil.copytree(demo / id, folder / "results" / id)
        for path in (
            *("doctor.txt", "doctor_fit.txt"),
            *("screen.tsv", "summary.tsv", "report.html", "viewer.js", "contact_sheet.png"),
            "licences.md",
        ):
            shutil.copy(demo / path, folder / "results")
        shutil.copytree(demo / "dataset", folder / "results" / "dataset")
        shutil.copytree(workplace / "resources", folder / "resources")
        shutil.copy(person_model, folder / PERSON_MODEL)
        shutil.copytree(folder / "resources" / "demo", folder / "given")
        (folder / "ids.txt").write_text("".join(f"{id}\n" for id in IDS))
        own = folder / "own.yaml"
        parse = {"person_model": "auto", **config.get("parse", {})}
        own.write_text(yaml.safe_dump({"ids": "ids.txt", **config, "parse": parse}))
        touch = [*targets(*IDS), "--touch", "--forceall", "-j1", "--configfile", small, str(own)]
        ended = snakemake(folder, *touch)
        assert ended.status == 0, ended.text
        made = Folder(repository, folder, small, str(own))
        assert made.plan(*targets(*IDS)) == set()
        return made

    return make


@pytest.fixture(scope="module")
def embedded(complete: Callable[[str, dict], Folder]) -> Folder:
    """Complete with the embedded models."""
    return complete("embedded", {})


@pytest.fixture(scope="module")
def own_models(complete: Callable[[str, dict], Folder]) -> Folder:
    """Complete with models that the user gives: they are the embedded ones under other names."""
    return complete("own", {"assets": own_assets("given")})


def own_assets(folder: str) -> dict[str, str]:
    return {name: f"{folder}/{Path(path).name}" for name, path in MADE.items()}


@pytest.fixture(scope="module")
def follows(snakemake, embedded: Folder, small: str) -> Callable[[set[str]], set[str]]:
    """All rules that follow from some, themselves included, by Snakemake's own graph of the rules."""
    configfiles = [small, str(embedded.path / "own.yaml")]
    ended = snakemake(
        embedded.path, *targets(ID), "--configfile", *configfiles, "--rulegraph", "dot"
    )
    assert ended.status == 0, ended.text
    names = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)', ended.text, re.MULTILINE))
    edges = {
        (stage(names[a]), stage(names[b]))
        for a, b in re.findall(r"^\s*(\d+) -> (\d+)", ended.text, re.MULTILINE)
    }
    # The others wait for the doctors, but what these find changes no result.
    edges = {(a, b) for a, b in edges if a not in DOCTORS}
    assert {("fit", "screen"), ("inpaint", "merge"), ("merge", "render")} <= edges

    def closure(first: set[str]) -> set[str]:
        more = first | {b for a, b in edges if a in first}
        return first if more == first else closure(more)

    return closure


def test_the_table_has_every_key(repository: Path) -> None:
    config = yaml.safe_load((repository / "config.yaml").read_text())
    assert set(leaves(config)) == set(TABLE)


@pytest.fixture(scope="module")
def with_other_values(embedded: Folder) -> dict[str, set[tuple[str, str]]]:
    """What would run with another value of each key."""
    folder = embedded.path
    shutil.copytree(folder / "resources" / "demo" / "photos", folder / "copies")
    shutil.copy(folder / "ids.txt", folder / "same.txt")
    (folder / "other").write_text("another model\n")
    (folder / "pairs.tsv").touch()
    for name in ("fits", "landmarks"):
        (folder / name).mkdir()
    for id in IDS:
        (folder / "landmarks" / f"{id}.npy").touch()
    for id, suffix in itertools.product(IDS, ("obj", "png", "npy")):
        (folder / "fits" / f"{id}.{suffix}").touch()
    requests = [
        embedded.request(
            *targets(ID, results=value if key == "results" else "results"),
            changes=nested(key, value),
        )
        for key, (value, _) in TABLE.items()
    ]
    return dict(zip(TABLE, embedded.plans(requests), strict=True))


@pytest.mark.parametrize("key", TABLE)
def test_a_changed_key_reruns_what_depends_on_it(
    key: str, with_other_values: dict[str, set], follows: Callable
) -> None:
    assert rules(with_other_values[key]) == follows(TABLE[key][1])


def test_a_raised_version_reruns_the_stage_and_on(embedded: Folder, follows: Callable) -> None:
    # The doctors rerun nothing, whatever they find.
    stages = [name for name in (stage.replace("-", "_") for stage in STAGES) if name not in DOCTORS]
    requests = [embedded.request(*targets(ID), versions={name: "raised"}) for name in stages]
    plans = dict(zip(stages, map(rules, embedded.plans(requests)), strict=True))
    everything = follows({"demo_head", "demo_photos", "demo_prior", "person_model"})
    assert everything < set(stages)
    for name in stages:
        assert plans[name] == (follows({name}) if name in everything else set()), name


def test_a_new_id_runs_its_own_jobs(embedded: Folder) -> None:
    new = "astronaut"
    (embedded.path / "three.txt").write_text("".join(f"{id}\n" for id in (*IDS, new)))
    jobs = embedded.plan(*targets(*IDS, new), changes={"ids": "three.txt"})
    assert {id for _, id in jobs} == {"", new}
    of_all = {"screen", "summary", "licences", "dataset"}
    assert {rule for rule, id in jobs if not id} == of_all
    stages = {
        "detect",
        "parse",
        "fit",
        "project",
        "inpaint",
        "merge",
        "render",
        "export",
        "augment",
    }
    assert stages < rules(jobs)


def test_a_removed_id_runs_no_face(embedded: Folder) -> None:
    (embedded.path / "fewer.txt").write_text(f"{ID}\n")
    jobs = embedded.plan(*targets(ID), changes={"ids": "fewer.txt"})
    # The tables lose its row.
    of_all = ("screen", "summary", "licences", "dataset")
    assert jobs == {(rule, "") for rule in of_all}


def test_a_photo_counts_by_its_content(embedded: Folder, follows: Callable) -> None:
    photo = embedded.path / "resources" / "demo" / "photos" / f"{ID}.png"
    content = photo.read_bytes()
    photo.touch()
    assert embedded.plan(*targets(ID)) == set()
    photo.write_bytes(content + b"changed")
    jobs = embedded.plan(*targets(ID))
    photo.write_bytes(content)
    assert rules(jobs) == follows({"detect"})
    assert {id for _, id in jobs} == {ID, ""}


@pytest.mark.parametrize("path", [*MADE.values(), PERSON_MODEL])
def test_an_embedded_model_counts_by_its_content(embedded: Folder, path: str) -> None:
    (embedded.path / path).touch()
    assert embedded.plan(*targets(ID)) == set()


def test_own_models_count_by_their_content(own_models: Folder, follows: Callable) -> None:
    folder = own_models.path
    moved = folder / "models"
    shutil.copytree(folder / "given", moved)
    first = {
        "flame_model": {"fit"},
        "landmark_embedding": {"fit"},
        "texture_data": {"project"},
        "score_model": {"inpaint"},
    }
    assert own_models.plan(*targets(ID), changes={"assets": own_assets("models")}) == set()
    for name, path in own_assets("models").items():
        with (folder / path).open("ab") as file:
            file.write(b"changed")
        jobs = own_models.plan(*targets(ID), changes={"assets": {name: path}})
        assert rules(jobs) == follows(first[name])


def test_own_landmarks_count_by_their_content(
    complete: Callable[[str, dict], Folder], follows: Callable, tmp_path: Path
) -> None:
    for id in IDS:
        (tmp_path / f"{id}.npy").write_text("landmarks\n")
    folder = complete("landmarks", {"fit": {"landmarks": f"{tmp_path}/{{id}}.npy"}})
    own = tmp_path / f"{ID}.npy"
    own.touch()
    assert folder.plan(*targets(*IDS)) == set()
    own.write_text("landmarks, changed\n")
    jobs = folder.plan(*targets(*IDS))
    assert rules(jobs) == follows({"detect"})
    assert {id for rule, id in jobs if rule == "detect"} == {ID}


def test_own_label_pictures_and_their_palette_count_by_their_content(
    complete: Callable[[str, dict], Folder], follows: Callable, tmp_path: Path
) -> None:
    for name in (*(f"{id}.png" for id in IDS), "palette.txt"):
        (tmp_path / name).write_text("a file of one's own\n")
    labels = {"pictures": f"{tmp_path}/{{id}}.png", "palette": f"{tmp_path}/palette.txt"}
    folder = complete("labels", {"parse": {"engine": "labels", "labels": labels}})
    for name, ids in ((f"{ID}.png", {ID}), ("palette.txt", set(IDS))):
        (tmp_path / name).touch()
        assert folder.plan(*targets(*IDS)) == set()
        (tmp_path / name).write_text("a file of one's own, changed\n")
        jobs = folder.plan(*targets(*IDS))
        (tmp_path / name).write_text("a file of one's own\n")
        assert rules(jobs) == follows({"parse"})
        assert {id for rule, id in jobs if rule == "parse"} == ids


def test_a_seed_that_equals_another_setting_is_noticed(
    own_models: Folder, follows: Callable
) -> None:
    # Snakemake by itself compares the values of a rule's settings without their names: the round is 1 too.
    jobs = own_models.plan(*targets(ID), changes={"seed": 1})
    assert rules(jobs) == follows({"inpaint"})
