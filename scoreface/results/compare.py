"""A photo and its head in one framing, as the fit sees the head in there: same lens, same pose."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from PIL import Image

from scoreface.geometry.camera import Camera, OrthographicCamera, PerspectiveCamera, WindowCamera
from scoreface.geometry.fitted import FittedHead
from scoreface.geometry.mesh import Mesh
from scoreface.results.display import PAPER, SUPERSAMPLING, Snapshot, Studio, reduced
from scoreface.results.missing import photo_alone

#: Pixels along a side.
SIZE = 512


class Comparison(NamedTuple):
    """Three pictures (SIZE, SIZE, 3) uint8: the photo, the head with its texels only, and the complete head."""

    photo: np.ndarray
    incomplete: np.ndarray
    complete: np.ndarray


class Square(NamedTuple):
    """A square of a photo's pixels."""

    left: int
    top: int
    side: int


def compare(
    studio: Studio,
    head: FittedHead,
    photo: np.ndarray,
    complete: np.ndarray,
    photo_texture: np.ndarray,
) -> Comparison:
    """Draw a photo's head over the photo.

    The head has the mouth that it has in the photo. Of another fitter's head it is not known where it is in the photo:
    it is drawn at its own pose before the portrait camera, and the photo's middle square beside it.

    Args:
        studio: the head and the portrait camera.
        head: as the fit left it.
        photo: (H, W, 3) uint8.
        complete, photo_texture: the two textures, see :func:`scoreface.results.render.load_textures`.

    Raises:
        InputError: the rasteriser is unknown or cannot be imported.
    """
    height, width = photo.shape[:2]
    camera: Camera
    if head.scale is None:
        side = min(height, width)
        square = Square((width - side) // 2, (height - side) // 2, side)
        camera, mesh = studio.camera, studio.mesh.normalised()
    else:
        square = square_around(head.vertices, head.scale, studio.camera, height, width)
        camera = WindowCamera(
            OrthographicCamera(head.scale),
            (height, width),
            SIZE,
            complex(square.side / SIZE),
            complex(square.left, square.top),
        )
        mesh = _in_photo(studio.mesh, head)
    snapshot = Snapshot.taken(mesh, camera, SIZE, studio.back_end)
    textures = (reduced(texture, SUPERSAMPLING * SIZE) for texture in (photo_texture, complete))
    lifted, whole = textures
    return Comparison(
        _cut(photo, square), photo_alone(lifted, snapshot), snapshot.picture(whole, PAPER)
    )


def square_around(
    vertices: np.ndarray, scale: float, camera: PerspectiveCamera, height: int, width: int
) -> Square:
    """The square that frames a head in its photo as a camera's pictures do, inside the photo.

    Args:
        vertices: (V, 3) the fit's; ``scale * vertices[:, :2]`` are pixels with y up.
        scale: pixels per mesh unit.
        camera: the pictures' camera, which sees the normalised head.
        height, width: of the photo in pixels.
    """
    centre = vertices.mean(0)
    extent = np.abs(vertices - centre).max()
    half = scale * extent * camera.distance * np.tan(np.radians(camera.field_of_view) / 2)
    side = min(max(round(2 * half), 1), height, width)
    left = round(np.clip(scale * centre[0] - side / 2, 0, width - side))
    top = round(np.clip(height - scale * centre[1] - side / 2, 0, height - side))
    return Square(left, top, side)


def _in_photo(mesh: Mesh, head: FittedHead) -> Mesh:
    """The head as it is in its photo, its mouth open where it was."""
    opened = head.vertices if head.open_vertices is None else head.open_vertices
    return replace(mesh, vertices=opened)


def _cut(photo: np.ndarray, square: Square) -> np.ndarray:
    left, top, side = square
    cut = Image.fromarray(photo[top : top + side, left : left + side])
    return np.array(cut.resize((SIZE, SIZE), Image.Resampling.LANCZOS))
