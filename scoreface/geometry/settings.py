"""The cameras' keys of the configuration."""

from __future__ import annotations

from dataclasses import dataclass

from scoreface.base.settings import key


@dataclass(frozen=True)
class CameraSettings:
    """The camera of the pipeline's views.

    Attributes:
        field_of_view: vertical, degrees.
        distance: from the head's centre, in units of its extent from there.
        rasteriser: back end, ``auto``, ``embree`` or ``pytorch3d``.
    """

    field_of_view: float = key("camera.field_of_view")
    distance: float = key("camera.distance")
    rasteriser: str = key("camera.rasteriser")


@dataclass(frozen=True)
class LensSettings:
    """The camera of the pictures for people and for face-recognition networks.

    Attributes:
        field_of_view: vertical, degrees.
        distance: as the other camera's, or ``auto``, see :func:`scoreface.geometry.camera.portrait_camera`.
    """

    field_of_view: float = key("render.camera.field_of_view")
    distance: int | float | str = key("render.camera.distance")
