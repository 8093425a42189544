"""Take another fitter's head, texture and rotation in place of the fit and project stages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.settings import key

VERSION = "1"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    size: texels along a side of the texture.
    """

    size: int = key("texture.large", borrowed=True)


@dataclass(frozen=True)
class Inputs:
    """The photo, and the fitter's three files; see :func:`scoreface.texture.adopt.adopt`."""

    image: Path
    fitted_mesh: Path
    fitted_texture: Path
    fitted_axis_angle: Path


@dataclass(frozen=True)
class Outputs:
    """What fit and project would leave."""

    record: Path
    fit: Path
    photo: Path
    mesh: Path
    axis_angle: Path
    texture: Path
    seen: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Read the fitter's files and write them as the fit's own.

    Raises:
        InputError: a file is missing or not of its kind.
    """
    import numpy as np

    from scoreface.base.angles import head_angles
    from scoreface.base.arrays import read_image, write_image, write_npz
    from scoreface.base.files import atomic, write_json
    from scoreface.geometry.mesh import save_obj
    from scoreface.texture.adopt import adopt

    photo = read_image(inputs.image)
    mesh, texture, seen, rotation = adopt(
        inputs.fitted_mesh, inputs.fitted_texture, inputs.fitted_axis_angle, settings.size
    )
    save_obj(mesh, outputs.mesh, "../texture/photo.png")
    with atomic(outputs.axis_angle) as temporary:
        np.save(temporary, rotation)
    write_image(outputs.texture, texture)
    write_image(outputs.seen, seen)
    write_image(outputs.photo, photo)
    write_npz(outputs.fit, vertices=mesh.vertices, faces=mesh.faces, axis_angle=rotation)
    record = {"status": "accepted", "reason": None, **head_angles(rotation)}
    write_json(outputs.record, {**record, "reprojection_error": None})
