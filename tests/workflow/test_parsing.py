"""The workflow is parsed, planned and wound up where there is Snakemake and nothing else: so people run it with conda."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def snakemake_alone(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The python of a virtual environment that holds Snakemake and what it requires."""
    folder = tmp_path_factory.mktemp("alone") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
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
