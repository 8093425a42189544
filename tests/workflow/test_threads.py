"""The threads of a rule are those of the numerical libraries in its jobs."""

import json
import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.heavy

# A module sitecustomize runs when Python starts. When one of our commands ends, this one notes how many threads
# the libraries that it loaded would use.
PROBE = """
import atexit, ctypes, json, os, re, sys

def blas():
    for path in set(re.findall(r"/\\S*openblas\\S*", open("/proc/self/maps").read())):
        library = ctypes.CDLL(path)
        for name in ("scipy_openblas_get_num_threads64_", "scipy_openblas_get_num_threads"):
            if hasattr(library, name):
                yield getattr(library, name)()

def tensorflow_pool():
    names = [open(f"/proc/self/task/{task}/comm").read() for task in os.listdir("/proc/self/task")]
    return sum(name.startswith("tf_Compute") for name in names)

def note():
    torch = sys.modules.get("torch")
    found = {
        "command": " ".join(sys.orig_argv),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS"),
        "blas": sorted(set(blas())),
        "torch": torch.get_num_threads() if torch else None,
        "tensorflow": tensorflow_pool() if "tensorflow" in sys.modules else None,
    }
    with open(os.environ["THREADS_NOTED"], "a") as file:
        file.write(json.dumps(found) + "\\n")

if "THREADS_NOTED" in os.environ and "scoreface" in " ".join(sys.orig_argv):
    atexit.register(note)
"""


def test_threads_reach_the_libraries(
    snakemake, workplace: Path, small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(PROBE)
    monkeypatch.setenv("THREADS_NOTED", str(tmp_path / "noted"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    id = "synthetic_p25"
    ended = snakemake(
        workplace,
        *(f"threads/{id}/inpaint/round1/view000.npz", "-j2", "--configfile", small),
        config=["results=threads", "threads={'fit': 2, 'inpaint': 2}", "inpaint={'rounds': 1}"],
    )
    assert ended.status == 0, ended.text
    noted = [json.loads(line) for line in (tmp_path / "noted").read_text().splitlines()]

    def of(part: str) -> dict:
        (found,) = [job for job in noted if part in job["command"]]
        return found

    # The fit itself is a process of its own; so is the search for a face, which has no TensorFlow.
    children = [job for job in noted if "scoreface.fitting.child" in job["command"]]
    (fit,) = [job for job in children if job["tensorflow"]]
    inpaint, project = of("scoreface inpaint"), of(" project ")
    assert fit["OMP_NUM_THREADS"] == inpaint["OMP_NUM_THREADS"] == "2"
    assert fit["blas"] == inpaint["blas"] == [2]
    assert fit["tensorflow"] == inpaint["torch"] == 2
    # A rule without threads: has one.
    assert project["OMP_NUM_THREADS"] == "1"
    assert project["blas"] == [1]
