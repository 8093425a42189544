"""Heads from other fitters."""

import numpy as np
import pytest
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.geometry.mesh import Mesh, save_obj
from scoreface.texture.adopt import adopt


@pytest.fixture
def files(tmp_path):
    """A square head whose chart is the left half of the texture, and its files."""
    vertices = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    save_obj(Mesh(vertices, faces, vertices[:, :2] * [0.5, 1], faces), tmp_path / "a.obj", "a.png")
    np.save(tmp_path / "a.npy", np.array([[0.1, 0.2, 0.3]]))
    pixels = np.full((8, 8, 4), 200, np.uint8)
    pixels[..., 3] = 255
    pixels[0, :, 3] = 0
    pixels[1, :, :3] = 0
    return tmp_path, pixels


def read(folder, size=8, rotation="a.npy"):
    return adopt(folder / "a.obj", folder / "a.png", folder / rotation, size)


def test_alpha_says_what_is_seen(files):
    folder, pixels = files
    Image.fromarray(pixels).save(folder / "a.png")
    mesh, texture, seen, rotation = read(folder)
    expected = np.zeros((8, 8), bool)
    expected[1:, :4] = True  # a black row is evidence all the same
    np.testing.assert_array_equal(seen, expected)
    np.testing.assert_array_equal(texture, np.where(seen[..., None], pixels[..., :3], 0))
    np.testing.assert_allclose(rotation, [0.1, 0.2, 0.3])
    assert len(mesh.faces) == 2


def test_without_alpha_black_is_unseen(files):
    folder, pixels = files
    Image.fromarray(pixels[..., :3]).save(folder / "a.png")
    (folder / "a.txt").write_text("0.1 0.2 0.3\n")
    _, _, seen, _ = read(folder, rotation="a.txt")
    expected = np.zeros((8, 8), bool)
    expected[[0, 2, 3, 4, 5, 6, 7], :4] = True
    np.testing.assert_array_equal(seen, expected)


def test_bad_files_are_named(files):
    folder, pixels = files
    Image.fromarray(pixels).save(folder / "a.png")
    with pytest.raises(InputError, match=r"a\.png: 8 x 8 texels, but texture\.large is 16"):
        read(folder, size=16)
    np.save(folder / "b.npy", np.zeros(4))
    with pytest.raises(InputError, match=r"b\.npy: 4 numbers"):
        read(folder, rotation="b.npy")
    (folder / "c.txt").write_text("left and up\n")
    with pytest.raises(InputError, match=r"c\.txt: no axis-angle vector"):
        read(folder, rotation="c.txt")
    blank = pixels.copy()
    blank[..., 3] = 0
    Image.fromarray(blank).save(folder / "a.png")
    with pytest.raises(InputError, match="nothing inside the UV chart"):
        read(folder)
