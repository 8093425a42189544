"""Arrays in files: npz archives and npy files, pictures, masks and labels."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import (
    IO,
    Any,
    Callable,
    Dict,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
    Union,
)

import numpy as np
from PIL import Image, PngImagePlugin

from scoreface.base.errors import InputError
from scoreface.base.files import atomic
from scoreface.base.photo import MOST_PIXELS, UnreadableError, decode

T = TypeVar("T")

#: Letters of numpy's kinds of numbers.
NUMBERS, WHOLE_NUMBERS, TRUTHS, TEXT = "iuf", "iu", "b", "U"

_IN_WORDS = {
    NUMBERS: "numbers",
    WHOLE_NUMBERS: "whole numbers",
    TRUTHS: "truth values",
    TEXT: "text",
}
#: Bytes of one array that are read at most; the texture of a state of 16384 x 16384 texels has 1.5 GB.
_MOST_BYTES = 2**32
#: The header of an array without records is far shorter; numpy reads any length.
_HEADER_BYTES = 4096
#: Bytes that are decompressed at a time.
_CHUNK = 2**24
_AGAIN = "delete it and run again"


class Array(NamedTuple):
    """What an array in a file has to be.

    Attributes:
        kinds: ``NUMBERS`` (all finite), ``WHOLE_NUMBERS``, ``TRUTHS`` or ``TEXT``.
        shape: sizes, or names of sizes that the file decides; one name is one size throughout the file.
    """

    kinds: str
    shape: Tuple[Union[int, str], ...] = ()


class _UnsoundError(Exception):
    """An array is not what it has to be; says how, and not in which file."""


def read_npz(
    path: Path,
    arrays: Mapping[str, Array],
    what: str,
    advice: str = _AGAIN,
    optional: Sequence[str] = (),
) -> Dict[str, np.ndarray]:
    """Some arrays of an npz archive. Nothing is unpickled, and no memory taken for arrays of another shape.

    Args:
        path: the archive.
        arrays: what each of them has to be.
        what: the file is, for the message.
        advice: what to do about a bad one.
        optional: names that may be missing.

    Returns:
        the arrays by name, in the byte order of this machine.

    Raises:
        InputError: the file is missing or damaged, or an array is missing or something else.
    """

    def read() -> Dict[str, np.ndarray]:
        with zipfile.ZipFile(str(path)) as archive:
            there = {name for name in arrays if name + ".npy" in archive.namelist()}
            missing = [name for name in arrays if name not in there and name not in optional]
            if missing:
                raise _UnsoundError("no {} in it".format(", ".join(missing)))
            sizes: Dict[str, int] = {}
            headers = {}
            for name in sorted(there):
                with archive.open(name + ".npy") as handle:
                    headers[name] = _read_header(handle, name, arrays[name], sizes)
            found = {}
            for name, header in headers.items():
                with archive.open(name + ".npy") as handle:
                    found[name] = _read_values(handle, name, header)
            return found

    return _sound(read, path, what, advice)


def read_npy(path: Path, array: Array, what: str, advice: str = _AGAIN) -> np.ndarray:
    """The array in an npy file; see :func:`read_npz`."""

    def read() -> np.ndarray:
        with open(str(path), "rb") as handle:
            header = _read_header(handle, what, array, {})
            handle.seek(0)
            return _read_values(handle, what, header)

    return _sound(read, path, what, advice)


class _Header(NamedTuple):
    dtype: np.dtype
    shape: Tuple[int, ...]
    by_columns: bool
    length: int


def _sound(read: Callable[[], T], path: Path, what: str, advice: str) -> T:
    try:
        return read()
    except OSError as error:
        reason = error.strerror or "it is damaged"
        raise InputError(
            "{}: no readable {} ({}); {}".format(path, what, reason, advice)
        ) from error
    except Exception as error:  # numpy and zipfile raise almost anything on damaged files
        text = str(error) if isinstance(error, _UnsoundError) else "it is damaged"
        if isinstance(error, MemoryError):
            text = "it does not fit into memory"
        raise InputError("{}: no readable {} ({}); {}".format(path, what, text, advice)) from error


def _read_header(handle: IO[bytes], name: str, array: Array, sizes: Dict[str, int]) -> _Header:
    """What stands before the numbers of an array, which has to agree with what is asked for."""
    start = io.BytesIO(handle.read(_HEADER_BYTES))
    # Version 3 has letters beyond Latin-1, in the names of records only.
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    shape, by_columns, dtype = read[np.lib.format.read_magic(start)](start)
    fits = dtype.kind in array.kinds and len(shape) == len(array.shape)
    for size, there in zip(array.shape, shape):
        fits &= there == (sizes.setdefault(size, there) if isinstance(size, str) else size)
    if not fits:
        wanted = ", ".join(str(sizes.get(str(size), size)) for size in array.shape)
        raise _UnsoundError(
            "{} is {} of shape {}, not {} of shape ({})".format(
                name, dtype, shape, _IN_WORDS[array.kinds], wanted
            )
        )
    return _Header(dtype, shape, by_columns, start.tell())


def _read_values(handle: IO[bytes], name: str, header: _Header) -> np.ndarray:
    count = header.dtype.itemsize
    for size in header.shape:
        count *= size
    if not 0 <= count <= _MOST_BYTES:
        raise _UnsoundError("{} is of {} bytes".format(name, count))
    handle.read(header.length)
    data = np.empty(count, np.uint8)
    for start in range(0, count, _CHUNK):
        part = handle.read(min(_CHUNK, count - start))
        data[start : start + len(part)] = np.frombuffer(part, np.uint8)
        if len(part) < min(_CHUNK, count - start):
            raise _UnsoundError("{} is cut short".format(name))
    # Where a member of an archive ends, its checksum is compared.
    if handle.read(1):
        raise _UnsoundError("{} goes on beyond its end".format(name))
    values = data.view(header.dtype).reshape(header.shape, order="F" if header.by_columns else "C")
    if header.dtype.kind == "f" and not np.isfinite(values).all():
        raise _UnsoundError("{} has values that are not finite".format(name))
    values = values.astype(header.dtype.newbyteorder("="), copy=False)
    if header.dtype.kind == "U":
        values.tolist()  # fails where a letter is none, which numpy lets pass until it is looked at
    return values


def write_npz(path: Path, **arrays: Any) -> None:
    """Write ``arrays`` as a compressed npz to ``path`` atomically."""
    with atomic(path) as temporary:
        np.savez_compressed(str(temporary), **arrays)


def write_image(path: Path, pixels: np.ndarray, text: Optional[Dict[str, str]] = None) -> None:
    """Write a picture atomically.

    Args:
        path: ends in ``.png``.
        pixels: (H, W, 3) or (H, W) uint8, or (H, W) bool, which becomes 0 and 255.
        text: entries for the PNG's metadata.
    """
    info = PngImagePlugin.PngInfo()
    for key, value in (text or {}).items():
        info.add_text(key, value)
    if pixels.dtype == bool:
        pixels = pixels.astype(np.uint8) * 255
    with atomic(path) as temporary:
        Image.fromarray(pixels).save(temporary, pnginfo=info)


def write_labels(
    path: Path,
    labels: np.ndarray,
    legend: Mapping[int, str],
    colours: Sequence[Tuple[int, int, int]],
) -> None:
    """Write labels as an indexed PNG whose pixel values are the labels, with their legend in its metadata.

    Args:
        path: ends in ``.png``.
        labels: (H, W) uint8.
        legend: what each label means.
        colours: of the labels from 0 on, for people.
    """
    picture = Image.fromarray(labels)
    picture.putpalette([value for colour in colours for value in colour])
    text = PngImagePlugin.PngInfo()
    for label, meaning in legend.items():
        text.add_text("label {}".format(label), meaning)
    with atomic(path) as temporary:
        picture.save(temporary, pnginfo=text)


def read_image(path: Path) -> np.ndarray:
    """A picture as (H, W, 3) uint8 RGB.

    Raises:
        InputError: the file is missing or no picture.
    """
    return _read(path, lambda picture: np.array(picture.convert("RGB")))


def read_mask(path: Path) -> np.ndarray:
    """A black-and-white picture as (H, W) bool, true where white.

    Raises:
        InputError: the file is missing or no picture.
    """
    return _read(path, lambda picture: np.array(picture.convert("L"))) > 127


def read_labels(path: Path) -> np.ndarray:
    """A one-byte picture as (H, W) uint8, values as they stand (no palette applied).

    Raises:
        InputError: the file is missing, no picture, or one of more than a byte a pixel.
    """
    labels = _read(path, np.array)
    if labels.ndim != 2 or labels.dtype != np.uint8:
        raise InputError("{}: no picture of labels, which has one byte a pixel".format(path))
    return labels


def read_palette(path: Path) -> List[int]:
    """The colours of a picture's pixel values, three numbers each; nothing where it has none.

    Raises:
        InputError: the file is missing or no picture.
    """
    return _read(path, lambda picture: picture.getpalette() or [])


def _read(path: Path, convert: Callable[[Image.Image], T]) -> T:
    try:
        with open(str(path), "rb") as handle:
            return decode(handle, MOST_PIXELS, convert)
    except (OSError, UnreadableError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(
            "{}: cannot be read as a picture ({}); if a stage has made it, delete it and run "
            "again".format(path, reason)
        ) from error
    except MemoryError as error:
        raise InputError(
            "{}: too large for the memory of this machine; give the job more".format(path)
        ) from error
