"""Another workflow uses this one as a module, from a clone or with the package installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.heavy

OTHER = """
module heads:
    snakefile: "{snakefile}"
    config: {{"results": "heads", "seed": 3, "ids": "ids.txt", "images": "{{id}}.png"}}

use rule * from heads as heads_*

rule all:
    default_target: True
    input: rules.heads_all.input
"""


HEAD = "resources/demo/flame_model.pkl"


def run(folder: Path, snakefile: Path, pythonpath: str, *arguments: str) -> str:
    """What a run of a workflow of the user's own says, in a folder with one photo."""
    (folder / "Snakefile").write_text(OTHER.format(snakefile=snakefile))
    (folder / "ids.txt").write_text("00042\n")
    (folder / "00042.png").touch()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "-p", "-j1", *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": pythonpath},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_a_module_from_a_clone_is_planned(repository: Path, tmp_path: Path) -> None:
    text = run(tmp_path, repository / "Snakefile", "", "-n")
    assert "heads/00042/fit/fit.json" in text
    assert "rule heads_fit:" in text


def test_a_job_of_a_module_finds_the_package(repository: Path, tmp_path: Path) -> None:
    run(tmp_path, repository / "Snakefile", "", HEAD)
    assert (tmp_path / HEAD).is_file()


def test_all_of_a_face_is_planned(repository: Path, tmp_path: Path) -> None:
    text = run(tmp_path, repository / "Snakefile", "", "heads/00042/head.glb", "-n")
    for rule in ("project", "inpaint_round1_view000", "inpaint_round2_view000", "merge", "export"):
        assert f"rule heads_{rule}:" in text, rule
    # Its own seed reached the stage.
    assert '"seed": 3' in text


def test_a_module_with_the_package_installed_runs(repository: Path, tmp_path: Path) -> None:
    # As snakedeploy leaves it: the workflow's files in one place, the package with its data in another.
    files = tmp_path / "files"
    for name in ("workflow", "envs"):
        shutil.copytree(repository / name, files / name)
    shutil.copy(repository / "Snakefile", files)
    site = tmp_path / "site-packages"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(repository / "scoreface", site / "scoreface", ignore=ignored)
    folder = tmp_path / "folder"
    folder.mkdir()
    assert "rule heads_fit:" in run(folder, files / "Snakefile", str(site), "-n")
    run(folder, files / "Snakefile", str(site), HEAD)
    assert (folder / HEAD).is_file()
    # A job's environment, be it of another Python, sees the package and none of what lies beside it.
    (only,) = (folder / ".snakemake" / "scoreface").iterdir()
    assert only.resolve() == site / "scoreface"
