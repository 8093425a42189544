"""Photos of every kind become upright RGB; unusable ones are refused with a sentence."""

import os
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageOps

from scoreface.base.errors import PhotoError
from scoreface.base.photo import FORMATS, MOST_PIXELS, load_photo, open_photo
from scoreface.config.schema import load_schema

LIMIT = 10_000


def png(width: int, height: int, bits: int, colour: int, pixels: bytes) -> bytes:
    """A PNG file, also of kinds that Pillow cannot write; ``pixels`` are rows, each after a zero."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.fixture
def picture() -> np.ndarray:
    """(20, 30, 3): smooth, so that JPEG keeps it; brighter to the right and the bottom."""
    y, x = np.mgrid[:20, :30]
    return np.stack([8 * x, 10 * y, 4 * (x + y)], axis=-1).astype(np.uint8)


def test_rgb_is_unchanged(picture, tmp_path):
    Image.fromarray(picture).save(tmp_path / "a.png")
    photo = load_photo(str(tmp_path / "a.png"), LIMIT)
    np.testing.assert_array_equal(photo, picture)
    assert photo.dtype == np.uint8


def test_grey(picture, tmp_path):
    Image.fromarray(picture[..., 0]).save(tmp_path / "a.png")
    photo = load_photo(str(tmp_path / "a.png"), LIMIT)
    np.testing.assert_array_equal(photo, picture[..., [0, 0, 0]])


@pytest.mark.parametrize("name", ["a.png", "a.tiff"])
def test_16_bit_grey_is_scaled_not_clipped(picture, tmp_path, name):
    Image.fromarray(picture[..., 0].astype(np.uint16) * 257).save(tmp_path / name)
    photo = load_photo(str(tmp_path / name), LIMIT)
    np.testing.assert_array_equal(photo, picture[..., [0, 0, 0]])


@pytest.mark.parametrize("channels", [3, 4])
def test_16_bit_colours_keep_their_upper_byte(picture, tmp_path, channels):
    opaque = np.full((20, 30, 1), 255, np.uint8)
    colours = np.concatenate([picture, opaque], axis=-1)[..., :channels]
    values = colours.astype(np.uint16) * 256 + 77
    rows = b"".join(b"\0" + row.tobytes() for row in values.astype(">u2"))
    (tmp_path / "a.png").write_bytes(png(30, 20, 16, {3: 2, 4: 6}[channels], rows))
    tifffile.imwrite(tmp_path / "a.tiff", values, photometric="rgb")
    for name in ("a.png", "a.tiff"):
        photo = load_photo(str(tmp_path / name), LIMIT)
        np.testing.assert_array_equal(photo, picture)


def test_transparency_is_laid_on_black(picture, tmp_path):
    alpha = np.full((20, 30, 1), 255, np.uint8)
    alpha[:, :10] = 0
    alpha[:, 10:20] = 128
    Image.fromarray(np.concatenate([picture, alpha], axis=-1)).save(tmp_path / "a.png")
    photo = load_photo(str(tmp_path / "a.png"), LIMIT)
    assert (photo[:, :10] == 0).all()
    np.testing.assert_allclose(photo[:, 10:20], picture[:, 10:20] * (128 / 255), atol=1)
    np.testing.assert_array_equal(photo[:, 20:], picture[:, 20:])


def test_palette_with_transparency(tmp_path):
    picture = Image.new("P", (4, 4), 1)
    picture.putpalette([255, 0, 0, 0, 255, 0])
    picture.putpixel((0, 0), 0)
    picture.save(tmp_path / "a.png", transparency=0)
    photo = load_photo(str(tmp_path / "a.png"), LIMIT)
    assert photo[0, 0].tolist() == [0, 0, 0]
    assert photo[1, 1].tolist() == [0, 255, 0]


def test_cmyk(picture, tmp_path):
    Image.fromarray(picture).convert("CMYK").save(tmp_path / "a.jpg", quality=98)
    photo = load_photo(str(tmp_path / "a.jpg"), LIMIT)
    assert np.abs(photo.astype(int) - picture).mean() < 6


# How a stored picture is turned for each value of EXIF's tag Orientation (EXIF 2.32, section 4.6.4).
UPRIGHT = {
    1: lambda stored: stored,
    2: np.fliplr,
    3: lambda stored: np.rot90(stored, 2),
    4: np.flipud,
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored, 2).transpose(1, 0, 2),
    8: np.rot90,
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("name", ["a.png", "a.tiff"])
def test_exif_rotation_is_applied(picture, tmp_path, name, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(picture).save(tmp_path / name, exif=exif)
    photo = load_photo(str(tmp_path / name), LIMIT)
    np.testing.assert_array_equal(photo, UPRIGHT[orientation](picture))


@pytest.mark.parametrize("name", ["a.png", "a.webp"])
def test_damaged_metadata_do_not_condemn_the_picture(picture, tmp_path, name):
    Image.fromarray(picture).save(tmp_path / name, exif=b"Exif\0\0no metadata", lossless=True)
    with Image.open(tmp_path / name) as opened, pytest.raises(SyntaxError):
        ImageOps.exif_transpose(opened)
    np.testing.assert_array_equal(load_photo(str(tmp_path / name), LIMIT), picture)


@pytest.mark.parametrize(
    ("name", "saved_as"),
    [
        *(("a.bmp", "BMP"), ("a.gif", "GIF"), ("a.ppm", "PPM"), ("a.webp", "WEBP")),
        *(("a.tiff", "TIFF"), ("a.jpg", "JPEG"), ("a.jpg", "MPO"), ("a.avif", "AVIF")),
    ],
)
def test_the_formats_of_photos_are_read(picture, tmp_path, name, saved_as):
    Image.init()
    if saved_as not in Image.SAVE:
        pytest.skip(f"this Pillow has no {saved_as}")
    options = {"quality": 95} if saved_as in ("JPEG", "MPO", "AVIF") else {}
    options |= {"lossless": True} if saved_as == "WEBP" else {}
    Image.fromarray(picture).save(tmp_path / name, saved_as, **options)
    photo = load_photo(str(tmp_path / name), LIMIT)
    # A GIF has 256 colours, a JPEG and an AVIF half of them only.
    assert np.abs(photo.astype(int) - picture).mean() < (8 if saved_as != "PPM" else 1e-9)


@pytest.mark.parametrize("saved_as", ["EPS", "ICO", "ICNS", "PCX", "TGA", "SGI", "DDS", "JPEG2000"])
def test_other_formats_are_refused_whatever_their_names(picture, tmp_path, saved_as, monkeypatch):
    def started(*_arguments, **_options):
        raise AssertionError("Ghostscript would have been started")

    monkeypatch.setattr("subprocess.check_call", started)
    monkeypatch.setattr("PIL.EpsImagePlugin.Ghostscript", started)
    Image.fromarray(picture).resize((64, 64)).save(tmp_path / "a.png", saved_as)
    with pytest.raises(PhotoError, match=r"a\.png cannot be read: it is damaged or not a picture"):
        load_photo(str(tmp_path / "a.png"), LIMIT)
    assert saved_as not in FORMATS


@pytest.mark.parametrize("name", ["a.gif", "a.tiff", "a.png", "a.webp"])
def test_the_first_of_several_pictures_is_taken(tmp_path, name):
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "blue", "lime")]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], lossless=True)
    with Image.open(tmp_path / name) as several:
        assert several.n_frames == 3
    photo = load_photo(str(tmp_path / name), LIMIT)
    np.testing.assert_array_equal(photo, np.broadcast_to(np.uint8([255, 0, 0]), (6, 8, 3)))


def test_pillow_s_limit_comes_back_after_many_threads(picture, tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    Image.fromarray(picture).save(tmp_path / "a.png")
    with ThreadPoolExecutor(8) as pool:
        photos = list(pool.map(load_photo, [str(tmp_path / "a.png")] * 200, [LIMIT] * 200))
    for photo in photos:
        np.testing.assert_array_equal(photo, picture)
    assert Image.MAX_IMAGE_PIXELS == 10


def test_the_limit_is_that_of_the_largest_texture():
    size = load_schema()["properties"]["texture"]["properties"]["large"]["maximum"]
    pixels = load_schema()["properties"]["fit"]["properties"]["max_pixels"]["maximum"]
    assert size**2 == pixels == MOST_PIXELS


def test_truncated(picture, tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3)).astype(np.uint8)
    for name in ("a.png", "a.jpg"):
        path = tmp_path / name
        Image.fromarray(noise).save(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(PhotoError, match=f"{name} cannot be read: it is damaged"):
            load_photo(str(path), LIMIT)


def test_empty(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(PhotoError, match=r"a\.png cannot be read: it is empty"):
        load_photo(str(tmp_path / "a.png"), LIMIT)


def test_text_named_png(tmp_path):
    (tmp_path / "a.png").write_text("This is no picture.")
    with pytest.raises(PhotoError, match=r"a\.png cannot be read: it is damaged or not a picture"):
        load_photo(str(tmp_path / "a.png"), LIMIT)


def test_too_large(tmp_path):
    Image.new("RGB", (101, 100)).save(tmp_path / "a.png")
    with pytest.raises(
        PhotoError, match=r"a\.png cannot be read: it has 101 x 100 pixels, more than .* 10000"
    ):
        load_photo(str(tmp_path / "a.png"), LIMIT)


def test_200_megapixels_are_refused_by_the_header_alone(tmp_path):
    # Eight bytes of pixels, where 600 million are announced: a decoder would call it damaged.
    (tmp_path / "a.png").write_bytes(png(20_000, 10_000, 8, 2, bytes(8)))
    with pytest.raises(PhotoError, match="20000 x 10000 pixels, more than the limit of 120000000"):
        load_photo(str(tmp_path / "a.png"), 120_000_000)


def test_no_memory_is_no_fault_of_the_photo(picture, tmp_path, monkeypatch):
    Image.fromarray(picture).save(tmp_path / "a.png")

    def exhausted(self):
        raise MemoryError

    monkeypatch.setattr(Image.Image, "load", exhausted)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", exhausted)
    with pytest.raises(MemoryError):
        load_photo(str(tmp_path / "a.png"), LIMIT)


def test_the_caller_s_limit_is_the_only_one(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    Image.new("RGB", (10, 10)).save(tmp_path / "a.png")
    assert load_photo(str(tmp_path / "a.png"), 100).shape == (10, 10, 3)
    assert Image.MAX_IMAGE_PIXELS == 10


def test_floating_point_pixels(tmp_path):
    Image.fromarray(np.ones((4, 4), np.float32)).save(tmp_path / "a.tiff")
    with pytest.raises(PhotoError, match="floating-point pixels"):
        load_photo(str(tmp_path / "a.tiff"), LIMIT)


def test_a_folder_is_no_photo(tmp_path):
    (tmp_path / "a.png").mkdir()
    with pytest.raises(PhotoError, match=r"a\.png cannot be opened: Is a directory"):
        load_photo(str(tmp_path / "a.png"), LIMIT)


def test_a_photo_that_may_not_be_read(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"secret")
    path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # the superuser may read everything
    try:
        with pytest.raises(PhotoError, match=r"a\.png cannot be opened: Permission denied"):
            open_photo(str(path))
    finally:
        os.seteuid(user)


def test_missing_photo_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_photo(str(tmp_path / "none.png"), LIMIT)
