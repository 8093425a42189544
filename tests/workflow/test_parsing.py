"""The workflow is parsed, planned and wound up with Snakemake and nothing else: so people run it with conda."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.heavy


# Those that ScoreFace is for.
VERSIONS = ("3.11", "3.12", "3.13")


def interpreter(version: str) -> str | None:
    """An interpreter of a version that runs: this one, or one on the PATH or among those that pyenv keeps."""
    if sys.version.startswith(f"{version}."):
        return sys.executable
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for path in (shutil.which(f"python{version}"), *map(str, kept)):
        # A shim of pyenv is found, and runs nothing where its version is not chosen.
        if (
            path
            and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0
        ):
            return path
    return None


@pytest.fixture(scope="module", params=VERSIONS)
def snakemake_alone(
    request: pytest.FixtureRequest, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The python of a virtual environment that holds Snakemake and what it requires."""
    found = interpreter(request.param)
    if found is None:
        pytest.skip(f"there is no Python {request.param} here")
    folder = tmp_path_factory.mktemp("alone") / "venv"
    subprocess.run([found, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    command = [str(python), "-m", "pip", "install", "--quiet", "--retries", "1"]
    command += ["-c", str(repository / "constraints.txt"), "snakemake"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and "No matching distribution" in done.stderr + done.stdout:
        pytest.skip("the package index, which has Snakemake, is out of reach")
    assert done.returncode == 0, done.stderr
    return python


def run(
    python: Path, repository: Path, folder: Path, *arguments: str
) -> subprocess.CompletedProcess:
    command = [str(python), "-m", "snakemake", "--snakefile", str(repository / "Snakefile")]
    path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    return subprocess.run(
        [*command, "--directory", str(folder), *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_it_has_nothing_else(snakemake_alone: Path) -> None:
    for module in ("numpy", "PIL", "torch", "scipy"):
        code = f"import importlib.util; print(importlib.util.find_spec({module!r}))"
        done = subprocess.run(
            [str(snakemake_alone), "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "None", module


def test_the_demo_is_planned(snakemake_alone: Path, repository: Path, tmp_path: Path) -> None:
    ended = run(snakemake_alone, repository, tmp_path, "-n", "-q", "rules")
    assert ended.returncode == 0, ended.stdout
    assert "demo_head" in ended.stdout


def test_all_of_a_face_is_planned(snakemake_alone: Path, repository: Path, tmp_path: Path) -> None:
    target = "results/astronaut/head.glb"
    ended = run(snakemake_alone, repository, tmp_path, target, "-n", "-q", "rules")
    assert ended.returncode == 0, ended.stdout
    assert "inpaint_round2_view000" in ended.stdout


def test_a_mistake_is_one_line(snakemake_alone: Path, repository: Path, tmp_path: Path) -> None:
    ended = run(snakemake_alone, repository, tmp_path, "-n", "--config", "qqq=1")
    assert ended.returncode == 1
    assert "config: qqq: unknown key" in ended.stdout
    assert "ModuleNotFoundError" not in ended.stdout


def test_a_run_that_fails_is_wound_up_in_a_line(
    snakemake_alone: Path, repository: Path, tmp_path: Path
) -> None:
    # Without conda's environments the first job cannot even begin.
    ended = run(snakemake_alone, repository, tmp_path, "-j1", "resources/demo/flame_model.pkl")
    assert ended.returncode == 1
    lines = [line for line in ended.stdout.splitlines() if "summary.tsv" in line]
    (line,) = lines
    assert "do not show this run: Snakemake's own environment has no numpy, PIL" in line
