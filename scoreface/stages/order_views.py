"""Write the views in the order in which they are inpainted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.settings import key

VERSION = "1"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    elevations, azimuths: degrees; there is one view for each pair.
    start: see :func:`scoreface.geometry.views.order_views`.
    """

    elevations: tuple[float, ...] = key("views.elevations")
    azimuths: tuple[float, ...] = key("views.azimuths")
    start: str = key("views.start")


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    axis_angle: npy (3,), the head's global rotation in radians.
    """

    axis_angle: Path


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: JSON, one entry a view.
    """

    out: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Sort the views.

    Raises:
        InputError: the rotation is missing or damaged.
    """
    from scoreface.base.angles import read_axis_angle
    from scoreface.base.files import write_json
    from scoreface.geometry.views import order_views, view_grid

    grid = view_grid(settings.elevations, settings.azimuths)
    views = [
        {"elevation": view.elevation, "azimuth": view.azimuth, "distance": round(angle, 4)}
        for view, angle in order_views(grid, read_axis_angle(inputs.axis_angle), settings.start)
    ]
    write_json(outputs.out, views)
