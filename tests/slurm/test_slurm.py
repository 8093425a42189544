"""The demo on SLURM: a job that fails, a Snakemake that is killed, and in the end all faces."""

import csv
import re
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from scoreface.config.parser import PERSON_MODEL

pytestmark = [pytest.mark.heavy, pytest.mark.slurm]

# As small as it may be, but for the noise levels: a view takes half a second, time enough to kill Snakemake.
SETTINGS = """
ids: faces.txt
assets: {score_model: gaussian}
demo: {texture_size: 256, prior_size: 32, prior_heads: 30, prior_components: 20}
texture: {large: 128, small: 32}
views: {elevations: [0], azimuths: [-20, 0, 20]}
fit: {detector: dlib}
inpaint: {pipeline: image, face_size: 32, noise_levels: 1000, gpu: 0}
render: {size: 96, azimuths: [-30, 30], turntable_frames: 4}
"""
# The nodes' GPUs are made up: jobs ask for them and compute on the CPU.
ON_GPU = [
    f"{rule}:gpu=1" for rule in ("doctor", "inpaint_round1_view000", "inpaint_round2_view000")
]
RUN = ("--configfile", "settings.yaml", "--set-resources", *ON_GPU)
GOOD, BROKEN = "synthetic_p25", "synthetic_m35"
STATES = 6
FIT = "rule_fit_detect_fit_parse"
WALK = "rule_walk_inpaint_round1_view000_inpaint_round2_view000"

FACE_FILES = ["texture.png", "provenance.png", "head.glb", "frontal.png", "before_after.png"]


class Ended(NamedTuple):
    """How a run of Snakemake ended, and what it printed."""

    status: int
    text: str


class Killed(NamedTuple):
    """What was there when Snakemake was killed: the jobs in SLURM's queue, and finished views with their files."""

    jobs: list[str]
    views: dict[Path, int]


def finished_views(folder: Path) -> dict[Path, int]:
    """The views of the broken face that are kept, with the numbers of their files, which are new with each writing."""
    kept = (folder / "results" / BROKEN / "inpaint" / ".finished").glob("*.npz")
    return {path: path.stat().st_ino for path in kept}


def wait(process: subprocess.Popen) -> Ended:
    """The end of a run; one that never ends is killed."""
    try:
        text, _ = process.communicate(timeout=1800)
    finally:
        process.kill()
    return Ended(process.returncode, text)


def is_complete(folder: Path, face: str) -> bool:
    return all((folder / "results" / face / name).is_file() for name in FACE_FILES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory in which one face cannot keep its views: their folder is a file."""
    folder = tmp_path_factory.mktemp("faces")
    (folder / "settings.yaml").write_text(SETTINGS)
    (folder / "faces.txt").write_text(f"{GOOD}\n{BROKEN}\n")
    inpaint = folder / "results" / BROKEN / "inpaint"
    inpaint.mkdir(parents=True)
    (inpaint / ".finished").touch()
    return folder


@pytest.fixture(scope="module")
def failed(slurm, folder: Path) -> Ended:
    """The run in which the walk of one face fails."""
    return wait(slurm.snakemake(folder, *RUN))


@pytest.fixture(scope="module")
def killed(slurm, folder: Path, failed: Ended) -> Killed:
    """The fault is mended, and the next run is killed as soon as the face's first view is finished."""
    (folder / "results" / BROKEN / "inpaint" / ".finished").unlink()
    process = slurm.snakemake(folder, *RUN)
    while process.poll() is None and not finished_views(folder):
        time.sleep(0.05)
    process.kill()
    text, _ = process.communicate()
    running = [job["Comment"] for job in slurm.jobs() if job["JobState"] == "RUNNING"]
    slurm.cancel()
    assert finished_views(folder), text
    return Killed(running, finished_views(folder))


@pytest.fixture(scope="module")
def finished(slurm, folder: Path, killed: Killed) -> Ended:
    """The run that takes up where the killed one was."""
    unlocked = wait(slurm.snakemake(folder, *RUN, "--unlock"))
    assert unlocked.status == 0, unlocked.text
    return wait(slurm.snakemake(folder, *RUN))


def test_a_job_that_fails_is_tried_again_and_reported(slurm, folder: Path, failed: Ended) -> None:
    assert failed.status == 1, failed.text
    assert failed.text.count("Trying to restart job") == 1
    log = f"results/{BROKEN}/logs/inpaint_round1_view000.log"
    assert log in failed.text.partition("Error in group walk")[2]
    assert "File exists" in (folder / log).read_text()
    tries = [job["JobState"] for job in slurm.jobs() if job["Comment"] == WALK]
    assert sorted(tries)[-2:] == ["FAILED", "FAILED"]


def test_the_other_faces_finish(folder: Path, failed: Ended) -> None:
    assert is_complete(folder, GOOD), failed.text
    assert not (folder / "results" / BROKEN / "texture.png").exists()


def test_jobs_ask_for_what_their_stages_need(slurm, folder: Path, failed: Ended) -> None:
    # Of a job that was tried again the first try: the second asks for twice the memory.
    by_stage: dict[str, dict[str, str]] = {}
    for job in slurm.jobs():
        by_stage.setdefault(job["Comment"], job)
    assert set(by_stage) >= {"rule_doctor", "rule_screen", FIT, WALK}, failed.text
    # Nodes may have no network: what is fetched, is fetched where Snakemake runs.
    assert "rule_person_model" not in by_stage
    assert (folder / PERSON_MODEL).is_file()
    for stage, job in by_stage.items():
        on_gpu = stage in ("rule_doctor", WALK)
        assert job["Partition"] == ("gpu" if on_gpu else "cpu"), stage
        assert job.get("TresPerJob") == ("gres:gpu:1" if on_gpu else None), stage
        assert job["TimeLimit"] != "UNLIMITED", stage
    # Both rounds in one job: their run times add up, their memories do not.
    link = failed.text.partition("rule inpaint_round1_view000:")[2].partition("rule ")[0]
    runtime, memory = (re.findall(rf"\b{name}=(\d+)", link)[0] for name in ("runtime", "mem_mb"))
    hours, minutes = divmod(2 * int(runtime), 60)
    assert by_stage[WALK]["TimeLimit"] == f"{hours:02d}:{minutes:02d}:00"
    assert f"mem={memory}M" in by_stage[WALK]["TRES"].split(",")


def test_a_killed_snakemake_leaves_its_jobs_to_slurm(killed: Killed) -> None:
    assert killed.jobs == [WALK]
    assert 1 <= len(killed.views) < STATES


def test_the_next_run_takes_up_at_the_view_that_was_reached(
    folder: Path, killed: Killed, finished: Ended
) -> None:
    assert finished.status == 0, finished.text
    views = finished_views(folder)
    assert len(views) == STATES
    assert {path: views[path] for path in killed.views} == killed.views


def test_all_faces_are_complete_in_the_end(folder: Path, finished: Ended) -> None:
    assert is_complete(folder, GOOD), finished.text
    assert is_complete(folder, BROKEN), finished.text
    with (folder / "results" / "summary.tsv").open() as handle:
        assert [row["id"] for row in csv.DictReader(handle, delimiter="\t")] == [GOOD, BROKEN]
