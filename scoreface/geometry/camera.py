"""Cameras: where a pixel's ray starts and goes, and where a point lands in the picture.

Right-handed coordinates, y up; both cameras look down -z. Pixel (row i, column j) has its centre at x = j + 0.5,
y = i + 0.5, y growing downwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

# Height of an orthographic ray's origin over z = 0: beyond any head in metres, near enough for float32 rays.
_ORTHOGRAPHIC_ORIGIN = 10.0


class Camera(Protocol):
    """What a rasteriser asks of a camera."""

    def rays(self, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
        """Origins and unit directions of the pixels' rays, each (height * width, 3), row by row."""
        ...

    def project(self, points: np.ndarray, height: int, width: int) -> np.ndarray:
        """Pixel x, y (down) and depth of ``points`` (N, 3), as (N, 3)."""
        ...


def _pixel_centres(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.mgrid[0:height, 0:width]
    return columns.ravel() + 0.5, rows.ravel() + 0.5


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
        x, y = _pixel_centres(height, width)
        focal = self._focal(height)
        directions = np.stack([x - width / 2, height / 2 - y, np.full_like(x, -focal)], 1)
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        return np.broadcast_to([0.0, 0.0, self.distance], directions.shape), directions

    def project(self, points: np.ndarray, height: int, width: int) -> np.ndarray:
        """See :meth:`Camera.project`."""
        depth = self.distance - points[:, 2]
        pixels = self._focal(height) * points[:, :2] / depth[:, None]
        return np.stack([width / 2 + pixels[:, 0], height / 2 - pixels[:, 1], depth], 1)


@dataclass(frozen=True)
class OrthographicCamera:
    """The fit's scaled-orthographic camera; x = 0 is the left edge of the picture, y = 0 the bottom edge.

    Args:
        scale: pixels per mesh unit.
    """

    scale: float

    def rays(self, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
        """See :meth:`Camera.rays`."""
        x, y = _pixel_centres(height, width)
        far = np.full_like(x, _ORTHOGRAPHIC_ORIGIN)
        origins = np.stack([x / self.scale, (height - y) / self.scale, far], 1)
        return origins, np.broadcast_to([0.0, 0.0, -1.0], origins.shape)

    def project(self, points: np.ndarray, height: int, width: int) -> np.ndarray:
        """See :meth:`Camera.project`."""
        pixels = self.scale * points[:, :2]
        depth = _ORTHOGRAPHIC_ORIGIN - points[:, 2]
        return np.stack([pixels[:, 0], height - pixels[:, 1], depth], 1)
