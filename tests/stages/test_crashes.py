"""A search or a fit whose process ends as it should not: its photo is rejected, unless none could have passed."""

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

from .conftest import assert_rejected, read_detection, write_detection

# A module sitecustomize runs when Python starts. This one stands in for the modules that load the models and work on
# the photo, in the process that is started for that.
STAND_IN = """
import atexit, ctypes, json, os, signal, sys, time, types

def load_models(inputs):
    {load}

def run(models, inputs, outputs, settings, version):
    {work}

if "scoreface.fitting.child" in sys.orig_argv:
    for name in ("detect", "outcome"):
        task = types.ModuleType("scoreface.fitting." + name)
        task.load_models, task.run = load_models, run
        sys.modules[task.__name__] = task
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
def stand_in(at_the_start):
    """Have lines of Python take the place of the loading of the models, and of the work on a photo."""
    return lambda load="pass", work="return '00042: accepted'": at_the_start(
        STAND_IN.format(load=load, work=work)
    )


@pytest.fixture(params=["detect", "fit"])
def stage(request) -> str:
    return request.param


@pytest.fixture
def command(stage, image, detect_command, fit_command, tmp_path):
    """The command of the stage, on the image or on what a search has left of it, into the folder ``out``."""
    out = tmp_path / "out"
    if stage == "detect":
        return lambda **more: detect_command(image, out, **more)
    write_detection(tmp_path / "found", image, image_sha256=sha256_of(image))
    return lambda **more: fit_command(tmp_path / "found", out, **more)


#: What a stage's work is called, and how a sentence begins that says how it ended.
WORK = {
    "detect": ("search for a face", "The search for a face in the photo"),
    "fit": ("fit", "The fit to the photo"),
}


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
def test_a_photo_that_ends_the_work_is_rejected(stand_in, command, image, stage, tmp_path, how):
    stand_in(work=DEATHS[how])
    main(command(keys={"time_limit": 1.5}))
    sentence = f"{WORK[stage][1]} {image} {how}."
    if stage == "detect":
        record, picture = read_detection(tmp_path / "out")
        unknown = ("n_faces", "image_width", "landmarks", "face_box", "found_by")
        assert record["status"] == "rejected"
    else:
        record, picture = assert_rejected(tmp_path / "out", sentence)
        unknown = ("yaw", "losses", "converged", "stages")
        assert record["image_width"] == 30, "what was found before is kept"
    assert record["reason"] == sentence
    assert record["image_sha256"] == sha256_of(image)
    assert [record[name] for name in unknown] == [None] * len(unknown)
    assert record["settings"]["time_limit"] == 1.5
    assert (record["seconds"] >= 1.5) == ("limit" in how)
    assert picture.shape[1] == 640, "a card in place of the photo"


@pytest.mark.parametrize("how", DEATHS)
def test_what_ends_every_work_is_an_error(stand_in, command, stage, tmp_path, how):
    stand_in(load=DEATHS[how])
    with pytest.raises(SystemExit) as caught:
        main(command(keys={"time_limit": 1.5}))
    photo = tmp_path / ("a.png" if stage == "detect" else "found/photo.png")
    line = f"error: {photo}: before it was read, the {WORK[stage][0]} {how}; scoreface doctor-fit"
    assert caught.value.code.startswith(line)
    assert "\n" not in caught.value.code
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("raise ImportError('No module', name='dlib')", "dlib: cannot be imported (No module)"),
        ("raise OSError(5, 'Input/output error', 'b.png')", "b.png: Input/output error"),
        (
            "from scoreface.base.errors import InputError; raise InputError('m.pkl is  no model')",
            "m.pkl is  no model",
        ),
        ("os.kill(os.getpid(), signal.SIGTERM)", "was ended (signal 15, SIGTERM)"),
        ("os.kill(os.getpid(), signal.SIGINT)", "was ended (signal 2, SIGINT)"),
    ],
)
@pytest.mark.parametrize("part", ["load", "work"])
def test_what_is_not_the_photos_is_an_error_at_any_time(
    stand_in, command, tmp_path, capfd, part, fault, sentence
):
    stand_in(**{part: fault})
    with pytest.raises(SystemExit) as caught:
        main(command())
    assert caught.value.code.startswith("error: ")
    assert sentence in caught.value.code
    assert capfd.readouterr() == ("", ""), "the sentence is said once"
    assert not (tmp_path / "out").exists()


def test_the_log_says_where_the_work_was(stand_in, command, capfd):
    stand_in(work="ctypes.string_at(0)")
    main(command())
    said = capfd.readouterr().err
    assert "Segmentation fault" in said
    assert "in run" in said
    assert said.splitlines()[-1].startswith("00042: rejected: The ")


def test_the_log_has_the_traceback_of_a_defect(stand_in, command, capfd):
    stand_in(work="raise TypeError('odd')")
    main(command())
    said = capfd.readouterr().err
    assert "Traceback" in said
    assert "in run" in said


def test_what_a_library_prints_is_no_answer(stand_in, command, capfd):
    stand_in(work=r"print('words'); os.write(1, b'[\"failed\", \"\"]\n'); return '00042: accepted'")
    main(command())
    out, said = capfd.readouterr()
    assert out == ""
    assert set(said.splitlines()) == {"words", '["failed", ""]', "00042: accepted"}


def test_a_crash_behind_the_work_changes_nothing(stand_in, command, capfd):
    stand_in(work="atexit.register(os.abort); return '00042: accepted'")
    main(command())
    assert capfd.readouterr().err.splitlines()[-1] == "00042: accepted"


def test_threads_and_variables_are_those_of_the_work_alone(
    stand_in, command, stage, image, monkeypatch
):
    names = ("OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "TF_ENABLE_ONEDNN_OPTS")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")
    monkeypatch.setenv("SCOREFACE_PROGRESS", "3")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    place = image.with_name("variables")
    stand_in(
        work=f"json.dump(dict(os.environ), open({str(place)!r}, 'w')); return '00042: accepted'"
    )
    threads = {"threads": 2} if stage == "fit" else {}
    main(command(**threads))
    found = json.loads(place.read_text())
    assert [found[name] for name in names] == ["2" if threads else "1", "-1", "1"]
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
def under_way(stand_in, command, tmp_path):
    """A command whose work never ends, and the process of that."""
    stand_in(
        work=f"open({str(tmp_path / 'pid')!r}, 'w').write(f'{{os.getpid()}}\\n'); time.sleep(600)"
    )
    program = ["env", "--default-signal=INT,HUP,TERM", sys.executable, "-m", "scoreface"]
    running = subprocess.Popen([*program, *command()], stderr=subprocess.PIPE, text=True)
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
def test_the_work_ends_with_the_command(under_way, tmp_path, name):
    running, pid = under_way
    assert _is_running(pid)
    running.send_signal(signal.Signals[name])
    running.communicate(timeout=20)
    assert running.returncode != 0
    if name in ("SIGTERM", "SIGHUP"):
        assert running.returncode == 128 + signal.Signals[name]
    _wait_until(lambda: not _is_running(pid))
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at /proc")
def test_the_memory_is_the_works(under_way):
    running, _ = under_way
    status = Path(f"/proc/{running.pid}/status").read_text()
    kilobytes = int(status.partition("VmRSS:")[2].split()[0])
    assert kilobytes < 30_000
    assert "numpy" not in Path(f"/proc/{running.pid}/maps").read_text()


def test_signals_are_left_as_they_were(stand_in, command):
    stand_in()
    before = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    main(command())
    after = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    assert after == before


@pytest.mark.heavy
@pytest.mark.parametrize(("stage", "package"), [("detect", "dlib"), ("fit", "tensorflow")])
def test_a_missing_package_is_an_error(at_the_start, command, tmp_path, package):
    at_the_start(f"import sys; sys.modules['{package}'] = None")
    with pytest.raises(SystemExit, match=rf"^error: {package}.*: cannot be imported \(") as caught:
        main(command())
    assert "snakemake --use-conda" in caught.value.code
    assert "\n" not in caught.value.code
    assert not (tmp_path / "out").exists()


@pytest.mark.heavy
@pytest.mark.parametrize("stage", ["detect"])
def test_a_crash_in_dlib_is_put_down_to_the_photo(at_the_start, command, image, tmp_path):
    at_the_start(
        "import ctypes, dlib; dlib.get_frontal_face_detector = lambda: ctypes.string_at(0)"
    )
    main(command())
    record, _ = read_detection(tmp_path / "out")
    assert record["reason"].startswith(
        f"The search for a face in the photo {image} crashed (signal 11"
    )
