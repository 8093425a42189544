"""Lift the photo onto the texture, and write the head as a mesh with UVs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scoreface.base.settings import key

if TYPE_CHECKING:
    import numpy as np

    from scoreface.geometry.fitted import FittedHead
    from scoreface.texture.carried import Carried
    from scoreface.texture.layout import TextureLayout

VERSION = "3"

# How the mouth of the head is that the photo is looked up with.
MOUTHS = FITTED, CLOSED = "fitted", "closed"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    size: texels along a side of the texture.
    occlusion, sampling, min_cosine: see :func:`scoreface.texture.project.lift_photo`.
    mouth: ``fitted``, as in the photo; ``closed``, as TF_FLAME has it.
    erosion, glasses: see :func:`scoreface.texture.evidence.find_evidence`.
    """

    size: int = key("texture.large")
    occlusion: str = key("project.occlusion")
    sampling: str = key("project.sampling")
    min_cosine: float = key("project.min_cosine")
    mouth: str = key("project.mouth")
    erosion: float = key("project.erosion")
    glasses: bool = key("project.glasses")


@dataclass(frozen=True)
class Inputs:
    """The photo, the fitted head, what the photo's pixels are, and the head's UV layout."""

    photo: Path
    fit: Path
    labels: Path
    texture_data: Path


@dataclass(frozen=True)
class Outputs:
    """What the photo shows of the head.

    Attributes:
        mesh: OBJ of the head, its mouth closed; its material goes beside it.
        axis_angle: npy (3,), the head's global rotation in radians.
        texture: the photo's texels.
        seen: their mask.
        texel_labels: what the photo shows at each of them, see :mod:`scoreface.parse.labels`.
        regions: which part of the head each texel belongs to, see :mod:`scoreface.base.regions`.
    """

    mesh: Path
    axis_angle: Path
    texture: Path
    seen: Path
    texel_labels: Path
    regions: Path


@dataclass(frozen=True)
class Lifted:
    """What a photo shows of a head, S texels a side.

    Attributes:
        texture: (S, S, 3) uint8, black where not seen.
        seen: (S, S) bool.
        carried: what is known of the texels besides.
    """

    texture: np.ndarray
    seen: np.ndarray
    carried: Carried


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Lift the photo.

    Raises:
        InputError: a file is missing or damaged or not of this photo, or the photo shows no texel of the head.
    """
    import numpy as np

    from scoreface.base.arrays import read_image, read_labels, write_image
    from scoreface.base.errors import InputError
    from scoreface.base.files import atomic
    from scoreface.geometry.fitted import load_fit
    from scoreface.geometry.mesh import Mesh, save_obj
    from scoreface.texture.carried import write_carried
    from scoreface.texture.layout import load_layout

    head = load_fit(inputs.fit)
    layout = load_layout(inputs.texture_data, settings.size, head.faces)
    photo, labels = read_image(inputs.photo), read_labels(inputs.labels)
    if labels.shape != photo.shape[:2]:
        raise InputError(
            f"{inputs.labels}: the labels of another photo than {inputs.photo}; delete it and run again"
        )
    lifted = lift(photo, labels, head, layout, settings)
    if not lifted.seen.any():
        raise InputError(
            f"{inputs.fit}: the photo shows no texel of the head; look at the overlays of fit and parse"
        )
    mesh = Mesh(head.vertices, head.faces, layout.vt, layout.ft)
    save_obj(mesh, outputs.mesh, "../texture/photo.png")
    with atomic(outputs.axis_angle) as temporary:
        np.save(temporary, head.axis_angle)
    write_image(outputs.texture, lifted.texture)
    write_image(outputs.seen, lifted.seen)
    write_carried(lifted.carried, outputs.texel_labels, outputs.regions)


def lift(
    photo: np.ndarray,
    labels: np.ndarray,
    head: FittedHead,
    layout: TextureLayout,
    settings: Settings,
) -> Lifted:
    """What a photo (H, W, 3) uint8 with ``labels`` (H, W) uint8 shows of a head.

    Raises:
        InputError: the settings are unknown, or it is not known how the photo shows the head.
    """
    import numpy as np

    from scoreface.texture.carried import Carried
    from scoreface.texture.evidence import eye_distance, find_evidence, without_slivers
    from scoreface.texture.project import lift_labels, lift_photo

    shown = head.in_photo
    vertices = shown_vertices(head, settings)
    regions = layout.nearest(shown.regions).astype(np.uint8)
    distance = eye_distance(shown.landmarks)
    evidence = find_evidence(labels, regions, distance, settings.erosion, settings.glasses)
    where = settings.occlusion, settings.sampling, settings.min_cosine, evidence
    texture, seen = lift_photo(photo, vertices, head.faces, shown.scale, layout, *where)
    if labels.any():
        seen = without_slivers(seen)
        texture[~seen] = 0
    found = lift_labels(labels, vertices, shown.scale, layout, settings.sampling, seen)
    return Lifted(texture, seen, Carried(found, layout.picture(regions)))


def shown_vertices(head: FittedHead, settings: Settings) -> np.ndarray:
    """The vertices (V, 3) of a head with which the photo is looked up.

    Raises:
        InputError: the setting is unknown, or it is not known how the photo shows the head.
    """
    from scoreface.base.errors import InputError

    if settings.mouth not in MOUTHS:
        raise InputError(f"project.mouth: {settings.mouth!r} is none of {', '.join(MOUTHS)}")
    return head.in_photo.open_vertices if settings.mouth == FITTED else head.vertices
