"""The fit's process where it ends as it should not: its photo is rejected, unless no photo could have been fitted."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from scoreface.base.files import sha256_of
from scoreface.cli import main

from .conftest import assert_rejected

# A module sitecustomize runs when Python starts. This one stands in for the module that loads the models and fits the
# photo, in the process that is started for that.
STAND_IN = """
import atexit, ctypes, json, os, signal, sys, time, types

def load_models(inputs):
    {load}

def fit_photo(models, inputs, outputs, settings, version):
    {fit}

if "scoreface.fitting.child" in sys.orig_argv:
    outcome = types.ModuleType("scoreface.fitting.outcome")
    outcome.load_models, outcome.fit_photo = load_models, fit_photo
    sys.modules[outcome.__name__] = outcome
"""


@pytest.fixture(autouse=True)
def ctrl_c_counts():
    """Have SIGINT end what is started here: a shell's jobs in the background inherit that it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def image(tmp_path) -> Path:
    Image.new("RGB", (30, 40)).save(tmp_path / "a.png")
    return tmp_path / "a.png"


@pytest.fixture
def at_the_start(tmp_path, monkeypatch):
    """Have every Python that is started run some text first."""

    def write(text: str) -> None:
        (tmp_path / "start").mkdir()
        (tmp_path / "start" / "sitecustomize.py").write_text(text)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "start"), prepend=os.pathsep)

    return write


@pytest.fixture
def stand_in(at_the_start):
    """Have lines of Python take the place of the loading of the models, and of the fit of a photo."""
    return lambda load="pass", fit="return 'accepted'": at_the_start(
        STAND_IN.format(load=load, fit=fit)
    )


DEATHS = {
    "crashed (signal 9, SIGKILL: out of memory, perhaps)": "os.kill(os.getpid(), signal.SIGKILL)",
    "crashed (signal 11, SIGSEGV)": "ctypes.string_at(0)",
    "crashed (signal 6, SIGABRT)": "os.abort()",
    "crashed (exit status 3)": "os._exit(3)",
    "took more than the limit of 1.5 s (fit.time_limit)": "time.sleep(600)",
    "failed: TypeError: two lines": r"raise TypeError('two\nlines.')",
    "ran out of memory; lower fit.max_pixels, so that photos of this size are rejected unread, or give the job more "
    "memory": "raise MemoryError",
}


@pytest.mark.parametrize("how", DEATHS)
def test_a_photo_that_ends_the_fit_is_rejected(stand_in, command, image, tmp_path, how):
    stand_in(fit=DEATHS[how])
    main(command(image, keys={"time_limit": 1.5}))
    record, (overlay, photo) = assert_rejected(tmp_path / "fit", "")
    assert record["reason"] == f"The fit to the photo {image} {how}."
    assert record["image_sha256"] == sha256_of(image)
    for name in ("n_faces", "image_width", "yaw", "losses", "converged", "stages"):
        assert record[name] is None
    assert record["settings"]["time_limit"] == 1.5
    assert (record["seconds"] >= 1.5) == ("limit" in how)
    assert overlay.shape == photo.shape, "a card in place of the photo"


@pytest.mark.parametrize("how", DEATHS)
def test_what_ends_every_fit_is_an_error(stand_in, command, image, tmp_path, how):
    stand_in(load=DEATHS[how])
    with pytest.raises(SystemExit) as caught:
        main(command(image, keys={"time_limit": 1.5}))
    line = f"error: {image}: before it was read, the fit {how}; scoreface doctor-fit"
    assert caught.value.code.startswith(line)
    assert "\n" not in caught.value.code
    assert not (tmp_path / "fit").exists()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("raise ImportError('No module', name='dlib')", "dlib: cannot be imported (No module)"),
        ("raise OSError(5, 'Input/output error', 'b.png')", "b.png: Input/output error"),
        (
            "from scoreface.base.errors import InputError; raise InputError('m.pkl is  no model')",
            "m.pkl is  no model",
        ),
        ("os.kill(os.getpid(), signal.SIGTERM)", "a.png: its fit was ended (signal 15, SIGTERM)"),
        ("os.kill(os.getpid(), signal.SIGINT)", "a.png: its fit was ended (signal 2, SIGINT)"),
    ],
)
@pytest.mark.parametrize("part", ["load", "fit"])
def test_what_is_not_the_photos_is_an_error_at_any_time(
    stand_in, command, image, tmp_path, capfd, part, fault, sentence
):
    stand_in(**{part: fault})
    with pytest.raises(SystemExit) as caught:
        main(command(image))
    assert caught.value.code.startswith("error: ")
    assert sentence in caught.value.code
    assert capfd.readouterr() == ("", ""), "the sentence is said once"
    assert not (tmp_path / "fit").exists()


