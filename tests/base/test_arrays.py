"""Arrays, pictures, masks and labels come back as they were written, and bad ones are named."""

import io
import os
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from scoreface.base.arrays import (
    NUMBERS,
    TEXT,
    WHOLE_NUMBERS,
    Array,
    read_image,
    read_labels,
    read_mask,
    read_npy,
    read_npz,
    read_palette,
    write_image,
    write_labels,
    write_npz,
)
from scoreface.base.errors import InputError


def test_pictures_and_masks_come_back(tmp_path):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    write_image(tmp_path / "a" / "picture.png", pixels)
    np.testing.assert_array_equal(read_image(tmp_path / "a" / "picture.png"), pixels)
    mask = rng.random((5, 7)) > 0.5
    write_image(tmp_path / "mask.png", mask)
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png"), mask)


def test_text_goes_into_a_picture_s_metadata(tmp_path):
    write_image(tmp_path / "a.png", np.zeros((2, 2), np.uint8), {"seed": "7"})
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.text == {"seed": "7"}


def test_labels_come_back_whatever_their_colours(tmp_path):
    labels = np.arange(6, dtype=np.uint8).reshape(2, 3) % 3
    colours = [(9, 9, 9), (9, 9, 9), (200, 0, 0)]
    write_labels(tmp_path / "a.png", labels, {0: "outside", 2: "seen"}, colours)
    np.testing.assert_array_equal(read_labels(tmp_path / "a.png"), labels)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png")[0, 2], [200, 0, 0])
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.text == {"label 0": "outside", "label 2": "seen"}


def test_the_palette_comes_back(tmp_path):
    write_labels(tmp_path / "a.png", np.zeros((2, 2), np.uint8), {}, [(1, 2, 3), (4, 5, 6)])
    assert read_palette(tmp_path / "a.png")[:6] == [1, 2, 3, 4, 5, 6]
    write_image(tmp_path / "b.png", np.zeros((2, 2, 3), np.uint8))
    assert read_palette(tmp_path / "b.png") == []


