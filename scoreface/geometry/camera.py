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
        x = np.arange(width) + 0.5 - width / 2
        y = height / 2 - (np.arange(height) + 0.5)[:, None]
        focal = self._focal(height)
        length = np.sqrt(x**2 + y**2 + focal**2)
        directions = np.stack([x / length, y / length, -focal / length], 2).reshape(-1, 3)
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
        x = (np.arange(width) + 0.5) / self.scale
        y = (height - (np.arange(height) + 0.5)) / self.scale
        origins = np.full((height, width, 3), _ORTHOGRAPHIC_ORIGIN)
        origins[..., 0], origins[..., 1] = x, y[:, None]
        return origins.reshape(-1, 3), np.broadcast_to([0.0, 0.0, -1.0], (height * width, 3))

    def project(self, points: np.ndarray, height: int, width: int) -> np.ndarray:
        """See :meth:`Camera.project`."""
        pixels = self.scale * points[:, :2]
        depth = _ORTHOGRAPHIC_ORIGIN - points[:, 2]
        return np.stack([pixels[:, 0], height - pixels[:, 1], depth], 1)