def test_the_log_says_where_the_fit_was(stand_in, command, image, capfd):
    stand_in(fit="ctypes.string_at(0)")
    main(command(image))
    said = capfd.readouterr().err
    assert "Segmentation fault" in said
    assert "in fit_photo" in said
    assert said.splitlines()[-1].startswith("00042: rejected: The fit to the photo ")


def test_the_log_has_the_traceback_of_a_defect(stand_in, command, image, capfd):
    stand_in(fit="raise TypeError('odd')")
    main(command(image))
    said = capfd.readouterr().err
    assert "Traceback" in said
    assert "in fit_photo" in said


def test_what_a_library_prints_is_no_answer(stand_in, command, image, capfd):
    stand_in(fit=r"print('words'); os.write(1, b'[\"failed\", \"\"]\n'); return 'accepted'")
    main(command(image))
    out, said = capfd.readouterr()
    assert out == ""
    assert set(said.splitlines()) == {"words", '["failed", ""]', "00042: accepted"}


def test_a_crash_behind_the_fit_changes_nothing(stand_in, command, image, capfd):
    stand_in(fit="atexit.register(os.abort); return 'accepted'")
    main(command(image))
    assert capfd.readouterr().err.splitlines()[-1] == "00042: accepted"


def test_threads_and_variables_are_those_of_the_fit_alone(stand_in, command, image, monkeypatch):
    names = ("OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "TF_ENABLE_ONEDNN_OPTS")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")
    monkeypatch.setenv("SCOREFACE_PROGRESS", "3")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    place = image.with_name("variables")
    stand_in(fit=f"json.dump(dict(os.environ), open({str(place)!r}, 'w')); return 'accepted'")
    main(command(image, threads=2))
    found = json.loads(place.read_text())
    assert [found[name] for name in names] == ["2", "-1", "1"]
    assert "SCOREFACE_PROGRESS" not in found, "its descriptor is not open there"
    assert os.environ["OMP_NUM_THREADS"] == "7"


def _is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended may wait for somebody to note it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def _wait_until(condition, seconds: float = 20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def under_way(stand_in, command, image, tmp_path):
    """A command whose fit never ends, and the process of the fit."""
    stand_in(
        fit=f"open({str(tmp_path / 'pid')!r}, 'w').write(f'{{os.getpid()}}\\n'); time.sleep(600)"
    )
    program = ["env", "--default-signal=INT,HUP,TERM", sys.executable, "-m", "scoreface"]
    running = subprocess.Popen([*program, *command(image)], stderr=subprocess.PIPE, text=True)
    place = tmp_path / "pid"
    _wait_until(lambda: place.exists() and place.read_text().endswith("\n"))
    pid = int(place.read_text())
    yield running, pid
    running.kill()
    if _is_running(pid):
        os.kill(pid, signal.SIGKILL)
    running.communicate()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"])
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")
def test_the_fit_ends_with_the_command(under_way, tmp_path, name):
    running, pid = under_way
    assert _is_running(pid)
    running.send_signal(signal.Signals[name])
    running.communicate(timeout=20)
    assert running.returncode != 0
    if name in ("SIGTERM", "SIGHUP"):
        assert running.returncode == 128 + signal.Signals[name]
    _wait_until(lambda: not _is_running(pid))
    assert not (tmp_path / "fit").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")
def test_the_memory_is_the_fits(under_way):
    running, _ = under_way
    status = Path(f"/proc/{running.pid}/status").read_text()
    kilobytes = int(status.partition("VmRSS:")[2].split()[0])
    assert kilobytes < 30_000
    assert "numpy" not in Path(f"/proc/{running.pid}/maps").read_text()


def test_signals_are_left_as_they_were(stand_in, command, image):
    stand_in()
    before = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    main(command(image))
    after = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    assert after == before


@pytest.mark.heavy
def test_a_missing_package_is_an_error(at_the_start, command, photo_path, tmp_path):
    at_the_start("import sys; sys.modules['tensorflow'] = None")
    with pytest.raises(SystemExit, match=r"^error: tensorflow.*: cannot be imported \(") as caught:
        main(command(photo_path))
    assert "snakemake --use-conda" in caught.value.code
    assert "\n" not in caught.value.code
    assert not (tmp_path / "fit").exists()


@pytest.mark.heavy
def test_a_crash_in_dlib_is_put_down_to_the_photo(at_the_start, command, photo_path, tmp_path):
    at_the_start(
        "import ctypes, dlib; dlib.get_frontal_face_detector = lambda: ctypes.string_at(0)"
    )
    main(command(photo_path))
    assert_rejected(tmp_path / "fit", f"The fit to the photo {photo_path} crashed (signal 11, SIG")
