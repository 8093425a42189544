"""What the training is shown: folders of pictures, and renders that do not depend on how they were made."""

import os
import time
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.cli import main
from scoreface.training import data
from scoreface.training.data import Draw, FolderImages
from scoreface.training.statistics import largest_distance, root_mean_square

from .conftest import settings


def write_pictures(folder, count, side=8):
    """Pictures of noise, called by their numbers."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    for number in range(count):
        pixels = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:05d}.png")
    return folder


def test_a_folder_of_pictures_is_cut_to_centre_squares_and_scaled(tmp_path):
    wide = np.zeros((8, 24, 3), np.uint8)
    wide[:, 8:16] = (10, 20, 30)
    (tmp_path / "inner").mkdir()
    Image.fromarray(wide).save(tmp_path / "inner" / "a.png")
    (tmp_path / "notes.txt").write_text("no picture")
    with FolderImages(settings(data=str(tmp_path), size=4), 1) as folder:
        images = folder.sample()
    assert images.shape == (1, 3, 4, 4)
    assert (images[0] == np.array([10, 20, 30])[:, None, None]).all()


def test_a_folder_without_pictures_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no pictures"):
        FolderImages(settings(data=str(tmp_path)), 1)


def test_files_that_are_no_pictures_are_named_before_the_training(tmp_path):
    write_pictures(tmp_path, 3)
    for number in range(7):
        (tmp_path / f"bad{number}.png").write_bytes(b"nothing" if number else b"")
    named = r"error: .*bad0\.png, .*bad4\.png and 2 more: cannot be read as pictures"
    with pytest.raises(SystemExit, match=named):
        main(["train", "--data", str(tmp_path), "--out", str(tmp_path / "run")])
    assert not (tmp_path / "run").exists()


def test_a_damaged_picture_is_named_when_its_turn_comes(tmp_path):
    write_pictures(tmp_path, 12, 64)
    bad = tmp_path / "00007.png"
    os.truncate(bad, bad.stat().st_size // 2)
    what, met = settings(data=str(tmp_path)), 0
    with FolderImages(what, 2) as images:
        for step in range(8):
            if 7 in Draw.of(what, step, 12).chosen:
                met += 1
                with pytest.raises(InputError, match=r"00007\.png: cannot be read .*same name"):
                    images.batch(step)
            else:
                images.batch(step)
        with pytest.raises(InputError, match=r"00007\.png: cannot be read"):
            images.sample()
    assert 0 < met < 8


def test_a_damaged_picture_ends_the_command_with_one_line(tmp_path, capfd):
    write_pictures(tmp_path, 2, 64)
    bad = tmp_path / "00001.png"
    os.truncate(bad, bad.stat().st_size // 2)
    options = ["--size", "8", "--channels", "32", "--batch", "2", "--device", "cpu"]
    with pytest.raises(SystemExit) as caught:
        main(["train", "--data", str(tmp_path), "--out", str(tmp_path / "run"), *options])
    assert str(caught.value.code).startswith(f"error: {bad}: cannot be read as a picture")
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(("workers", "first"), [(1, 0), (3, 0), (2, 5)])
def test_a_step_shows_the_same_pictures_wherever_a_run_begins(tmp_path, workers, first):
    what = settings(data=str(write_pictures(tmp_path, 9)), size=8)
    with FolderImages(what, workers) as images:
        everything = images.sample()
        assert len(everything) == 9
        for step in range(first, 12):
            batch, draw = images.batch(step), Draw.of(what, step, 9)
            assert np.array_equal(batch.images, everything[draw.chosen])
            assert np.array_equal(batch.mirrored, draw.mirrored)
            assert batch.noise_seed == draw.noise_seed


def test_the_order_is_the_one_that_checkpoints_go_on_with():
    # As the first version drew: another order would not go on where those runs stopped.
    draw = Draw.of(settings(seed=3), 7, 1000)
    assert draw.chosen.tolist() == [530, 682, 967, 600]
    assert draw.mirrored.tolist() == [False, True, False, True]
    assert draw.noise_seed == 6742700194029545800


def test_the_pictures_of_the_next_steps_are_read_meanwhile(tmp_path, monkeypatch):
    read, one = [], FolderImages._read_one

    def noted(self, index):
        read.append(index)
        return one(self, index)

    monkeypatch.setattr(FolderImages, "_read_one", noted)
    what = settings(data=str(write_pictures(tmp_path, 9)))
    with FolderImages(what, 2) as images:
        for step in range(3):
            images.batch(step)
            wanted = (step + 1 + data._AHEAD) * what.batch
            end = time.monotonic() + 10
            while len(read) < wanted and time.monotonic() < end:
                time.sleep(0.01)
            assert len(read) == wanted
    expected = [Draw.of(what, step, 9).chosen for step in range(3 + data._AHEAD)]
    assert sorted(read) == sorted(np.concatenate(expected))


def test_a_large_folder_is_never_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "_SAMPLE", 100)
    count, size = 3000, 64
    what = settings(data=str(write_pictures(tmp_path, count, 4)), size=size, batch=16)
    tracemalloc.start()
    try:
        with FolderImages(what, 2) as images:
            sample = images.sample()
            largest_distance(sample)
            root_mean_square(sample)
            del sample
            for step in range(20):
                images.batch(step)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The names of the files, and 100 pictures with some of their numbers, or (4 + 1) * 16; all have 37 MB as bytes.
    assert peak < 10e6 < count * 3 * size**2 / 3


def test_statistics_of_a_folder_come_from_pictures_all_over_it(tmp_path, monkeypatch):
    what = settings(data=str(write_pictures(tmp_path, 9)), size=8)
    with FolderImages(what, 1) as images:
        everything = images.sample()
        monkeypatch.setattr(data, "_SAMPLE", 3)
        assert np.array_equal(images.sample(), everything[[0, 4, 8]])
        monkeypatch.setattr(data, "_SAMPLE_BYTES", 2 * 3 * 8**2)
        assert np.array_equal(images.sample(), everything[[0, 8]])


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"size": 10, "channels": (32, 32, 32)}, "--size 10"),
        ({"channels": (20,)}, "--channels"),
        ({"size": 12, "channels": (32, 32), "outer": (8, 8)}, "--size 12: 4 levels"),
        ({"channels": (64,), "outer": (24,)}, "--outer-channels .*multiple of 16"),
        ({"freeze_inner": 5}, "--freeze-inner 5"),
        ({"background": "blue"}, "--background 'blue'"),
        ({"background": "photo", "data": "photos"}, "--background photo: only"),
        ({"precision": "float8"}, "--precision"),
        ({"sigma_min": 0.0}, "--sigma-min"),
        ({"sigma_max": 0.005}, "--sigma-max"),
    ],
)
def test_impossible_settings_are_named(changed, named):
    with pytest.raises(InputError, match=named):
        settings(**changed)


@pytest.mark.parametrize("option", ["--warm-up", "--checkpoint-every", "--batch"])
def test_a_count_of_none_is_named(option, tmp_path):
    with pytest.raises(SystemExit, match=f"error: {option} 0: give 1 or more"):
        main(["train", "--out", str(tmp_path / "run"), option, "0"])
    assert not (tmp_path / "run").exists()
