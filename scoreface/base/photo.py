"""Reading photos of any common kind into the one layout that every stage shares."""

import contextlib
import os
import warnings
from typing import BinaryIO, Iterator

import numpy as np
from PIL import Image, ImageOps

from scoreface.base.errors import PhotoError

#: Modes of 16-bit grey pictures; Pillow before 10 opens some of them as "I".
_GREY_16 = ("I;16", "I;16L", "I;16B", "I;16N", "I")
_TRANSPARENT = ("LA", "La", "PA", "RGBA", "RGBa")


def load_photo(path: str, max_pixels: int) -> np.ndarray:
    """Load a photo as RGB, upright, whatever its mode.

    The rotation that a camera wrote into the EXIF data is applied. Grey, palette, CMYK and 16-bit
    pictures are converted; transparent ones are laid on black, the colour of background in this
    project. Colour profiles are not applied.

    Args:
        path: a picture file that Pillow reads.
        max_pixels: more pixels than this are refused.

    Returns:
        (H, W, 3) uint8.

    Raises:
        PhotoError: not to be opened, empty, truncated, too large, or no picture at all; names the
            file.
        OSError: the file is missing, or the disk fails.
        MemoryError: the picture does not fit into memory.
    """
    with open_photo(path) as handle, pillow_limit_lifted():
        if os.path.getsize(path) == 0:
            raise PhotoError("The photo {} is empty.".format(path))
        try:
            with Image.open(handle) as picture:
                _check_size(picture, path, max_pixels)
                return np.array(_to_rgb(_upright(picture), path))
        except (PhotoError, MemoryError):
            raise
        except Exception as error:  # Pillow's decoders raise almost anything on damaged files
            raise PhotoError(
                "The photo {} cannot be read: it is damaged or not a picture.".format(path)
            ) from error


def open_photo(path: str) -> BinaryIO:
    """Open a photo's file.

    Raises:
        PhotoError: it may not be read, or is a folder.
        OSError: it is missing, or the disk fails.
    """
    try:
        return open(path, "rb")
    except (PermissionError, IsADirectoryError) as error:
        raise PhotoError(
            "The photo {} cannot be opened: {}.".format(path, error.strerror)
        ) from error


@contextlib.contextmanager
def pillow_limit_lifted() -> Iterator[None]:
    """Lift Pillow's own limit of pixels, which would override the caller's, for a while."""
    limit = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            # Pillow warns of odd metadata, which does not concern the pixels.
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def _check_size(picture: Image.Image, path: str, max_pixels: int) -> None:
    width, height = picture.size
    if width * height > max_pixels:
        raise PhotoError(
            "The photo {} has {} x {} pixels, more than the limit of {:.0f}.".format(
                path, width, height, max_pixels
            )
        )


def _upright(picture: Image.Image) -> Image.Image:
    """Return the picture turned as the camera was held, by its EXIF data."""
    picture.load()  # from here on only the metadata can be at fault
    try:
        return ImageOps.exif_transpose(picture)
    except MemoryError:
        raise
    except Exception:  # metadata in disorder say nothing of the pixels, so they turn nothing
        return picture


def _to_rgb(picture: Image.Image, path: str) -> Image.Image:
    if picture.mode in _GREY_16:
        # Pillow's own conversion clips at 255 instead of scaling.
        values = np.asarray(picture).astype(np.float64)
        grey = np.clip(np.rint(values / 257.0), 0, 255).astype(np.uint8)
        return Image.fromarray(grey).convert("RGB")
    if picture.mode == "F":
        raise PhotoError(
            "The photo {} has floating-point pixels, whose range is unknown.".format(path)
        )
    if picture.mode in _TRANSPARENT or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        black = Image.new("RGBA", layer.size, (0, 0, 0, 255))
        return Image.alpha_composite(black, layer).convert("RGB")
    return picture.convert("RGB")
