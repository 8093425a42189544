"""View jobs that are killed, run into a full disk, or find damaged states; the command as a rule calls it."""

import json
import multiprocessing
import random
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from scoreface import cli
from scoreface.geometry import rasterise
from scoreface.texture.state import TextureState

from .jobs import SETTINGS, VIEWS, command, content, outputs

KILLS = 20


@pytest.fixture(scope="module")
def processes():
    """Processes that begin with everything imported, so that their time is the job's own."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["scoreface.inpaint.image_space", "scoreface.score.gaussian"])
    return context


@pytest.mark.heavy
def test_killed_at_any_moment_it_ends_as_if_nothing_had_happened(
    inputs, undisturbed, processes, tmp_path
):
    def start(folder: Path):
        job = processes.Process(target=cli.main, args=(command(inputs, folder),))
        job.start()
        return job

    for name in ("warm", "span"):  # the first one starts the server too
        began = time.monotonic()
        start(tmp_path / name).join()
        span = time.monotonic() - began
    draw = random.Random(0)
    folders = [tmp_path / "0"]
    reached = []
    while len(reached) < KILLS:
        job = start(folders[-1])
        job.join(draw.uniform(0, span))
        job.kill()
        job.join()
        if job.exitcode == 0:
            folders.append(tmp_path / str(len(folders)))
            continue
        finished = list(folders[-1].glob("inpaint/.finished/round1-view*.npz"))
        reached.append(len(finished))
        if (
            draw.random() < 0.5
        ):  # Snakemake, unless it was killed too, deletes what there is of the outputs
            shutil.rmtree(folders[-1] / "inpaint/round1", ignore_errors=True)
    start(folders[-1]).join()
    assert {1, 2, 3} & set(reached), "some were killed between two views"
    for folder in folders:
        assert content(folder) == undisturbed


@pytest.fixture
def disk(tmp_path):
    """A file system whose size, in KiB, can be set."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(place)]
    made = subprocess.run(mount, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no right to mount a small file system: {made.stderr.strip()}")

    def resize(size: int) -> Path:
        subprocess.run(["mount", "-o", f"remount,size={size}k", str(place)], check=True)
        return place

    yield resize
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_named_and_costs_at_most_the_view(inputs, undisturbed, disk):
    blamed = []
    for size in range(4, 32, 4):  # a file takes 4 KiB here: each size is full at another one
        place = disk(size)
        with pytest.raises(SystemExit) as caught:
            cli.main(command(inputs, place))
        message = str(caught.value.code)
        assert message.startswith(f"error: {place}/inpaint/"), message
        assert "(No space left on device); see that its disk has room" in message
        blamed.append(Path(message.split(": ")[1]).suffix)
        found = [path for path in place.rglob("*") if path.is_file()]
        assert not [path for path in found if path.name.startswith(".")]
        for path in found:
            if path.suffix == ".npz":
                TextureState.load(path)
    assert ".npz" in blamed
    assert ".png" in blamed
    cli.main(command(inputs, disk(1024)))
    assert content(disk(1024)) == undisturbed


def test_damaged_states_are_computed_again(inputs, undisturbed, tmp_path, capsys):
    cli.main(command(inputs, tmp_path))
    kept = sorted(tmp_path.glob("inpaint/.finished/*.npz"))
    # The outputs are the same files under other names.
    for path in kept[:3]:
        with zipfile.ZipFile(path) as archive:
            member = archive.getinfo("texture.npy")
        damaged = bytearray(path.read_bytes())
        damaged[member.header_offset + member.compress_size // 2] ^= 1
        path.write_bytes(damaged)
    cli.main(command(inputs, tmp_path))
    assert content(tmp_path) == undisturbed
    said = capsys.readouterr().err
    assert [str(path) in said for path in kept] == [True, True, True, False]


def test_a_damaged_state_of_an_earlier_job_is_named(inputs, undisturbed, tmp_path):
    cli.main(command(inputs, tmp_path))
    before = outputs(tmp_path)[1]
    whole = before.read_bytes()
    before.write_bytes(whole[:-100])
    with pytest.raises(SystemExit, match=rf"error: {before}: .*; delete it and run again"):
        cli.main(command(inputs, tmp_path, first=2, state=before))
    before.unlink()
    cli.main(command(inputs, tmp_path))
    assert before.read_bytes() == whole
    cli.main(command(inputs, tmp_path, first=2, state=before))
    assert content(tmp_path) == undisturbed


def test_a_state_of_another_rasteriser_is_not_taken(inputs, undisturbed, tmp_path, monkeypatch):
    # In PyTorch3D's place Embree casts the rays.
    monkeypatch.setattr(rasterise, "_pytorch3d", rasterise._embree)
    monkeypatch.setattr(rasterise.importlib.util, "find_spec", lambda name: True)

    def made(name: str) -> set[str]:
        camera = {**SETTINGS["camera"], "rasteriser": name}
        cli.main(command(inputs, tmp_path, settings=json.dumps({**SETTINGS, "camera": camera})))
        return {path.name for path in tmp_path.glob("inpaint/.finished/*.npz")}

    here = made("auto")
    # What auto has come to is what counts.
    assert made("embree") == here
    assert content(tmp_path) == undisturbed
    assert len(made("pytorch3d")) == 2 * len(here) == 2 * VIEWS
    assert content(tmp_path)[-1][:3] == undisturbed[-1][:3]
    assert content(tmp_path)[-1][3]["key"] != undisturbed[-1][3]["key"]


def test_finished_views_are_discarded_when_asked_to(inputs, undisturbed, tmp_path):
    cli.main([*command(inputs, tmp_path), "--discard-finished"])
    assert not (tmp_path / "inpaint/.finished").exists()
    assert content(tmp_path) == undisturbed
