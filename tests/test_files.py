"""Files are whole or absent, and bad ones are named."""

import numpy as np
import pytest

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
