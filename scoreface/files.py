"""Writing files whole, reading the common kinds, and the error that names a bad one."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, PngImagePlugin

from scoreface.fitting.photo import pillow_limit_lifted


class InputError(Exception):
    """Bad input from the user; the message names the file or key and says what to do."""


@contextlib.contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path`` (same suffix), renamed to ``path`` when the block ends well.

    A reader sees the old file or the whole new one; a failed block leaves nothing behind.

    Raises:
        InputError: the disk is full, or the folder cannot be made or written to.
    """
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        if not _while_writing(error, path, temporary):
            raise
        raise InputError(
            f"{path}: cannot be written ({error.strerror or error}); see that its disk has room and its folder can be "
            "written to, then run again: what is finished is kept"
        ) from error
    finally:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            temporary.unlink()


def _while_writing(error: OSError, path: Path, temporary: Path) -> bool:
    """True unless the error names other files only, which a block that writes ``path`` reads."""
    if error.filename is None:  # a write to an open file knows no name
        return True
    named = {str(error.filename), str(error.filename2)}
    return not named.isdisjoint(map(str, (path, temporary, *path.parents)))


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` atomically."""
    with atomic(path) as temporary:
        temporary.write_text(text)


def write_json(path: Path, content: Any) -> None:
    """Write ``content`` as indented JSON to ``path`` atomically."""
    write_text(path, json.dumps(content, indent=1) + "\n")


def read_json(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        InputError: the file is not JSON.
    """
    try:
        return json.loads(path.read_text())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not JSON ({error}); delete it and run again") from error


def write_npz(path: Path, **arrays: Any) -> None:
    """Write ``arrays`` as a compressed npz to ``path`` atomically."""
    with atomic(path) as temporary:
        np.savez_compressed(temporary, **arrays)


def write_image(path: Path, pixels: np.ndarray, text: dict[str, str] | None = None) -> None:
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


def read_image(path: Path) -> np.ndarray:
    """A picture as (H, W, 3) uint8 RGB.

    Raises:
        InputError: the file is missing or no picture.
    """
    return _read(path, "RGB")


def read_mask(path: Path) -> np.ndarray:
    """A black-and-white picture as (H, W) bool, true where white.

    Raises:
        InputError: the file is missing or no picture.
    """
    return _read(path, "L") > 127


def read_labels(path: Path) -> np.ndarray:
    """A one-byte picture as (H, W) uint8, values as they stand (no palette applied).

    Raises:
        InputError: the file is missing or no picture.
    """
    return _read(path, None)


def _read(path: Path, mode: str | None) -> np.ndarray:
    try:
        # fit.max_pixels has limited the photo; Pillow's own limit would stop the stages behind the fit.
        with pillow_limit_lifted(), Image.open(path) as image:
            return np.array(image.convert(mode) if mode else image)
    except (OSError, SyntaxError) as error:
        raise InputError(
            f"{path}: cannot be read as a picture ({error}); if a stage has made it, delete it and run again"
        ) from error
