"""Render the finished head: frontal, at several angles, as a turntable, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.errors import InputError
from scoreface.base.settings import key
from scoreface.geometry.settings import CameraSettings

VERSION = "2"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    camera: of the pictures.
    size: pixels along a side of the frontal pictures and the views.
    elevations, azimuths: of the views, degrees; there is one view for each pair.
    turntable_frames: frames of the turntable, at least 2.
    """

    camera: CameraSettings
    size: int = key("render.size")
    elevations: tuple[float, ...] = key("render.elevations")
    azimuths: tuple[float, ...] = key("render.azimuths")
    turntable_frames: int = key("render.turntable_frames")

    def __post_init__(self) -> None:
        if self.turntable_frames < 2:
            raise InputError(
                f"render.turntable_frames: {self.turntable_frames} is too few; give 2 or more"
            )


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    mesh: OBJ of the fitted head.
    axis_angle: npy (3,), its global rotation in radians.
    texture: the complete texture.
    large: the photo lifted to the texture.
    known: its mask, white where the photo shows the texel.
    photo: the photo that was fitted.
    fit: npz of the fit, with ``vertices`` and, unless it is another fitter's, ``scale``.
    """

    mesh: Path
    axis_angle: Path
    texture: Path
    large: Path
    known: Path
    photo: Path
    fit: Path


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    frontal: PNG.
    frontal_photo: PNG, the frontal picture with the photo's texels only.
    views_dir: folder for the views, named by :func:`scoreface.results.render.view_name`.
    turntable: GIF.
    before_after: PNG.
    """

    frontal: Path
    frontal_photo: Path
    views_dir: Path
    turntable: Path
    before_after: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Draw the pictures.

    The frontal pictures and the views, which go to networks, have a black background as the pipeline's own views have;
    the turntable and the before-and-after picture, which people look at, a light one, and show the whole head.

    Raises:
        InputError: a file is missing or damaged, the textures' sizes differ, or the rasteriser is unknown.
    """
    from scoreface.base.arrays import read_image, write_image
    from scoreface.geometry.fitted import load_fit
    from scoreface.geometry.views import View, view_grid
    from scoreface.results.before_after import crop_to_head, draw_before_after
    from scoreface.results.display import BLACK, SUPERSAMPLING, reduced
    from scoreface.results.render import load_studio, load_textures, stepped_back, view_name
    from scoreface.results.turntable import write_turntable

    studio = load_studio(inputs.mesh, inputs.axis_angle, settings.camera)
    portrait = stepped_back(studio)
    complete, photo_texture = load_textures(studio.mesh, inputs.texture, inputs.large, inputs.known)

    front, grid = View(0, 0), view_grid(settings.elevations, settings.azimuths)
    sharp = reduced(complete, SUPERSAMPLING * settings.size)
    # The frontal view is usually one of the grid's.
    for view in dict.fromkeys([front, *grid]):
        snapshot = studio.snapshot(view, settings.size)
        picture = snapshot.picture(sharp, BLACK)
        if view in grid:
            write_image(outputs.views_dir / view_name(view), picture)
        if view == front:
            write_image(outputs.frontal, picture)
            alone = snapshot.picture(photo_texture[..., :3], BLACK)
            write_image(outputs.frontal_photo, alone)
    write_turntable(portrait, complete, settings.turntable_frames, outputs.turntable)
    framed = read_image(inputs.photo)
    head = load_fit(inputs.fit)
    # Another fitter's camera is not known: its photos are shown whole.
    if head.scale is not None:
        framed = crop_to_head(framed, head.vertices, head.scale, portrait.camera)
    write_image(outputs.before_after, draw_before_after(portrait, complete, photo_texture, framed))
