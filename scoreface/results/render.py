"""The render stage: a finished texture to pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from scoreface.files import InputError, read_image, read_mask, write_image
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import load_obj
from scoreface.geometry.views import View, view_grid
from scoreface.results.before_after import crop_to_head, draw_before_after
from scoreface.results.display import BLACK, Studio
from scoreface.results.turntable import write_turntable
from scoreface.texture.chart import padded
from scoreface.texture.layout import make_layout

# Pictures for people are taken from a little further away than the pipeline's views, which cut off
# the top of the head: this many times its camera's distance.
_STEP_BACK = 1.3


def run_render(
    *,
    mesh: Path,
    axis_angle: Path,
    texture: Path,
    large: Path,
    known: Path,
    photo: Path,
    fit: Path,
    size: int,
    elevations: Sequence[float],
    azimuths: Sequence[float],
    turntable_frames: int,
    field_of_view: float,
    distance: float,
    rasteriser: str,
    frontal: Path,
    frontal_photo: Path,
    views_dir: Path,
    turntable: Path,
    before_after: Path,
) -> None:
    """Render the complete head.

    The frontal pictures and the views, which go to networks, have a black background as the pipeline's
    own views have; the turntable and the before-and-after picture, which people look at, a light one,
    and show the whole head.

    Args:
        mesh: OBJ of the fitted head.
        axis_angle: npy (3,), its global rotation in radians.
        texture: the complete texture.
        large: the photo lifted to the texture.
        known: its mask, white where the photo shows the texel.
        photo: the photo that was fitted.
        fit: npz of the fit, with ``vertices`` and, unless it is another fitter's, ``scale``.
        size: pixels along a side of the frontal pictures and the views.
        elevations: of the views, degrees.
        azimuths: of the views, degrees; there is one view for each pair.
        turntable_frames: frames of the turntable, at least 2.
        field_of_view: the camera's, vertical, degrees.
        distance: the camera's from the head's centre, in the units of the normalised head.
        rasteriser: back end, ``auto``, ``embree`` or ``pytorch3d``.
        frontal: PNG to write.
        frontal_photo: PNG to write, the frontal picture with the photo's texels only.
        views_dir: folder for the views, named by :func:`view_name`.
        turntable: GIF to write.
        before_after: PNG to write.

    Raises:
        InputError: a picture is missing or damaged, the textures' sizes differ, the rasteriser is
            unknown, or there are fewer than 2 frames.
    """
    if turntable_frames < 2:
        raise InputError(f"turntable frames: {turntable_frames} is too few; give 2 or more")
    head = load_obj(mesh)
    studio = Studio(
        head, np.load(axis_angle), PerspectiveCamera(distance, field_of_view), rasteriser
    )
    away = PerspectiveCamera(_STEP_BACK * distance, field_of_view)
    portrait = replace(studio, camera=away)
    complete, photo_texture = _textures(texture, large, known)
    chart = make_layout(head.vt, head.ft, head.faces, len(complete)).chart
    complete, photo_texture = padded(complete, chart), padded(photo_texture, chart)

    write_image(frontal, studio.picture(complete, View(0, 0), size, BLACK))
    alone = studio.picture(photo_texture[..., :3], View(0, 0), size, BLACK)
    write_image(frontal_photo, alone)
    for view in view_grid(elevations, azimuths):
        write_image(views_dir / view_name(view), studio.picture(complete, view, size, BLACK))
    write_turntable(portrait, complete, turntable_frames, turntable)
    framed = read_image(photo)
    with np.load(fit) as fitted:
        # Another fitter's camera is not known: its photos are shown whole.
        if "scale" in fitted:
            framed = crop_to_head(framed, fitted["vertices"], float(fitted["scale"]), away)
    write_image(before_after, draw_before_after(portrait, complete, photo_texture, framed))


def view_name(view: View) -> str:
    """File name of a view, as in ``view_e+00_a-30.png``: elevation and azimuth in degrees."""
    # Adding zero turns -0.0 into 0.0.
    return f"view_e{view.elevation + 0.0:+03g}_a{view.azimuth + 0.0:+03g}.png"


def _textures(texture: Path, large: Path, known: Path) -> tuple[np.ndarray, np.ndarray]:
    """The complete texture (S, S, 3), and the photo's (S, S, 4) as ``draw_before_after`` has it."""
    complete, lifted, mask = read_image(texture), read_image(large), read_mask(known)
    size = len(complete)
    for path, shape in ((texture, complete.shape), (large, lifted.shape), (known, mask.shape)):
        if shape[:2] != (size, size):
            raise InputError(
                f"{path}: {shape[1]} x {shape[0]} texels, where {texture} has a side of {size}; "
                "textures and masks must be square and of one size"
            )
    weight = mask[..., None].astype(np.float32)
    return complete, np.concatenate([lifted * weight, weight], 2)
