"""Files are whole or absent, and bad ones are named."""

import resource
import shutil

import numpy as np
import pytest
from PIL import Image

from scoreface.files import (
    InputError,
    atomic,
    read_image,
    read_json,
    read_mask,
    write_image,
    write_text,
)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "file.txt"
    write_text(path, "old")

    def fail_halfway():
        with atomic(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def write_lines(path):
    path.write_text("half" * 1000)


def write_arrays(path):
    np.savez_compressed(path, a=np.random.default_rng(0).random(1000))


def write_array(path):
    np.save(path, np.random.default_rng(0).random(1000))


def write_picture(path):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)


def copy(path):
    source = path.with_name("source")
    shutil.copyfile(source, path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.txt", write_lines),
        ("a.npz", write_arrays),
        ("a.npy", write_array),
        ("a.png", write_picture),
        ("a.obj", copy),
    ],
)
def test_a_write_that_is_cut_short_names_the_file(tmp_path, name, write):
    path = tmp_path / name
    path.write_text("old")
    (tmp_path / "source").write_bytes(bytes(4000))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill():
        with atomic(path) as temporary:
            # Beyond this size the system refuses to write, as on a full disk.
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
            try:
                write(temporary)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    with pytest.raises(InputError, match=rf"{path}: cannot be written .* disk has room"):
        fill()
    assert path.read_text() == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == [name, "source"]


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path):
    (tmp_path / "face").write_text("a file in the way")
    with pytest.raises(InputError, match=r"a\.txt: cannot be written"):
        write_text(tmp_path / "face" / "mesh" / "a.txt", "new")
    assert (tmp_path / "face").read_text() == "a file in the way"


def test_another_file_s_error_stays_its_own(tmp_path):
    def copy_from_nowhere():
        with atomic(tmp_path / "a.txt") as temporary:
            shutil.copyfile(tmp_path / "b.txt", temporary)

    with pytest.raises(FileNotFoundError, match=r"b\.txt"):
        copy_from_nowhere()


def test_pictures_and_masks_come_back(tmp_path):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    write_image(tmp_path / "a" / "picture.png", pixels)
    np.testing.assert_array_equal(read_image(tmp_path / "a" / "picture.png"), pixels)
    mask = rng.random((5, 7)) > 0.5
    write_image(tmp_path / "mask.png", mask)
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png"), mask)


@pytest.mark.parametrize(("read", "name"), [(read_image, "x.png"), (read_json, "x.json")])
def test_an_unreadable_file_is_named(read, name, tmp_path):
    path = tmp_path / name
    path.write_bytes(b"\x00\xff half a file")
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_a_picture_of_any_size_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    write_image(tmp_path / "a.png", np.zeros((5, 5, 3), np.uint8))
    assert read_image(tmp_path / "a.png").shape == (5, 5, 3)
