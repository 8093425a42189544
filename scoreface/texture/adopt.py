"""Own fits: a head, its texture and its rotation from any other fitter, in place of the fit and project stages."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image

from scoreface.base.angles import check_axis_angle
from scoreface.base.arrays import NUMBERS, Array, read_npy
from scoreface.base.errors import InputError
from scoreface.base.photo import MOST_PIXELS, UnreadableError, decode, open_photo, to_rgba
from scoreface.geometry.mesh import Mesh, load_head
from scoreface.texture.layout import make_layout

# Bytes of a text file with three numbers and whatever may stand around them.
_MOST_TEXT = 2**16
_ADVICE = "give three numbers, in radians"


def adopt(
    mesh: Path, texture: Path, axis_angle: Path, size: int
) -> tuple[Mesh, np.ndarray, np.ndarray, np.ndarray]:
    """Read another fitter's head.

    Args:
        mesh: OBJ with UV coordinates, as the photo's camera sees it.
        texture: picture of ``size`` x ``size``. Its alpha channel says what the photo shows; without one, every
            texel that is not pure black does.
        axis_angle: npy or text file with the head's global rotation, three numbers in radians.
        size: texels along a side.

    Returns:
        the mesh, the texture (S, S, 3) uint8, black where unseen, (S, S) bool, true where seen, and the rotation (3,).

    Raises:
        InputError: a file is not of its kind, or the texture has another size or shows nothing of the head.
        MemoryError: the texture does not fit into memory.
        OSError: a file is missing.
    """
    head = load_head(mesh)
    rotation = _read_rotation(axis_angle)
    pixels, has_alpha = _read_texture(texture, size)
    colours = pixels[..., :3]
    seen = pixels[..., 3] > 127 if has_alpha else colours.any(2)
    seen &= make_layout(head.vt, head.ft, head.faces, size).chart
    if not seen.any():
        raise InputError(f"{texture}: shows nothing inside the UV chart of {mesh}")
    return head, np.where(seen[..., None], colours, 0).astype(np.uint8), seen, rotation


def _read_texture(path: Path, size: int) -> tuple[np.ndarray, bool]:
    """The texture's pixels (S, S, 4) uint8, and whether it says by its alpha what the photo shows."""

    def pixels(picture: Image.Image) -> tuple[np.ndarray, bool]:
        if picture.size != (size, size):
            width, height = picture.size
            raise UnreadableError(
                f"{width} x {height} texels, but texture.large is {size}; set that to the texture's size"
            )
        return to_rgba(picture)

    try:
        with open_photo(str(path)) as handle:
            return decode(handle, MOST_PIXELS, pixels)
    except UnreadableError as error:
        raise InputError(f"{path}: {error}") from error


def _read_rotation(path: Path) -> np.ndarray:
    """The rotation (3,) float64 in radians, whether its file has it as a row or a column."""
    if path.suffix.lower() != ".npy":
        return check_axis_angle(_read_numbers(path), path)
    problems = []
    for shape in ((3,), (1, 3), (3, 1)):
        try:
            values = read_npy(path, Array(NUMBERS, shape), "axis-angle vector", _ADVICE)
            return check_axis_angle(values.astype(float).ravel(), path)
        except InputError as error:
            problems.append(error)
    raise problems[0]


def _read_numbers(path: Path) -> np.ndarray:
    """Three finite numbers in a text file, in which ``#`` starts a comment: (3,)."""
    with open_photo(str(path)) as handle:
        text = handle.read(_MOST_TEXT).decode("ascii", "replace")
    words = [word for line in text.splitlines() for word in line.partition("#")[0].split()]
    try:
        values = [float(word) for word in words[:4]]
    except ValueError as error:
        reason = str(error)[:200]
        raise InputError(f"{path}: no axis-angle vector ({reason}); {_ADVICE}") from error
    if len(words) != 3 or not all(map(math.isfinite, values)):
        raise InputError(f"{path}: {len(words)} numbers, or some are not finite; {_ADVICE}")
    return np.array(values)