def test_colours_are_no_labels(tmp_path):
    write_image(tmp_path / "a.png", np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(InputError, match=r"a\.png: no picture of labels"):
        read_labels(tmp_path / "a.png")


# What the tests read: a table of any length, as many words as it has rows, and more.
ARRAYS = {
    "table": Array(NUMBERS, ("N", 3)),
    "square": Array(WHOLE_NUMBERS, ("S", "S")),
    "ids": Array(WHOLE_NUMBERS, ("N",)),
    "word": Array(TEXT),
}


def whole() -> dict[str, np.ndarray]:
    table = np.arange(12.0).reshape(4, 3)
    square = np.eye(2, dtype=np.int16)
    return {"table": table, "square": square, "ids": np.arange(4), "word": np.array("yes")}


def test_arrays_come_back(tmp_path):
    path = tmp_path / "a" / "b.npz"
    write_npz(path, **whole(), more=np.zeros(3))
    found = read_npz(path, ARRAYS, "thing")
    assert set(found) == set(ARRAYS)
    for name, values in whole().items():
        np.testing.assert_array_equal(found[name], values)
        assert found[name].dtype == values.dtype
    found["table"][0] = 7  # no view of a file
    assert str(found["word"]) == "yes"


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("kind", [">f8", "<f2", ">i4"])
def test_every_order_of_bytes_and_axes_comes_back(tmp_path, kind, save):
    values = np.asfortranarray(np.arange(12).reshape(4, 3).astype(kind))
    save(tmp_path / "a.npz", values=values)
    np.save(tmp_path / "a.npy", values)
    wanted = Array(NUMBERS, (4, "C"))
    for found in (
        read_npz(tmp_path / "a.npz", {"values": wanted}, "thing")["values"],
        read_npy(tmp_path / "a.npy", wanted, "thing"),
    ):
        np.testing.assert_array_equal(found, values)
        assert found.dtype == np.dtype(kind).newbyteorder("=")


def test_arrays_without_elements_and_optional_ones(tmp_path):
    np.savez(tmp_path / "a.npz", table=np.zeros((0, 3)))
    found = read_npz(tmp_path / "a.npz", ARRAYS, "thing", optional=("square", "ids", "word"))
    assert found["table"].shape == (0, 3)
    assert set(found) == {"table"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"ids": None}, "no ids in it"),
        ({"table": np.zeros((4, 2))}, r"table is float64 of shape \(4, 2\), not numbers of shape"),
        ({"table": np.zeros(4)}, "table is float64 of shape"),
        ({"ids": np.arange(5)}, "of shape"),
        ({"ids": np.arange(4.0)}, "ids is float64 .* not whole numbers"),
        ({"square": np.zeros((2, 3), int)}, "square is int64"),
        ({"word": np.array(3)}, "word is int64 .* not text"),
        ({"word": np.array(["yes"])}, "word is"),
        ({"word": np.frombuffer(b"\xff" * 4, "<U1").reshape(())}, "it is damaged"),
        ({"table": np.full((4, 3), np.nan)}, "table has values that are not finite"),
        ({"table": np.where(np.eye(4, 3), -np.inf, 0)}, "table has values that are not finite"),
        ({"table": np.zeros((4, 3), complex)}, "table is complex128"),
        ({"table": np.zeros((4, 3), bool)}, "table is bool"),
        ({"table": np.zeros((4, 3), "f8,f8")}, "table is"),
        ({"table": np.array([[{}] * 3] * 4, object)}, "table is object"),
    ],
)
def test_what_is_something_else_is_named(tmp_path, change, says):
    arrays = {name: a for name, a in {**whole(), **change}.items() if a is not None}
    np.savez(tmp_path / "a.npz", **arrays)
    sentence = rf"a\.npz: no readable thing \(.*{says}.*\); do this"
    with pytest.raises(InputError, match=sentence) as caught:
        read_npz(tmp_path / "a.npz", ARRAYS, "thing", "do this")
    assert str(caught.value).startswith(str(tmp_path))


class Evil:
    def __reduce__(self):
        return os.mkdir, ("executed",)


def test_nothing_is_unpickled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save(tmp_path / "a.npy", np.array(Evil(), object), allow_pickle=True)
    np.savez(tmp_path / "a.npz", table=np.array(Evil(), object))
    with pytest.raises(InputError, match="no readable thing"):
        read_npy(tmp_path / "a.npy", Array(NUMBERS), "thing")
    with pytest.raises(InputError, match="no readable thing"):
        read_npz(tmp_path / "a.npz", {"table": Array(NUMBERS)}, "thing")
    assert not (tmp_path / "executed").exists()


def header(shape: str, kind: str = "<f8", length: int | None = None, version: int = 1) -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    length = len(text) if length is None else length
    size = struct.pack("<H" if version == 1 else "<I", length)
    return b"\x93NUMPY" + bytes([version, 0]) + size + text


@pytest.mark.parametrize(
    "content",
    [
        header("(10, 3)") + bytes(8),
        header("(1, 3)") + bytes(25),
        header("(-1, 3)") + bytes(24),
        header("(1000000000000, 3)") + bytes(24),
        header("(4000000000000000000, 3)") + bytes(24),
        header("(100000000, 3)") + bytes(24),
        header("(1.0, 3)") + bytes(24),
        header("(1, 3)", length=60_000) + bytes(24),
        header("(1, 3)", length=2**32 - 1, version=2) + bytes(24),
        header("(1, 3)", version=3) + bytes(24),
        header("(" * 3000) + bytes(24),
        header("(1, 3)", kind="-" * 2000) + bytes(24),
        header("(1, 3)", kind="|O") + bytes(24),
        header("(1, 3)", kind="|V0") + bytes(24),
        b"\x93NUMPY",
        b"",
    ],
)
def test_no_lie_of_a_header_is_believed(tmp_path, content):
    wanted = Array(NUMBERS, ("N", 3))
    (tmp_path / "a.npy").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.npy", content)
    with pytest.raises(InputError, match=r"a\.npy: no readable thing"):
        read_npy(tmp_path / "a.npy", wanted, "thing")
    with pytest.raises(InputError, match=r"a\.npz: no readable thing"):
        read_npz(tmp_path / "a.npz", {"table": wanted}, "thing")


