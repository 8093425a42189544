"""Heads from other fitters: what is read, and that each bad file is named."""

import os

import numpy as np
import pytest
import tifffile
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
    Image.fromarray(pixels).save(tmp_path / "a.png")
    return tmp_path, pixels


def read(folder, size=8, rotation="a.npy", texture="a.png"):
    return adopt(folder / "a.obj", folder / texture, folder / rotation, size)


def test_alpha_says_what_is_seen(files):
    folder, pixels = files
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
    _, _, seen, _ = read(folder)
    expected = np.zeros((8, 8), bool)
    expected[[0, 2, 3, 4, 5, 6, 7], :4] = True
    np.testing.assert_array_equal(seen, expected)


@pytest.mark.parametrize("name", ["b.png", "b.tiff"])
def test_grey_of_16_bits_is_scaled_and_not_white(files, name):
    folder, _ = files
    grey = (np.arange(64).reshape(8, 8) + 1).astype(np.uint16) * 257
    Image.fromarray(grey).save(folder / name)
    _, texture, seen, _ = read(folder, texture=name)
    assert seen[:, :4].all()
    np.testing.assert_array_equal(texture[:, :4, 0], grey[:, :4] // 257)


def test_colours_of_16_bits_keep_their_upper_byte(files):
    folder, pixels = files
    tifffile.imwrite(folder / "b.tiff", pixels[..., :3].astype(np.uint16) * 257, photometric="rgb")
    _, texture, _, _ = read(folder, texture="b.tiff")
    np.testing.assert_array_equal(texture[2:, :4], pixels[2:, :4, :3])


@pytest.mark.parametrize(
    "text",
    ["0.1 0.2 0.3\n", "1e-1\n2e-1\n3e-1", "# radians\n0.1 0.2 # two\n\n0.3\n", "\t.1\r\n.2 .3"],
)
def test_a_rotation_as_text(files, text):
    folder, _ = files
    (folder / "a.txt").write_text(text)
    np.testing.assert_array_equal(read(folder, rotation="a.txt")[3], [0.1, 0.2, 0.3])


@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 1)])
@pytest.mark.parametrize("kind", ["<f8", ">f4", "<i2"])
def test_a_rotation_as_an_array(files, shape, kind):
    folder, _ = files
    np.save(folder / "b.NPY", np.array([1, 0, -2]).astype(kind).reshape(shape))
    (folder / "b.NPY.npy").rename(folder / "b.NPY")
    found = read(folder, rotation="b.NPY")[3]
    np.testing.assert_array_equal(found, [1, 0, -2])
    assert found.dtype == np.float64


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("b.txt", b"left and up\n", "no axis-angle vector .*give three numbers, in radians"),
        ("b.txt", b"", "0 numbers"),
        ("b.txt", b"0 0", "2 numbers"),
        ("b.txt", b"0 0 0 0", "4 numbers"),
        ("b.txt", b"0 nan 0", "some are not finite"),
        ("b.txt", b"0 0 1e999", "some are not finite"),
        ("b.txt", b"0,0,0", "no axis-angle vector"),
        ("b.txt", b"12 -30 4", "more than two turns; if it is in degrees"),
        ("b.txt", b"\xff\xfe0\x000", "no axis-angle vector"),
        ("b.txt", b"0 " * 10**6, "numbers"),
        ("b.txt", b"9" * 10**6, "some are not finite"),
        ("b.npy", b"0 0 0", "no readable axis-angle vector"),
        ("b.npy", np.zeros(4), "no readable axis-angle vector .*shape .4,"),
        ("b.npy", np.zeros((3, 3)), "no readable axis-angle vector"),
        ("b.npy", np.full(3, np.nan), "not finite"),
        ("b.npy", np.array(["0", "0", "0"]), "not numbers"),
        ("b.npy", np.zeros(3, complex), "not numbers"),
        ("b.npy", np.array([{}, {}, {}]), "not numbers"),
        ("b.npy", np.array([0, 0, 1e300]), "more than two turns"),
    ],
)
def test_what_is_no_rotation_is_named(files, name, content, says):
    folder, _ = files
    if isinstance(content, bytes):
        (folder / name).write_bytes(content)
    else:
        np.save(folder / name, content, allow_pickle=True)
    with pytest.raises(InputError, match=rf"{name}: .*{says}"):
        read(folder, rotation=name)


def as_eps(path, pixels):
    Image.fromarray(pixels[..., :3]).save(path, "EPS")


def cut_short(path, pixels):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)).save(path)
    os.truncate(path, path.stat().st_size // 2)


def of_floats(path, pixels):
    Image.fromarray(pixels[..., 0] / np.float32(255)).save(path, "TIFF")


@pytest.mark.parametrize(
    ("save", "says"),
    [
        (lambda path, pixels: path.touch(), "it is empty"),
        (lambda path, pixels: path.write_text("no picture"), "damaged or not a picture"),
        (as_eps, "not a picture of a known format"),
        (cut_short, "damaged"),
        (of_floats, "floating-point pixels"),
        (
            lambda path, pixels: Image.new("1", (20_000, 20_000)).save(path),
            "20000 x 20000 pixels, more than the limit",
        ),
        (
            lambda path, pixels: Image.fromarray(pixels[:, :6]).save(path),
            "6 x 8 texels, but texture.large is 8; set that to the texture's size",
        ),
        (
            lambda path, pixels: Image.fromarray(pixels * np.uint8([1, 1, 1, 0])).save(path),
            "shows nothing inside the UV chart of .*a.obj",
        ),
    ],
)
def test_what_is_no_texture_is_named(files, save, says):
    folder, pixels = files
    (folder / "a.png").unlink()
    save(folder / "a.png", pixels)
    with pytest.raises(InputError, match=rf"a\.png: .*{says}"):
        read(folder)


def test_a_mesh_that_is_no_head_is_named(files):
    folder, _ = files
    (folder / "a.obj").write_text("v 0 0 0\nvt 0 0\nf 1/1 1/1 1/1\n")
    with pytest.raises(InputError, match=r"a\.obj: no head: all its faces are in one place"):
        read(folder)
