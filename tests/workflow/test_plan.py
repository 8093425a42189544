"""What Snakemake plans to do, and that the workflow keeps to the rules of its trade."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml


def test_the_demo_is_planned_as_far_as_the_screening(snakemake, tmp_path: Path) -> None:
    ended = snakemake(tmp_path, "-n", "-q", "rules")
    assert ended.status == 0, ended.text
    jobs = {
        "doctor": 1,
        "doctor_fit": 1,
        "demo_head": 1,
        "demo_photos": 1,
        "person_model": 1,
        "face_mesh": 1,
        "mesh_landmarks": 4,
        "detect": 4,
        "parse": 4,
        "fit": 4,
        "screen": 1,
        "summary": 1,
        "licences": 1,
        "all": 1,
    }
    assert ended.jobs == {**jobs, "total": 26}


@pytest.mark.parametrize(
    ("views_per_job", "expected"),
    [("all", ["round1_view000", "round2_view000"]), ("2", ["round1_view000", "round1_view002"])],
)
def test_the_chain_of_views_is_planned_in_jobs(
    snakemake, tmp_path: Path, views_per_job: str, expected: list[str]
) -> None:
    ended = snakemake(
        tmp_path,
        *("results/astronaut/texture.png", "-n", "-q", "rules"),
        config=[
            "views={'elevations': [0], 'azimuths': [-20, 0, 20]}",
            f"inpaint={{'pipeline': image, 'views_per_job': {views_per_job}}}",
        ],
    )
    assert ended.status == 0, ended.text
    jobs = ended.jobs
    chain = sorted(name for name in jobs if name.startswith("inpaint"))
    assert chain[:2] == [f"inpaint_{name}" for name in expected]
    assert len(chain) == (2 if views_per_job == "all" else 4)
    assert {"detect", "parse", "fit", "project", "preprocess", "order_views", "merge"} < set(jobs)


@pytest.mark.parametrize("pipeline", ["joint", "multiview"])
def test_views_that_are_sampled_together_are_one_job_a_round(
    snakemake, tmp_path: Path, pipeline: str
) -> None:
    ended = snakemake(
        tmp_path,
        *("results/astronaut/texture.png", "-n", "-q", "rules"),
        config=[f"inpaint={{'pipeline': {pipeline}, 'views_per_job': 1}}"],
    )
    assert ended.status == 0, ended.text
    chain = sorted(name for name in ended.jobs if name.startswith("inpaint"))
    assert chain == ["inpaint_round1_view000", "inpaint_round2_view000"]


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ("", "--gpu auto   --out"),
        ("'gpu': 0.5, 'keep_finished': false", "--gpu 0.5  --discard-finished"),
        ("'batch': 3", "--gpu auto --batch 3  --out"),
    ],
)
def test_the_job_is_told_what_changes_no_view(
    snakemake, tmp_path: Path, settings: str, options: str
) -> None:
    ended = snakemake(
        tmp_path, "results/astronaut/texture.png", "-n", "-p", config=[f"inpaint={{{settings}}}"]
    )
    assert ended.status == 0, ended.text
    commands = [line for line in ended.text.splitlines() if "scoreface inpaint" in line]
    assert len(commands) == 2
    assert all(options in command for command in commands)


def test_further_completions_are_outputs_of_the_merge(snakemake, tmp_path: Path) -> None:
    def merged(samples: int) -> str:
        ended = snakemake(
            tmp_path,
            *("results/astronaut/texture.png", "-n", "-p"),
            config=[f"inpaint={{'samples': {samples}}}"],
        )
        assert ended.status == 0, ended.text
        (command,) = [line for line in ended.text.splitlines() if "scoreface merge" in line]
        return command

    folder = "results/astronaut"
    assert (
        f" --further {folder}/samples/texture_02.png {folder}/samples/texture_03.png"
        f" --uncertainty {folder}/uncertainty.png"
    ) in merged(3)
    assert "--further" not in merged(1)
    assert "--uncertainty" not in merged(1)


def test_the_linter_is_content(snakemake, tmp_path: Path) -> None:
    ended = snakemake(tmp_path, "--lint")
    assert ended.status == 0, ended.text
    assert "Lints for" not in ended.text


def test_the_formatter_is_content(repository: Path) -> None:
    command = [sys.executable, "-m", "snakefmt", "--check", "Snakefile", "workflow"]
    ended = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_ids_keep_their_zeros(snakemake, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("00042\n")
    (tmp_path / "00042.png").touch()
    ended = snakemake(tmp_path, "-n", config=["ids=ids.txt", "images={id}.png"])
    assert ended.status == 0, ended.text
    assert "results/00042/fit/fit.json" in ended.text
    assert "results/42/" not in ended.text


def test_own_models_replace_the_embedded_ones(snakemake, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("a\n")
    names = ["a.png", "model.pkl", "embedding.pkl", "layout.npy", "score.npz"]
    for name in names:
        (tmp_path / name).touch()
    ended = snakemake(
        tmp_path,
        *("results/a/texture.png", "-n", "-q", "rules"),
        config=[
            "ids=ids.txt",
            "images={id}.png",
            f"assets={{'flame_model': '{tmp_path}/model.pkl', 'landmark_embedding': "
            "'embedding.pkl', 'texture_data': 'layout.npy', 'score_model': 'score.npz'}",
        ],
    )
    assert ended.status == 0, ended.text
    assert not [name for name in ended.jobs if name.startswith("demo")]


def test_the_conda_environment_has_what_the_package_needs(repository: Path) -> None:
    environment = yaml.safe_load((repository / "envs" / "scoreface.yaml").read_text())
    *from_conda, last = environment["dependencies"]
    constraints = (repository / "constraints.txt").read_text().replace("_", "-").splitlines()
    assert {line.replace("_", "-") for line in last["pip"]} <= set(constraints)
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    needed = {name.partition("==")[0] for name in project["dependencies"]}
    there = {name.partition("=")[0] for name in [*from_conda, *last["pip"]]}
    assert needed - {"torch"} <= there
    assert "pytorch" in there
