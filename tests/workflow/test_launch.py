"""``scoreface run`` from a folder of photos to the page, and lists that do not take each other's results."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def own_folder(tmp_path_factory: pytest.TempPathFactory, workplace: Path) -> Path:
    """A folder of the user's own, with photos in it: one of a face, one of nobody in a sub-folder."""
    folder = tmp_path_factory.mktemp("a user")
    photos = folder / "my photos"
    (photos / "sub").mkdir(parents=True)
    shutil.copy(workplace / "resources/demo/photos/synthetic_p25.png", photos / "Zoë (1).PNG")
    Image.new("RGB", (300, 300), (90, 120, 40)).save(photos / "sub" / "{nobody}.png")
    return folder


def scoreface(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run a command from a folder, on the PATH of someone who has not activated the environment."""
    return subprocess.run(
        [sys.executable, "-m", "scoreface", *arguments],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "XDG_CACHE_HOME": str(folder.parent / "cache"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


REJECTED = "rejected: nobody: No face was found in the photo photos/nobody.png."


@pytest.fixture(scope="module")
def first(own_folder: Path, small: str) -> subprocess.CompletedProcess:
    return scoreface(own_folder, "run", "my photos", "--config", small, "-j2", "--out", "out")


def test_photos_become_heads(own_folder: Path, first: subprocess.CompletedProcess) -> None:
    assert first.returncode == 0, first.stdout
    lines = first.stdout.splitlines()
    assert lines[:2] == ["'Zoë (1).PNG' -> Zoe_1", "'{nobody}.png' -> nobody"]
    assert lines[2] == "2 photos; results go to out/"
    assert lines[-3:] == [
        "[==========] 100 % | 1 of 2 faces done, 1 rejected",
        REJECTED,
        "1 complete, 1 rejected; open out/report.html",
    ]
    # Nothing else is said.
    assert all(line.startswith("[") for line in lines[3:-2])
    out = own_folder / "out"
    assert (out / "Zoe_1" / "head.glb").is_file()
    assert "Zoe_1" in (out / "report.html").read_text()
    with (out / "summary.tsv").open() as handle:
        status = {row["id"]: row["status"] for row in csv.DictReader(handle, delimiter="\t")}
    assert status == {"Zoe_1": "complete", "nobody": "rejected"}
    # The folder that it was called from has got nothing else.
    assert sorted(path.name for path in own_folder.iterdir()) == ["my photos", "out"]


def test_details_are_in_snakemakes_log(
    own_folder: Path, first: subprocess.CompletedProcess
) -> None:
    (log,) = (own_folder / "out/.scoreface/.snakemake/log").glob("*.log")
    text = log.read_text()
    assert "rule render:" in text
    assert "Finished jobid" in text


def test_a_second_run_does_nothing(own_folder: Path, first: subprocess.CompletedProcess) -> None:
    head = own_folder / "out" / "Zoe_1" / "head.glb"
    before = head.stat().st_mtime_ns
    again = scoreface(own_folder, "run", "my photos", "--out", "out")
    assert again.returncode == 0, again.stdout
    assert again.stdout.splitlines() == [
        "settings as in out/settings.yaml",
        "2 photos; results go to out/",
        REJECTED,
        "1 complete, 1 rejected; open out/report.html",
    ]
    assert head.stat().st_mtime_ns == before


def test_a_job_that_fails_is_named_with_its_log(
    own_folder: Path, first: subprocess.CompletedProcess
) -> None:
    face = own_folder / "out" / "Zoe_1"
    views = (face / "views.json").read_text()
    (face / "views.json").write_text("no views\n")
    for name in ("texture.png", "inpaint"):
        path = face / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    ended = scoreface(own_folder, "run", "my photos", "--out", "out", "-j2")
    assert ended.returncode == 1, ended.stdout
    log = "out/Zoe_1/logs/inpaint_round1_view000.log"
    assert f"Error in rule inpaint_round1_view000, id Zoe_1; log: {log}" in ended.stdout
    assert "    error: " in ended.stdout
    assert ended.stdout.splitlines()[-2:] == [
        f"failed: Zoe_1: inpaint, see {log}",
        "0 complete, 1 rejected, 1 failed; open out/report.html",
    ]
    assert "Traceback" not in ended.stdout
    assert "CalledProcessError" not in ended.stdout
    (face / "views.json").write_text(views)
    ended = scoreface(own_folder, "run", "my photos", "--out", "out", "-j2")
    assert ended.returncode == 0, ended.stdout


def test_a_list_of_other_faces_does_not_take_the_results(
    snakemake, workplace: Path, small: str, demo: Path
) -> None:
    photo = "resources/demo/photos/astronaut.png"
    (workplace / "others.tsv").write_text(f"id\timage\nsomebody\t{photo}\n")
    for arguments in (["-n"], ["-j1"]):
        ended = snakemake(workplace, *arguments, "--configfile", small, config=["ids=others.tsv"])
        assert ended.status == 1, ended.text
        assert (
            "config: ids: results/summary.tsv is the table of other faces (astronaut" in ended.text
        )
    # A lock is of the folder, not of a list.
    ended = snakemake(workplace, "--unlock", "--configfile", small, config=["ids=others.tsv"])
    assert ended.status == 0, ended.text
    # One's own list may grow.
    (workplace / "grown.tsv").write_text(f"id\timage\nsomebody\t{photo}\nastronaut\t{photo}\n")
    ended = snakemake(workplace, "-n", "--configfile", small, config=["ids=grown.tsv"])
    assert ended.status == 0, ended.text
