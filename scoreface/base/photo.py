"""Reading pictures: the one place where they are opened, and photos in the one layout that every stage shares."""

import contextlib
import os
import threading
import warnings
from typing import BinaryIO, Callable, List, Set, Tuple, TypeVar

import numpy as np
from PIL import Image, ImageOps

from scoreface.base.errors import PhotoError

T = TypeVar("T")

#: The formats that photos and textures come in, by Pillow's names; JPEG stands for MPO, of several pictures, too.
#: The forty others that Pillow reads stay closed: an EPS file, whatever its name, is a program for Ghostscript to run.
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "AVIF")
#: Pixels of the largest picture that is read, the largest texture's: 16384 x 16384.
MOST_PIXELS = 2**28

#: Modes of 16-bit grey pictures; Pillow before 10 opens some of them as "I".
_GREY_16 = ("I;16", "I;16L", "I;16B", "I;16N", "I")
_TRANSPARENT = ("LA", "La", "PA", "RGBA", "RGBa")


def readable_suffixes() -> Set[str]:
    """Endings, such as .png, that files have which Pillow could read, those of closed formats too."""
    return {suffix for suffix, kind in Image.registered_extensions().items() if kind in Image.OPEN}


class UnreadableError(Exception):
    """A picture cannot be read; says why of it, and leaves naming it to who knows what it is for."""


def decode(handle: BinaryIO, max_pixels: int, convert: Callable[[Image.Image], T]) -> T:
    """What ``convert`` makes of the picture in a file, the first one where there are several.

    Args:
        handle: the file.
        max_pixels: more pixels than this are refused before they are decoded.
        convert: takes the picture, of any mode.

    Raises:
        UnreadableError: the file is empty, truncated, too large, of none of ``FORMATS``, or no picture at all.
        MemoryError: the picture does not fit into memory.
    """
    if os.fstat(handle.fileno()).st_size == 0:
        raise UnreadableError("it is empty")
    with _PILLOW_LIMIT_LIFTED:
        try:
            with Image.open(handle, formats=_known_formats()) as picture:
                _check_size(picture, max_pixels)
                return convert(picture)
        except (UnreadableError, MemoryError):
            raise
        except Exception as error:  # Pillow's decoders raise almost anything on damaged files
            raise UnreadableError(
                "it is damaged or not a picture of a known format ({})".format(", ".join(FORMATS))
            ) from error


def load_photo(path: str, max_pixels: int) -> np.ndarray:
    """Load a photo as RGB, upright, whatever its mode.

    The rotation that a camera wrote into the EXIF data is applied. Grey, palette, CMYK and 16-bit
    pictures are converted; transparent ones are laid on black, the colour of background in this
    project. Colour profiles are not applied.

    Args:
        path: a picture file of one of ``FORMATS``.
        max_pixels: more pixels than this are refused.

    Returns:
        (H, W, 3) uint8.

    Raises:
        PhotoError: not to be opened, empty, truncated, too large, or no picture at all; names the
            file.
        OSError: the file is missing, or the disk fails.
        MemoryError: the picture does not fit into memory.
    """
    with open_photo(path) as handle:
        try:
            return decode(handle, max_pixels, lambda picture: _rgb_on_black(_upright(picture)))
        except UnreadableError as error:
            raise PhotoError("The photo {} cannot be read: {}.".format(path, error)) from error


def to_rgba(picture: Image.Image) -> Tuple[np.ndarray, bool]:
    """The pixels (H, W, 4) uint8 of a picture of any mode, for :func:`decode`; true where it has transparency.

    Raises:
        UnreadableError: they are of a kind without a known range.
    """
    return np.array(_eight_bit(picture).convert("RGBA")), _has_transparency(picture)


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
            "The file {} cannot be opened: {}.".format(path, error.strerror)
        ) from error


def _known_formats() -> List[str]:
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


class _PillowLimitLifted:
    """Lifts Pillow's own limit of pixels, which would override the caller's, while some thread is inside."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._before = contextlib.ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._before.callback(setattr, Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
                Image.MAX_IMAGE_PIXELS = None
                # Pillow warns of odd metadata, which does not concern the pixels.
                self._before.enter_context(warnings.catch_warnings())
                warnings.simplefilter("ignore")

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._before.close()


_PILLOW_LIMIT_LIFTED = _PillowLimitLifted()


def _check_size(picture: Image.Image, max_pixels: int) -> None:
    width, height = picture.size
    if width * height > max_pixels:
        raise UnreadableError(
            "it has {} x {} pixels, more than the limit of {:.0f}".format(width, height, max_pixels)
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


def _rgb_on_black(picture: Image.Image) -> np.ndarray:
    layer = _eight_bit(picture)
    if _has_transparency(layer):
        black = Image.new("RGBA", layer.size, (0, 0, 0, 255))
        layer = Image.alpha_composite(black, layer.convert("RGBA"))
    return np.array(layer.convert("RGB"))


def _has_transparency(picture: Image.Image) -> bool:
    return picture.mode in _TRANSPARENT or "transparency" in picture.info


def _eight_bit(picture: Image.Image) -> Image.Image:
    """The picture in a mode that Pillow converts to RGB by scaling, where it would clip others at 255."""
    if picture.mode == "F":
        raise UnreadableError("it has floating-point pixels, whose range is unknown")
    if picture.mode not in _GREY_16:
        return picture
    values = np.asarray(picture).astype(np.float64)
    return Image.fromarray(np.clip(np.rint(values / 257.0), 0, 255).astype(np.uint8))
