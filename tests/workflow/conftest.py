"""Running Snakemake itself, as a user does from a folder of their own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

# Small enough for a test, large enough for dlib to find the faces.
SMALL = """
assets: {score_model: gaussian}
demo: {texture_size: 256, prior_size: 32, prior_heads: 30, prior_components: 20}
texture: {large: 128, small: 32}
views: {elevations: [0], azimuths: [-20, 0, 20]}
inpaint: {joint: {noise_levels: 4}, face_size: 32, noise_levels: 10, gpu: 0}
render: {size: 96, azimuths: [-30, 30], turntable_frames: 4}
fit: {detector: dlib}
augment: {poses: grid, grid: {yaws: [0], pitches: [0, 10], rolls: [0]}, alignment: none, size: 32}
"""


class Ended(NamedTuple):
    """How a run of Snakemake ended, with what it printed."""

    status: int
    text: str

    @property
    def jobs(self) -> dict[str, int]:
        """How often each rule would run, from the table that a dry run prints."""
        rows = re.findall(r"^(\w+) +(\d+)$", self.text, re.MULTILINE)
        return {name: int(count) for name, count in rows}


Snakemake = Callable[..., Ended]


@pytest.fixture(scope="session")
def snakemake(repository: Path) -> Snakemake:
    """Run Snakemake with a working directory and further arguments."""
    # The rules call `python`, which has to be this one even where its environment is not activated.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

    def run(directory: Path, *arguments: str, config: Sequence[str] = ()) -> Ended:
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(repository / "Snakefile")]
        command += ["--directory", str(directory), *arguments]
        # --config takes all that follows it, so it comes last.
        command += ["--config", *config] if config else []
        ended = subprocess.run(
            command,
            cwd=directory.parent,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout)

    return run


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, person_model: Path) -> str:
    """Path of a configuration for short runs.

    It gives the person network, which each working directory would fetch for itself, and does without those that find
    faces beside dlib.
    """
    path = tmp_path_factory.mktemp("settings") / "small.yaml"
    path.write_text(f"{SMALL}parse: {json.dumps({'person_model': str(person_model)})}\n")
    return str(path)


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory, snakemake: Snakemake, small: str) -> Path:
    """A folder, with a blank in its name, where the embedded assets have been made small."""
    folder = tmp_path_factory.mktemp("workflow") / "a folder"
    folder.mkdir()
    ended = snakemake(folder, "demo_photos", "demo_prior", "-j2", "--configfile", small)
    assert ended.status == 0, ended.text
    return folder


@pytest.fixture(scope="session")
def demo(snakemake: Snakemake, workplace: Path, small: str) -> Path:
    """The results of the demo, complete: for reading, as all tests share them."""
    ended = snakemake(workplace, "-j2", "--configfile", small)
    assert ended.status == 0, ended.text
    return workplace / "results"
