"""What the training is shown: folders of pictures, and renders that do not depend on how they were made."""

import numpy as np
import pytest
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.cli import main
from scoreface.training.data import VIEWS_PER_HEAD, FolderImages, HeadImages
from scoreface.training.settings import Settings


def settings(**changed):
    values = {
        "data": "demo",
        "size": 16,
        "heads": 4,
        "channels": (32,),
        "layers": 1,
        "sigma_min": 0.01,
        "sigma_max": 0.0,
        "batch": 4,
        "learning_rate": 1e-3,
        "warm_up": 1,
        "precision": "float32",
        "seed": 0,
    }
    return Settings(**{**values, **changed})


def test_a_folder_of_pictures_is_cut_to_centre_squares_and_scaled(tmp_path):
    wide = np.zeros((8, 24, 3), np.uint8)
    wide[:, 8:16] = (10, 20, 30)
    (tmp_path / "inner").mkdir()
    Image.fromarray(wide).save(tmp_path / "inner" / "a.png")
    (tmp_path / "notes.txt").write_text("no picture")
    images = FolderImages(tmp_path, 4).images
    assert images.shape == (1, 3, 4, 4)
    assert (images[0] == np.array([10, 20, 30])[:, None, None]).all()


def test_a_folder_without_pictures_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no pictures"):
        FolderImages(tmp_path, 4)


def test_a_damaged_picture_is_named(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"bad\.png"):
        FolderImages(tmp_path, 4)


@pytest.mark.heavy
def test_renders_depend_on_the_seed_alone_and_are_made_once(tmp_path, monkeypatch):
    monkeypatch.setattr("scoreface.training.data._FIRST_HEADS", 2)
    with HeadImages(tmp_path / "one", settings(), 1) as one:
        assert one.available(0) == 2 * VIEWS_PER_HEAD
        assert one.available(1) == 3 * VIEWS_PER_HEAD
        assert one.available(1000) == 4 * VIEWS_PER_HEAD
        first = one.images.copy()
    with HeadImages(tmp_path / "two", settings(), 2) as two:
        two.available(1000)
        assert np.array_equal(two.images, first)
    # Each head is another one, and no view is empty.
    flat = first.reshape(len(first), -1).astype(float)
    assert len(np.unique(flat, axis=0)) == len(flat)
    assert (flat.mean(1) > 10).all()
    # Renders that are there are not made again: what was put in their place stays.
    one.images[0] = 7
    one.images.flush()
    with HeadImages(tmp_path / "one", settings(), 1) as again:
        again.available(1000)
        assert (again.images[0] == 7).all()
    # Those of another seed do not count.
    with HeadImages(tmp_path / "one", settings(seed=1, heads=1), 1) as other:
        other.available(0)
        assert not (other.images[0] == 7).all()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"size": 10, "channels": (32, 32, 32)}, "--size 10"),
        ({"channels": (20,)}, "--channels"),
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
