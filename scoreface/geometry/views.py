"""The views to inpaint: a grid of elevations and azimuths, and the order in which they are visited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from scoreface.base.errors import InputError
from scoreface.geometry.mesh import Mesh

STARTS = ("photo", "published", "front", "none")


@dataclass(frozen=True)
class View:
    """A view of the head.

    Attributes:
        elevation: degrees; positive sees the head from above.
        azimuth: degrees; positive sees it from its left side (+x).
        roll: degrees; positive tilts the head counter-clockwise in the picture.
    """

    elevation: float
    azimuth: float
    roll: float = 0.0

    @classmethod
    def of_head(cls, yaw: float, pitch: float, roll: float) -> View:
        """The view in which a head has some angles in degrees: see :func:`scoreface.base.angles.head_angles`."""
        return cls(pitch, -yaw, roll)

    @property
    def angles_of_head(self) -> tuple[float, float, float]:
        """Yaw, pitch and roll of a head that is seen so: what :meth:`of_head` was given."""
        return -self.azimuth, self.elevation, self.roll

    def rotation(self) -> Rotation:
        """What turns a frontal head so that a camera on +z sees this view: about z, then about x, then about y."""
        angles = [self.roll, self.elevation, -self.azimuth]
        return Rotation.from_euler("zxy", angles, degrees=True)


def view_grid(elevations: Sequence[float], azimuths: Sequence[float]) -> list[View]:
    """Every pair of the given elevations and azimuths (paper section 4.2)."""
    return [View(float(e), float(a)) for e in elevations for a in azimuths]


def order_views(
    views: Sequence[View], axis_angle: np.ndarray, start: str = "photo"
) -> list[tuple[View, float]]:
    """Sort views by the angle between the view's orientation and that of the start (paper section 4.2).

    Args:
        views: the views.
        axis_angle: (3,) global rotation of the fitted head in radians.
        start: ``photo`` compares the head's orientation as each view's camera sees it with that in the photo;
            ``published`` is the same in the thesis' code, which takes the elevation with the opposite sign, to
            reproduce its runs; ``front`` compares with the frontal view; ``none`` leaves the views unsorted.

    Returns:
        (view, angle in degrees) in ascending angle, equal angles in the order of ``views``; with ``none`` all are in
        that order, and the angles are those to the photo.

    Raises:
        InputError: unknown ``start``.
    """
    if start not in STARTS:
        raise InputError(f"views.start: {start!r} is none of {', '.join(STARTS)}")
    first = Rotation.identity() if start == "front" else Rotation.from_rotvec(axis_angle)

    def angle(view: View) -> float:
        if start == "published":
            view = View(-view.elevation, view.azimuth)
        seen = view.rotation()
        # Rounded so that views at equal angles tie in spite of floating-point noise.
        return round(float(np.degrees((first * seen.inv()).magnitude())), 6)

    measured = [(view, angle(view)) for view in views]
    return measured if start == "none" else sorted(measured, key=lambda pair: pair[1])


def frontal(mesh: Mesh, axis_angle: np.ndarray) -> np.ndarray:
    """Vertices (V, 3) of the normalised head with the photo's global rotation ``axis_angle`` (3,) undone."""
    return Rotation.from_rotvec(axis_angle).inv().apply(mesh.normalised().vertices)