def test_an_array_of_gigabytes_is_refused_by_its_header(tmp_path, monkeypatch):
    """A few kilobytes that would become 16 GB: neither are they unpacked, nor is the memory taken."""
    content = header("(2000000000,)") + bytes(1000)
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.npy", content)

    def taken(*_arguments):
        raise AssertionError("memory would have been taken")

    monkeypatch.setattr(np, "empty", taken)
    with pytest.raises(
        InputError, match=r"a\.npz: no readable thing \(table is of 16000000000 bytes"
    ):
        read_npz(tmp_path / "a.npz", {"table": Array(NUMBERS, ("N",))}, "thing")


def test_no_damaged_byte_of_an_archive_passes_for_another_number(tmp_path):
    write_npz(tmp_path / "a.npz", **whole())
    content = (tmp_path / "a.npz").read_bytes()
    noticed = 0
    for at in range(len(content)):
        damaged = content[at] ^ (0xFF if at % 2 else 0x01)
        (tmp_path / "b.npz").write_bytes(content[:at] + bytes([damaged]) + content[at + 1 :])
        try:
            found = read_npz(tmp_path / "b.npz", ARRAYS, "thing")
        except InputError:
            noticed += 1
        else:
            # Times of the members and the like may be damaged.
            for name, values in whole().items():
                np.testing.assert_array_equal(found[name], values)
    assert noticed > len(content) / 2


@pytest.mark.parametrize("name", ["none.npz", "folder", "text.npz", "empty.npz", "cut.npz"])
def test_a_file_that_is_no_archive_is_named(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.npz").write_text("no archive")
    (tmp_path / "empty.npz").touch()
    write_npz(tmp_path / "cut.npz", **whole())
    os.truncate(tmp_path / "cut.npz", 200)
    with pytest.raises(
        InputError, match=rf"{name}: no readable thing \(.+\); delete it and run again"
    ):
        read_npz(tmp_path / name, ARRAYS, "thing")


@pytest.mark.parametrize("read", [read_image, read_mask, read_labels, read_palette])
def test_pixels_without_end_are_refused_by_the_header_alone(read, tmp_path):
    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    file = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(8))), (b"IEND", b"")):
        file += struct.pack(">I", len(data)) + kind + data
        file += struct.pack(">I", zlib.crc32(kind + data))
    (tmp_path / "a.png").write_bytes(file)
    with pytest.raises(InputError, match=r"a\.png: .* 20000 x 20000 pixels, more than the limit"):
        read(tmp_path / "a.png")


@pytest.mark.parametrize("read", [read_image, read_mask, read_labels, read_palette])
def test_a_picture_that_ghostscript_would_run_is_refused(read, tmp_path):
    content = io.BytesIO()
    Image.new("RGB", (4, 4)).save(content, "EPS")
    (tmp_path / "a.png").write_bytes(content.getvalue())
    with pytest.raises(InputError, match=r"a\.png: .* not a picture of a known format"):
        read(tmp_path / "a.png")


@pytest.mark.parametrize("read", [read_image, read_mask, read_labels, read_palette])
def test_an_unreadable_picture_is_named(read, tmp_path):
    path = tmp_path / "x.png"
    with pytest.raises(InputError, match=r"x\.png: cannot be read as a picture"):
        read(path)
    path.write_bytes(b"\x00\xff half a file")
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_a_picture_of_any_size_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    write_image(tmp_path / "a.png", np.zeros((5, 5, 3), np.uint8))
    assert read_image(tmp_path / "a.png").shape == (5, 5, 3)
