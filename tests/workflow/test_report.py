"""What ``snakemake --report`` and a run that was cut short leave for a person to look at."""

import base64
import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.heavy

PICTURES = ("before_after.png", "parse/overlay.png", "fit/overlay.png")


def test_snakemakes_report_has_the_table_and_the_pictures(
    snakemake, workplace: Path, small: str, demo: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    ended = snakemake(workplace, "--configfile", small, "--report", str(page))
    assert ended.status == 0, ended.text
    text = page.read_text()
    ids = ["astronaut", "synthetic_p25", "synthetic_m35", "synthetic_m15"]
    pictures = [demo / id / name for id in ids for name in PICTURES]
    for path in [demo / "summary.tsv", *pictures]:
        # In the page itself, so that it opens without a network and from anywhere.
        assert base64.b64encode(path.read_bytes()).decode() in text, path
    for id in ids:
        assert f"<strong>{id}</strong>: the photo, the head with the photo" in text
        assert f"<strong>{id}</strong>: the parse." in text
        assert f"<strong>{id}</strong>: the fit." in text
    assert "One row for each id of the list" in text
    assert not re.findall(r"""<(?:script|link|img)[^>]+(?:src|href)=["']?(?:https?:)?//""", text)


def test_a_run_that_is_cut_short_leaves_the_table(
    snakemake,
    repository: Path,
    workplace: Path,
    small: str,
    demo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = ["synthetic_p25", "synthetic_m35"]
    (tmp_path / "ids.txt").write_text("\n".join(ids))
    # The demo's faces, of which one goes back to before its inpainting.
    shutil.copytree(workplace / "resources", tmp_path / "resources")
    cut = tmp_path / "results"
    for name in ids:
        shutil.copytree(demo / name, cut / name)
    for path in demo.iterdir():
        if path.is_file():
            shutil.copy(path, cut)
    settings = ["-j1", "--configfile", small]
    ended = snakemake(tmp_path, "--touch", "--forceall", *settings, config=["ids=ids.txt"])
    assert ended.status == 0, ended.text
    shutil.rmtree(cut / ids[1] / "inpaint")
    for name in (f"{ids[1]}/texture.png", f"{ids[1]}/provenance.png", "summary.tsv", "report.html"):
        (cut / name).unlink()

    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    # A shell that started the tests in the background may have had them ignore the signal.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "snakemake"]
    command += ["--snakefile", str(repository / "Snakefile")]
    command += ["--directory", str(tmp_path), *settings, "--config", "ids=ids.txt"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (cut / ids[1] / "inpaint" / "round1" / "view000.npz").exists():
        assert running.poll() is None
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    assert running.wait() != 0

    assert (cut / "report.html").exists()
    with (cut / "summary.tsv").open() as file:
        done, under_way = csv.DictReader(file, delimiter="\t")
    assert (done["id"], done["status"]) == (ids[0], "complete")
    unused = {"seconds_adopt", "seconds_mesh_landmarks"}
    assert {name for name, cell in done.items() if not cell} == {"reason", "flag", *unused}
    assert (under_way["id"], under_way["status"]) == (ids[1], "unfinished")
    assert under_way["reason"].startswith("fitted, ")
