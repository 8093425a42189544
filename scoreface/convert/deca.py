"""Heads of DECA (Feng et al. 2021), as its demo saves them: a folder a photo with ``{name}.obj`` and ``{name}.png``.

The mesh is FLAME's in its pose, global rotation included, and the texture is looked up in DECA's crop of the photo, of
224 pixels, whether or not the camera sees the texel: that is decided here, by the mesh. DECA's own mask of the face
leaves one gray elsewhere.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from scoreface.base.arrays import read_image
from scoreface.base.errors import InputError
from scoreface.convert.fits import MIN_COSINE, Fit, rotation_from
from scoreface.geometry.mesh import load_head
from scoreface.texture.layout import make_layout
from scoreface.texture.project import turned_to_camera

# 0.7 of 255, cut off: what is not the face's where DECA has no texture model. Its mask is soft: beside such texels
# others are mixed with it.
_MASKED = 178
_MIXED_TEXELS = 3


def find_deca(folder: Path) -> dict[str, Path]:
    """The folders with a head, by their names.

    Raises:
        InputError: there are none.
    """
    found = {
        path.name: path
        for path in sorted(folder.glob("*"))
        if (path / f"{path.name}.obj").is_file()
    }
    if not found:
        raise InputError(
            f"{folder}: no folder with an OBJ of its name in it; run DECA's demo_reconstruct.py with --saveObj True"
        )
    return found


def read_deca(folder: Path, template: np.ndarray, size: int) -> Fit:
    """Read a head of DECA.

    Args:
        folder: the photo's.
        template: (V, 3) vertices of FLAME's upright template.
        size: texels along a side of the texture that comes out.

    Raises:
        InputError: a file is missing or damaged, the head has other vertices than the template, or the photo shows
            nothing of it.
    """
    path, picture = folder / f"{folder.name}.obj", folder / f"{folder.name}.png"
    mesh = load_head(path)
    if mesh.vertices.shape != template.shape:
        raise InputError(
            f"{path}: {len(mesh.vertices)} vertices, but the template has {len(template)}; take the OBJ without _detail"
        )
    colours = read_image(picture)
    masked = (colours == _MASKED).all(2)
    masked = ndimage.binary_dilation(masked, iterations=_MIXED_TEXELS) if masked.any() else masked
    layout = make_layout(mesh.vt, mesh.ft, mesh.faces, size)
    turned = turned_to_camera(mesh.vertices, mesh.faces, layout, min_cosine=MIN_COSINE)
    shown = layout.picture(turned) & ~_resized(masked, size, Image.Resampling.NEAREST)
    if not shown.any():
        raise InputError(f"{picture}: shows nothing of the head")
    colours = _resized(colours, size, Image.Resampling.BICUBIC)
    texture = np.dstack([colours * shown[..., None], shown * np.uint8(255)])
    return Fit(mesh, texture, rotation_from(template, mesh.vertices))


def _resized(pixels: np.ndarray, size: int, how: Image.Resampling) -> np.ndarray:
    return np.array(Image.fromarray(pixels).resize((size, size), how))
