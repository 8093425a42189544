"""Render the finished head: frontal, at several angles, as a turntable, beside its photo, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scoreface.base.command import option
from scoreface.base.errors import InputError
from scoreface.base.settings import key
from scoreface.geometry.settings import LensSettings

if TYPE_CHECKING:
    import numpy as np

    from scoreface.results.display import Studio

VERSION = "3"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    camera: of the pictures.
    rasteriser: as the pipeline's.
    size: pixels along a side of the frontal pictures and the views.
    elevations, azimuths: of the views, degrees; there is one view for each pair.
    turntable_frames: frames of the turntable, at least 2.
    aligned: whether the frontal picture and the views come aligned for face recognition, too.
    engine: of the fit; only FLAME's landmarks are known.
    """

    camera: LensSettings
    rasteriser: str = key("camera.rasteriser", borrowed=True)
    size: int = key("render.size")
    elevations: tuple[float, ...] = key("render.elevations")
    azimuths: tuple[float, ...] = key("render.azimuths")
    turntable_frames: int = key("render.turntable_frames")
    aligned: bool = key("render.aligned")
    engine: str = key("fit.engine", borrowed=True)

    def __post_init__(self) -> None:
        if self.turntable_frames < 2:
            raise InputError(
                f"render.turntable_frames: {self.turntable_frames} is too few; give 2 or more"
            )
        if not self.aligned:
            return
        if self.engine != "flame":
            raise InputError(
                f"render.aligned: where the landmarks of a head are is not known with fit.engine: {self.engine}; "
                "set it to false, or fit.engine to flame"
            )
        behind = [f"{angle:g}" for angle in (*self.elevations, *self.azimuths) if abs(angle) > 90]
        if behind:
            raise InputError(
                f"render.aligned: a view at {behind[0]} degrees shows no face that could be aligned; leave it out of "
                "render.elevations and render.azimuths, or set it to false"
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
    landmark_embedding: where the landmarks are on FLAME's surface, for aligned pictures.
    """

    mesh: Path
    axis_angle: Path
    texture: Path
    large: Path
    known: Path
    photo: Path
    fit: Path
    landmark_embedding: Path | None = option("FLAME's landmark embedding, a pickle", None)


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    frontal: PNG.
    frontal_photo: PNG, the frontal picture with the photo's texels only.
    views_dir: folder for the views, named by :func:`scoreface.results.render.view_name`.
    turntable, turntable_webp: GIF and WebP.
    before_after: PNG.
    compare_dir: folder for ``photo.png``, ``incomplete.png`` and ``complete.png``, which have one framing.
    aligned_dir: folder for ``frontal.png`` and the views, aligned.
    """

    frontal: Path
    frontal_photo: Path
    views_dir: Path
    turntable: Path
    turntable_webp: Path
    before_after: Path
    compare_dir: Path
    aligned_dir: Path | None = option("folder for the aligned pictures", None)


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Draw the pictures.

    The frontal pictures and the views, which go to networks, have a black background as the pipeline's own views have;
    the others, which people look at, a light one.

    Raises:
        InputError: a file is missing or damaged, the textures' sizes differ, or the rasteriser is unknown.
    """
    from scoreface.base.arrays import read_image, write_image
    from scoreface.geometry.fitted import load_fit
    from scoreface.results.before_after import draw_before_after
    from scoreface.results.compare import compare
    from scoreface.results.render import load_studio, load_textures
    from scoreface.results.turntable import write_turntable

    studio = load_studio(inputs.mesh, inputs.axis_angle, settings.camera, settings.rasteriser)
    complete, photo_texture = load_textures(studio.mesh, inputs.texture, inputs.large, inputs.known)
    _write_views(studio, complete, photo_texture, outputs, settings)
    if settings.aligned:
        _write_aligned(studio, complete, inputs, outputs, settings)
    write_turntable(
        studio, complete, settings.turntable_frames, outputs.turntable, outputs.turntable_webp
    )
    head, photo = load_fit(inputs.fit), read_image(inputs.photo)
    compared = compare(studio, head, photo, complete, photo_texture)
    for name, picture in compared._asdict().items():
        write_image(outputs.compare_dir / f"{name}.png", picture)
    drawn = draw_before_after(studio, complete, photo_texture, compared)
    write_image(outputs.before_after, drawn)


def _write_views(
    studio: Studio,
    complete: np.ndarray,
    photo_texture: np.ndarray,
    outputs: Outputs,
    settings: Settings,
) -> None:
    from scoreface.base.arrays import write_image
    from scoreface.geometry.views import View, view_grid
    from scoreface.results.display import BLACK, SUPERSAMPLING, reduced
    from scoreface.results.render import view_name

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


def _write_aligned(
    studio: Studio, complete: np.ndarray, inputs: Inputs, outputs: Outputs, settings: Settings
) -> None:
    """Write the aligned pictures.

    Raises:
        InputError: the embedding is not given, missing, or of another head.
    """
    from scoreface.base.arrays import write_image
    from scoreface.fitting.flame import load_embedding
    from scoreface.geometry.views import View, view_grid
    from scoreface.results.aligned import draw_aligned
    from scoreface.results.render import view_name

    if inputs.landmark_embedding is None or outputs.aligned_dir is None:
        raise InputError("render.aligned: give --landmark-embedding and --aligned-dir")
    embedding = load_embedding(str(inputs.landmark_embedding), len(studio.mesh.faces))
    pictures = {view_name(view): view for view in view_grid(settings.elevations, settings.azimuths)}
    for name, view in {"frontal.png": View(0, 0), **pictures}.items():
        write_image(outputs.aligned_dir / name, draw_aligned(studio, complete, view, embedding))
