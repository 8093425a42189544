"""Lift the photo onto the texture, and write the head as a mesh with UVs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.settings import key

VERSION = "1"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    size: texels along a side of the texture.
    parser: name of the engine in :data:`scoreface.parse.engines.ENGINES`.
    occlusion, sampling, min_cosine: see :func:`scoreface.texture.project.lift_photo`.
    """

    size: int = key("texture.large")
    parser: str = key("parse.engine")
    occlusion: str = key("project.occlusion")
    sampling: str = key("project.sampling")
    min_cosine: float = key("project.min_cosine")


@dataclass(frozen=True)
class Inputs:
    """The fit's photo and head, and the head's UV layout."""

    photo: Path
    fit: Path
    texture_data: Path


@dataclass(frozen=True)
class Outputs:
    """The head, its rotation, the photo's texels, and which of them the photo shows."""

    mesh: Path
    axis_angle: Path
    texture: Path
    seen: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Lift the photo.

    Raises:
        InputError: a file is missing or damaged, or the photo shows no texel of the head.
    """
    import numpy as np

    from scoreface.base.arrays import read_image, write_image
    from scoreface.base.errors import InputError
    from scoreface.base.files import atomic
    from scoreface.geometry.fitted import load_fit
    from scoreface.geometry.mesh import Mesh, save_obj
    from scoreface.parse.engines import make_parser
    from scoreface.texture.layout import load_layout
    from scoreface.texture.project import lift_photo

    head = load_fit(inputs.fit)
    layout = load_layout(inputs.texture_data, settings.size, head.faces)
    photo = read_image(inputs.photo)
    texture, seen = lift_photo(
        photo,
        head.vertices,
        head.faces,
        head.known_scale,
        layout,
        settings.occlusion,
        settings.sampling,
        settings.min_cosine,
        make_parser(settings.parser).parse(photo),
    )
    if not seen.any():
        raise InputError(f"{inputs.fit}: the photo shows no texel of the head; look at overlay.png")
    mesh = Mesh(head.vertices, head.faces, layout.vt, layout.ft)
    save_obj(mesh, outputs.mesh, "../texture/photo.png")
    with atomic(outputs.axis_angle) as temporary:
        np.save(temporary, head.axis_angle)
    write_image(outputs.texture, texture)
    write_image(outputs.seen, seen)
