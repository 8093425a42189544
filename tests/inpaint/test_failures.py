"""View jobs that are killed, run into a full disk, or have too little memory; the command as a rule calls it."""

import json
import multiprocessing
import random
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from scoreface import cli
from scoreface.base.arrays import write_image
from scoreface.base.files import write_json
from scoreface.geometry import rasterise
from scoreface.geometry.mesh import save_obj
from scoreface.score import model
from scoreface.score.gaussian import GaussianScore
from scoreface.texture.state import TextureState

FACE, VIEWS, LEVELS = 16, 4, 10
KILLS = 20
SETTINGS = {
    "camera": {"field_of_view": 60, "distance": 2.6, "rasteriser": "embree"},
    "inpaint": {
        "pipeline": "image",
        "image": {"predictor": True},
        "face_size": FACE,
        "noise_levels": LEVELS,
        "corrector_steps": 1,
        "snr": 0.15,
        "keep_silhouette": True,
        "correction_threshold": 0.3,
        "device": "cpu",
    },
    "texture": {"small": 16},
    "seed": 0,
}


@pytest.fixture(scope="module")
def inputs(scene, tmp_path_factory) -> Path:
    """A folder with what the command reads."""
    folder = tmp_path_factory.mktemp("inputs")
    save_obj(scene.mesh, folder / "head.obj", "large.png")
    np.save(folder / "axis_angle.npy", scene.axis_angle)
    write_image(folder / "large.png", scene.large)
    write_image(folder / "known.png", scene.known)
    views = [{"elevation": 0, "azimuth": azimuth} for azimuth in (0, 40, 80, -20)]
    write_json(folder / "views.json", views)
    size = 3 * FACE**2
    basis = torch.linalg.qr(torch.randn(size, 4, generator=torch.Generator().manual_seed(0)))[0]
    prior = GaussianScore(torch.full((size,), 0.6), basis, torch.full((4,), 2.0), 0.001, FACE)
    prior.save(folder / "prior.npz")
    return folder


def outputs(folder: Path) -> list[Path]:
    """The states of all views."""
    return [folder / f"inpaint/round1/view{view:03d}.npz" for view in range(VIEWS)]


def command(inputs: Path, folder: Path, first: int = 0, **more) -> list[str]:
    """The command of a job for the views from ``first`` to the last."""
    options = {
        **{"mesh": inputs / "head.obj", "axis-angle": inputs / "axis_angle.npy"},
        **{"large": inputs / "large.png", "known": inputs / "known.png"},
        **{"views": inputs / "views.json", "score-model": inputs / "prior.npz"},
        **{"id": "face", "round": 1, "first": first, "threads": 1},
        "settings": json.dumps(SETTINGS),
        **more,
    }
    parts = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
    return ["inpaint", *parts, "--out", *map(str, outputs(folder)[first:])]


def content(folder: Path) -> list[tuple]:
    """Everything in the states, bit for bit."""
    states = [TextureState.load(path) for path in outputs(folder)]
    return [
        (state.texture.tobytes(), state.labels.tobytes(), state.view.tobytes(), state.settings)
        for state in states
    ]


@pytest.fixture(scope="module")
def undisturbed(inputs, tmp_path_factory) -> list[tuple]:
    """The states of a job that nothing happened to."""
    folder = tmp_path_factory.mktemp("undisturbed")
    cli.main(command(inputs, folder))
    return content(folder)


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


@pytest.fixture
def back_end(monkeypatch) -> Callable[[bool], None]:
    """Sets whether there is PyTorch3D on a GPU, in whose place Embree casts the rays."""
    monkeypatch.setattr(rasterise, "_pytorch3d", rasterise._embree)
    monkeypatch.setattr(rasterise.importlib.util, "find_spec", lambda name: True)

    def have(there: bool) -> None:
        monkeypatch.setattr(rasterise, "pytorch3d_on_gpu", lambda: there)

    return have


