"""Cameras: where a pixel's ray starts and goes, and where a point lands in the picture.

Right-handed coordinates, y up; the cameras look down -z. Pixel (row i, column j) has its centre at x = j + 0.5,
y = i + 0.5, y growing downwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

# So much further away than where it would just do the portrait's camera is.
_MARGIN = 1.04
# Height of an orthographic ray's origin over z = 0: beyond any head in metres, near enough for float32 rays.
_ORTHOGRAPHIC_ORIGIN = 10.0


class Camera(Protocol):
    """What a rasteriser asks of a camera."""

    def rays(self, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
        """Origins and unit directions of the pixels' rays, each (height * width, 3), row by row."""
        ...

    def rays_at(
        self, x: np.ndarray, y: np.ndarray, height: int, width: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The same of any points of the picture, of x and y that broadcast to N points."""
        ...

    def project(self, points: np.ndarray, height: int, width: int) -> np.ndarray:
        """Pixel x, y (down) and depth of ``points`` (N, 3), as (N, 3)."""
        ...


@dataclass(frozen=True)
class PerspectiveCamera:
    """A perspective camera on +z that looks at the origin.

    Args:
        distance: from the origin, in the units of the (normalised) mesh.
        field_of_view: vertical, in degrees.
    """

    distance: float = 1.2
    field_of_view: float = 60.0

    def _focal(self, height: int) -> float:
        """Focal length in pixels."""
        return 0.5 * height / np.tan(np.radians(self.field_of_view) / 2)

    def rays(self, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
        """See :meth:`Camera.rays`."""
        return self.rays_at(*_centres(height, width), height, width)

    def rays_at(
        self, x: np.ndarray, y: np.ndarray, height: int, width: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """See :meth:`Camera.rays_at`."""
        x, y = x - width / 2, height / 2 - y
        focal = self._focal(height)
        length = np.sqrt(x**2 + y**2 + focal**2)
        directions = np.stack([x / length, y / length, -focal / length], 2).reshape(-1, 3)
        return np.broadcast_to([0.0, 0.0, self.distance], directions.shape), directions

    def project(self, points: np.ndarray, height: int, width: int) -> np.ndarray:
        """See :meth:`Camera.project`."""
        depth = self.distance - points[:, 2]
        pixels = self._focal(height) * points[:, :2] / depth[:, None]
        return np.stack([width / 2 + pixels[:, 0], height / 2 - pixels[:, 1], depth], 1)


def portrait_camera(
    vertices: np.ndarray, field_of_view: float, distance: float | str
) -> PerspectiveCamera:
    """The camera that takes the pictures for people and for face-recognition networks.

    Args:
        vertices: (V, 3) of the normalised upright head.
        field_of_view: vertical, in degrees.
        distance: from the head's centre, or ``auto``: so near that all that is above the centre just lies in the
            picture, from whatever side it is looked at. So do FLAME's crown, ears and chin; its neck is cut off, as in
            photos of faces.
    """
    if isinstance(distance, str):
        half = np.radians(field_of_view) / 2
        x, y, z = vertices[vertices[:, 1] >= 0].T
        around = np.hypot(x, z)
        # Turned about the vertical, a vertex comes as near to the camera as it is far from the axis.
        least = np.maximum(around + y / np.tan(half), around / np.sin(half)).max()
        distance = float(_MARGIN * least)
    return PerspectiveCamera(distance, field_of_view)


@dataclass(frozen=True)
class OrthographicCamera:
    """The fit's scaled-orthographic camera; x = 0 is the left edge of the picture, y = 0 the bottom edge.

    Args:
        scale: pixels per mesh unit.
    """

    scale: float

    def rays(self, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
        """See :meth:`Camera.rays`."""
        return self.rays_at(*_centres(height, width), height, width)

    def rays_at(
        self, x: np.ndarray, y: np.ndarray, height: int, width: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """See :meth:`Camera.rays_at`."""
        origins = np.full((*np.broadcast_shapes(x.shape, y.shape), 3), _ORTHOGRAPHIC_ORIGIN)
        origins[..., 0], origins[..., 1] = x / self.scale, (height - y) / self.scale
        origins = origins.reshape(-1, 3)
        return origins, np.broadcast_to([0.0, 0.0, -1.0], origins.shape)

    def project(self, points: np.ndarray, height: int, width: int) -> np.ndarray:
        """See :meth:`Camera.project`."""
        pixels = self.scale * points[:, :2]
        depth = _ORTHOGRAPHIC_ORIGIN - points[:, 2]
        return np.stack([pixels[:, 0], height - pixels[:, 1], depth], 1)


@dataclass(frozen=True)
class WindowCamera:
    """A camera looked through at a part of its picture, turned and enlarged: its rays, not its pixels, are taken.

    Pixel z = x + iy of the window shows the point turn * z + shift of the camera's picture.

    Args:
        camera: the camera.
        picture: height and width of its picture in pixels.
        side: of the window, in pixels; a raster of another size divides the same square more or less finely.
        turn: how far a pixel's side is turned and how long it is.
        shift: where the window's upper left corner lies.
    """

    camera: Camera
    picture: tuple[int, int]
    side: int
    turn: complex
    shift: complex

    def rays(self, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
        """See :meth:`Camera.rays`."""
        return self.rays_at(*_centres(height, width), height, width)

    def rays_at(
        self, x: np.ndarray, y: np.ndarray, height: int, width: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """See :meth:`Camera.rays_at`."""
        point = self.turn * (x + 1j * y) * self.side / height + self.shift
        return self.camera.rays_at(point.real, point.imag, *self.picture)

    def project(self, points: np.ndarray, height: int, width: int) -> np.ndarray:
        """See :meth:`Camera.project`."""
        x, y, depth = self.camera.project(points, *self.picture).T
        pixel = (x + 1j * y - self.shift) / self.turn * height / self.side
        return np.stack([pixel.real, pixel.imag, depth], 1)


def _centres(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The pixels' centres: x of the columns, y (H, 1) of the rows."""
    return np.arange(width) + 0.5, (np.arange(height) + 0.5)[:, None]
