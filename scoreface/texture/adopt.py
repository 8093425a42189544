"""Own fits: a head, its texture and its rotation from any other fitter, in place of the fit and project stages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.geometry.mesh import Mesh, load_obj
from scoreface.texture.layout import make_layout


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
        InputError: a file is missing or not of its kind, or the texture has another size or shows nothing of the head.
    """
    head = load_obj(mesh)
    rotation = _read_rotation(axis_angle)
    try:
        with Image.open(texture) as picture:
            has_alpha = "A" in picture.getbands() or "transparency" in picture.info
            pixels = np.array(picture.convert("RGBA"))
    except (OSError, SyntaxError) as error:
        raise InputError(f"{texture}: cannot be read as a picture ({error})") from error
    if pixels.shape[:2] != (size, size):
        raise InputError(
            f"{texture}: {pixels.shape[1]} x {pixels.shape[0]} texels, but texture.large is {size}; "
            "set that to the texture's size"
        )
    colours = pixels[..., :3]
    seen = pixels[..., 3] > 127 if has_alpha else colours.any(2)
    seen &= make_layout(head.vt, head.ft, head.faces, size).chart
    if not seen.any():
        raise InputError(f"{texture}: shows nothing inside the UV chart of {mesh}")
    return head, np.where(seen[..., None], colours, 0).astype(np.uint8), seen, rotation


def _read_rotation(path: Path) -> np.ndarray:
    """Three finite numbers, as (3,) float64."""
    try:
        values = np.load(path) if path.suffix == ".npy" else np.loadtxt(path)
        rotation = np.asarray(values, float).ravel()
    except (OSError, EOFError, TypeError, ValueError) as error:
        raise InputError(f"{path}: no axis-angle vector ({error})") from error
    if rotation.shape != (3,) or not np.isfinite(rotation).all():
        raise InputError(f"{path}: {rotation.size} numbers; an axis-angle vector has 3 finite ones")
    return rotation
