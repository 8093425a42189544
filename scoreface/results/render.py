"""What the pictures of a head are made from: a studio, the camera for people, and textures that can be interpolated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from scoreface.base.angles import read_axis_angle
from scoreface.base.arrays import read_image, read_mask
from scoreface.base.errors import InputError
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh, load_head
from scoreface.geometry.settings import CameraSettings
from scoreface.geometry.views import View
from scoreface.results.display import Studio
from scoreface.texture.chart import padded
from scoreface.texture.layout import make_layout

# Pictures for people are taken from a little further away than the pipeline's views, which cut off
# the top of the head: this many times its camera's distance.
_STEP_BACK = 1.3


def load_studio(mesh: Path, axis_angle: Path, camera: CameraSettings) -> Studio:
    """The fitted head before the pipeline's camera.

    Args:
        mesh: OBJ.
        axis_angle: npy (3,), its global rotation in radians.
        camera: the camera.

    Raises:
        InputError: a file is missing or damaged.
    """
    lens = PerspectiveCamera(camera.distance, camera.field_of_view)
    return Studio(load_head(mesh), read_axis_angle(axis_angle), lens, camera.rasteriser)


def stepped_back(studio: Studio) -> Studio:
    """The same head from further away, whole."""
    camera = studio.camera
    return replace(studio, camera=replace(camera, distance=_STEP_BACK * camera.distance))


def view_name(view: View) -> str:
    """File name of a view, as in ``view_e+00_a-30.png``: elevation and azimuth in degrees."""
    # Adding zero turns -0.0 into 0.0.
    return f"view_e{view.elevation + 0.0:+03g}_a{view.azimuth + 0.0:+03g}.png"


def load_textures(
    mesh: Mesh, texture: Path, large: Path, known: Path
) -> tuple[np.ndarray, np.ndarray]:
    """The complete texture (S, S, 3), and the photo's (S, S, 4) as ``draw_before_after`` has it, padded.

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
