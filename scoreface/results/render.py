"""What the pictures of a head are made from: a studio with its camera, and textures that can be interpolated."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scoreface.base.angles import read_axis_angle
from scoreface.base.arrays import read_image, read_mask
from scoreface.base.errors import InputError
from scoreface.geometry.camera import portrait_camera
from scoreface.geometry.mesh import Mesh, load_head
from scoreface.geometry.settings import LensSettings
from scoreface.geometry.views import View, frontal
from scoreface.results.display import Studio
from scoreface.texture.chart import padded
from scoreface.texture.layout import make_layout


def load_studio(mesh: Path, axis_angle: Path, lens: LensSettings, back_end: str) -> Studio:
    """The fitted head before the camera of the pictures.

    Args:
        mesh: OBJ.
        axis_angle: npy (3,), its global rotation in radians.
        lens: the camera's settings.
        back_end: the rasteriser's.

    Raises:
        InputError: a file is missing or damaged.
    """
    return portrait_studio(load_head(mesh), read_axis_angle(axis_angle), lens, back_end)


def portrait_studio(
    head: Mesh, axis_angle: np.ndarray, lens: LensSettings, back_end: str = "auto"
) -> Studio:
    """A head, its global rotation (3,) in radians, before the camera of the pictures."""
    camera = portrait_camera(frontal(head, axis_angle), lens.field_of_view, lens.distance)
    return Studio(head, axis_angle, camera, back_end)


def view_name(view: View) -> str:
    """File name of a view, as in ``view_e+00_a-30.png``: elevation and azimuth in degrees."""
    # Adding zero turns -0.0 into 0.0.
    return f"view_e{view.elevation + 0.0:+03g}_a{view.azimuth + 0.0:+03g}.png"


def load_textures(
    mesh: Mesh, texture: Path, large: Path, known: Path
) -> tuple[np.ndarray, np.ndarray]:
    """The complete texture (S, S, 3), and the photo's (S, S, 4), both 0..255 and padded beyond the chart.

    The photo's is multiplied by its last channel: 1 where the photo shows the texel and 0 elsewhere.

    Args:
        mesh: the head.
        texture: the complete texture.
        large: the photo lifted to the texture.
        known: its mask.

    Raises:
        InputError: a picture is missing or damaged, or they differ in size.
    """
    complete, lifted, mask = read_image(texture), read_image(large), read_mask(known)
    size = len(complete)
    for path, shape in ((texture, complete.shape), (large, lifted.shape), (known, mask.shape)):
        if shape[:2] != (size, size):
            raise InputError(
                f"{path}: {shape[1]} x {shape[0]} texels, where {texture} has a side of {size}; "
                "textures and masks must be square and of one size"
            )
    weight = mask[..., None].astype(np.float32)
    photo = np.concatenate([lifted * weight, weight], 2)
    chart = make_layout(mesh.vt, mesh.ft, mesh.faces, size).chart
    return padded(complete, chart), padded(photo, chart)
