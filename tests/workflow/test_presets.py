"""The presets state the paper's numbers, and the workflow takes them."""

from pathlib import Path

import pytest
import yaml

# Paper section 4.2, and TF_FLAME's weights.
BOTH = {
    "parse.engine": "none",
    "fit.detector": "dlib",
    "fit.second_tries": False,
    "fit.outline": False,
    "fit.weights.landmarks": 1.0,
    "fit.weights.shape": 1e-3,
    "fit.weights.expression": 1e-3,
    "fit.weights.neck": 100.0,
    "fit.weights.jaw": 1e-3,
    "fit.weights.eyeballs": 10.0,
    "fit.rigid_ftol": 5e-6,
    "fit.ftol": 1e-7,
    "texture.shrink": "corner",
    "texture.detail": "none",
    "texture.light": "photo",
    "project.occlusion": "normal",
    "project.sampling": "published",
    "project.min_cosine": 0,
    "project.mouth": "closed",
    "preprocess.dark_threshold": 50,
    "preprocess.dark_texels": "all",
    "views.start": "published",
    "camera.field_of_view": 60,
    "camera.distance": 1.2,
    "inpaint.supersampling": 1,
    "inpaint.samples": 1,
    "inpaint.noise_levels": 1000,
    "inpaint.rounds": 2,
    "inpaint.keep_silhouette": False,
    "inpaint.correction_threshold": 0.30,
    "inpaint.views_per_job": 1,
    "inpaint.gpu": 1,
    "inpaint.precision": "fp32",
}
PRESETS = {
    "paper-image": {
        "assets.score_model": "google/ncsnpp-ffhq-1024",
        "texture.large": 512,
        "texture.small": 512,
        "views.elevations": [-10, 0, 10],
        "views.azimuths": [-40, -20, 0, 20, 40],
        "inpaint.pipeline": "image",
        "inpaint.image.predictor": True,
        "inpaint.face_size": 1024,
        "inpaint.corrector_steps": 1,
        "inpaint.snr": 0.15,
    },
    "paper-texture": {
        "assets.score_model": "google/ncsnpp-ffhq-256",
        "texture.large": 2048,
        "texture.small": 256,
        "views.elevations": [-10, -5, 0, 5, 10],
        "views.azimuths": [-40, -30, -20, -10, 0, 10, 20, 30, 40],
        "inpaint.pipeline": "texture",
        "inpaint.texture.textures": "two",
        "inpaint.face_size": 256,
        "inpaint.corrector_steps": 6,
        "inpaint.snr": 0.015,
    },
}


def leaves(tree: dict, path: str = "") -> dict:
    """Keys with their sections, as in ``fit.weights.jaw``, and their values."""
    found = {}
    for key, value in tree.items():
        here = f"{path}{key}"
        found |= leaves(value, f"{here}.") if isinstance(value, dict) else {here: value}
    return found


@pytest.mark.parametrize("name", PRESETS)
def test_the_preset_is_the_papers(repository: Path, name: str) -> None:
    with (repository / "config" / f"{name}.yaml").open() as handle:
        written = yaml.safe_load(handle)
    numbers = {
        key: float(value) if key.startswith("fit") and not isinstance(value, bool | str) else value
        for key, value in leaves(written).items()
    }
    assert numbers == BOTH | PRESETS[name]


@pytest.mark.parametrize(("name", "jobs"), [("paper-image", 30), ("paper-texture", 90)])
def test_the_workflow_takes_it(
    snakemake, repository: Path, tmp_path: Path, name: str, jobs: int
) -> None:
    (tmp_path / "ids.txt").write_text("00042\n")
    (tmp_path / "00042.png").touch()
    ended = snakemake(
        tmp_path,
        *("results/00042/texture.png", "-n", "-q", "rules"),
        *("--configfile", str(repository / "config" / f"{name}.yaml")),
        config=["ids=ids.txt", "images={id}.png"],
    )
    assert ended.status == 0, ended.text
    # One job a view and round.
    assert sum(count for rule, count in ended.jobs.items() if rule.startswith("inpaint_")) == jobs


@pytest.fixture
def with_preset(snakemake, repository: Path, tmp_path: Path):
    """Run Snakemake in an empty folder with a preset; gives what it says."""

    def run(name: str, *arguments: str) -> str:
        preset = repository / "config" / f"{name}.yaml"
        ended = snakemake(tmp_path, *arguments, "--configfile", str(preset))
        assert ended.status == 0, ended.text
        return ended.text

    return run


def test_the_preset_for_frontal_pictures_is_taken(with_preset) -> None:
    text = with_preset("frontalise", "results/astronaut/augment/views.json", "-n", "-p")
    (command,) = [line for line in text.splitlines() if "scoreface augment" in line]
    assert '"yaws": [0]' in command
    assert "--landmark-embedding resources/demo/landmark_embedding.pkl" in command


def test_the_preset_for_the_finer_score_model_agrees_with_it(with_preset, tmp_path: Path) -> None:
    with_preset("embedded-128", "results/doctor.txt", "-j1")
    assert "128 pixels" in (tmp_path / "results" / "doctor.txt").read_text()