def test_a_state_of_another_rasteriser_is_not_taken(inputs, undisturbed, tmp_path, back_end):
    def made(name: str) -> set[str]:
        camera = {**SETTINGS["camera"], "rasteriser": name}
        cli.main(command(inputs, tmp_path, settings=json.dumps({**SETTINGS, "camera": camera})))
        return {path.name for path in tmp_path.glob("inpaint/.finished/*.npz")}

    back_end(False)
    here = made("auto")
    # What auto is here, is what counts.
    assert made("embree") == here
    assert content(tmp_path) == undisturbed
    back_end(True)
    everywhere = made("auto")
    assert len(everywhere) == 2 * len(here) == 2 * VIEWS
    assert made("pytorch3d") == everywhere
    assert content(tmp_path)[-1][:3] == undisturbed[-1][:3]
    assert content(tmp_path)[-1][3]["key"] != undisturbed[-1][3]["key"]


def test_a_gpu_that_is_claimed_and_missing_is_named(inputs, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    settings = {**SETTINGS, "inpaint": {**SETTINGS["inpaint"], "device": "auto"}}
    options = {"settings": json.dumps(settings), "gpu": 1}
    with pytest.raises(
        SystemExit, match=r"error: inpaint\.gpu: the job claims 1, but torch sees no"
    ):
        cli.main(command(inputs, tmp_path, **options))
    assert not outputs(tmp_path)[0].exists()
    cli.main(command(inputs, tmp_path, **{**options, "gpu": 0}))


def test_finished_views_are_discarded_when_asked_to(inputs, undisturbed, tmp_path):
    cli.main([*command(inputs, tmp_path), "--discard-finished"])
    assert not (tmp_path / "inpaint/.finished").exists()
    assert content(tmp_path) == undisturbed


@pytest.mark.parametrize("key", ["snr", "correction_threshold"])
def test_a_setting_that_is_no_number_is_named(key, inputs, tmp_path):
    settings = {**SETTINGS, "inpaint": {**SETTINGS["inpaint"], key: float("nan")}}
    with pytest.raises(SystemExit, match=rf"error: inpaint\.{key}: nan is no number"):
        cli.main(command(inputs, tmp_path, settings=json.dumps(settings)))
    assert not (tmp_path / "inpaint").exists()


def test_a_small_texture_that_views_cannot_fill_is_named(inputs, tmp_path):
    settings = {**SETTINGS, "texture": {"small": 2 * FACE}}
    with pytest.raises(
        SystemExit, match=r"error: texture\.small: 32 is more than inpaint\.face_size"
    ):
        cli.main(command(inputs, tmp_path, settings=json.dumps(settings)))


def on_gpu():
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nMore of it.")


def in_cublas():
    raise RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`")


@pytest.mark.parametrize(
    ("device", "exhaust", "advice"),
    [
        ("cuda", on_gpu, "set inpaint.gpu: 1 so that jobs take turns, or set inpaint.device: cpu"),
        ("cuda", in_cublas, "set inpaint.gpu: 1"),
        ("cpu", lambda: torch.empty(1 << 55), "or run fewer jobs at once (snakemake -j1)"),
        ("cpu", lambda: np.empty(1 << 60, np.uint8), "or run fewer jobs at once"),
    ],
)
def test_too_little_memory_names_the_key_to_lower(
    inputs, undisturbed, tmp_path, monkeypatch, device, exhaust, advice
):
    class Greedy(GaussianScore):
        calls = 0

        def score(self, x, sigma):
            Greedy.calls += 1
            if (
                Greedy.calls == 3 * LEVELS
            ):  # two evaluations a level: in the middle of the second view
                exhaust()
            return super().score(x, sigma)

    load = model.load_score_model
    with monkeypatch.context() as patch:
        patch.setattr(model, "choose_device", lambda *asked: torch.device(device))
        patch.setattr(
            model,
            "load_score_model",
            lambda path, _: Greedy(**vars(load(path, torch.device("cpu")))),
        )
        with pytest.raises(SystemExit) as caught:
            cli.main(command(inputs, tmp_path))
    message = str(caught.value.code)
    assert message.startswith(f"error: inpaint.face_size: {device} has too little memory for views")
    assert f"of {FACE} pixels (" in message
    assert "lower inpaint.face_size" in message
    assert advice in message
    assert "\n" not in message
    # With memory enough it takes up where it was.
    cli.main(command(inputs, tmp_path))
    assert content(tmp_path) == undisturbed


def test_another_error_is_not_taken_for_one_of_memory(inputs, tmp_path, monkeypatch):
    def broken(path, device):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(model, "load_score_model", broken)
    with pytest.raises(RuntimeError, match="mat1"):
        cli.main(command(inputs, tmp_path))
