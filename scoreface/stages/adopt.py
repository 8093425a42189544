"""Take another fitter's head, texture and rotation in place of the fit and project stages.

A face whose files cannot be used is rejected, as the fit rejects a photo: a reason in its record, and exit status 0.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scoreface.base.errors import InputError
from scoreface.base.settings import key

if TYPE_CHECKING:
    import numpy as np

VERSION = "2"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    max_pixels: largest number of pixels of a photo.
    size: texels along a side of the texture.
    """

    max_pixels: int = key("fit.max_pixels", borrowed=True)
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
    """What fit and project would leave; of a rejected face, the mesh, the rotation and the textures are empty files.

    Attributes:
        record: JSON with status, reason and angles.
        fit: npz with the head; of a rejected face with nothing but the status.
        photo: the photo, upright and in RGB.
        mesh: OBJ; its material goes beside it.
        axis_angle: npy (3,), the head's global rotation in radians.
        texture: the photo's texels.
        seen: their mask.
        texel_labels, regions: what is known of each texel: nothing.
    """

    record: Path
    fit: Path
    photo: Path
    mesh: Path
    axis_angle: Path
    texture: Path
    seen: Path
    texel_labels: Path
    regions: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Read the fitter's files and write them as the fit's own.

    Raises:
        InputError: a file is missing, a disk fails, or what is made cannot be written.
    """
    import numpy as np

    from scoreface.base.angles import head_angles
    from scoreface.base.arrays import write_image, write_npz
    from scoreface.base.files import atomic, write_json
    from scoreface.base.photo import load_photo
    from scoreface.geometry.mesh import save_obj
    from scoreface.texture.adopt import adopt
    from scoreface.texture.carried import nothing, write_carried

    _check_there(inputs)
    photo = None
    try:
        photo = load_photo(str(inputs.image), settings.max_pixels)
        mesh, texture, seen, rotation = adopt(
            inputs.fitted_mesh, inputs.fitted_texture, inputs.fitted_axis_angle, settings.size
        )
    except InputError as error:
        _reject(outputs, photo, str(error))
        return
    except OSError as error:
        raise InputError(f"{error.filename or inputs.image}: {error.strerror or error}") from error
    except MemoryError:
        reason = f"{inputs.image}, or the head's texture, ran out of memory; run fewer jobs at once"
        _reject(outputs, photo, reason)
        return
    save_obj(mesh, outputs.mesh, "../texture/photo.png")
    with atomic(outputs.axis_angle) as temporary:
        np.save(temporary, rotation)
    write_image(outputs.texture, texture)
    write_image(outputs.seen, seen)
    write_carried(nothing(settings.size), outputs.texel_labels, outputs.regions)
    write_image(outputs.photo, photo)
    write_npz(outputs.fit, vertices=mesh.vertices, faces=mesh.faces, axis_angle=rotation)
    record = {"status": "accepted", "reason": None, **head_angles(rotation)}
    write_json(outputs.record, {**record, "reprojection_error": None})


def _check_there(inputs: Inputs) -> None:
    """A missing file is no fault of the face's.

    Raises:
        InputError: one is missing.
    """
    for path in vars(inputs).values():
        if not path.exists():
            raise InputError(f"{path}: no such file; see fit.external and images")


def _reject(outputs: Outputs, photo: np.ndarray | None, reason: str) -> None:
    """Write all files, the record last, with the reason where there would be angles."""
    import numpy as np

    from scoreface.base.arrays import write_image, write_npz
    from scoreface.base.files import write_json, write_text
    from scoreface.fitting.overlay import draw_card

    print(f"rejected: {reason}", file=sys.stderr)
    material = outputs.mesh.with_suffix(".mtl")
    pictures = outputs.texture, outputs.seen, outputs.texel_labels, outputs.regions
    for path in (outputs.mesh, material, outputs.axis_angle, *pictures):
        write_text(path, "")
    write_image(outputs.photo, np.array(draw_card(reason)) if photo is None else photo)
    write_npz(outputs.fit, status="rejected")
    unknown = dict.fromkeys(("yaw", "pitch", "roll", "reprojection_error"))
    write_json(outputs.record, {"status": "rejected", "reason": reason, **unknown})
