"""Write the finished head as OBJ and GLB."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

VERSION = "1"


@dataclass(frozen=True)
class Settings:
    """None."""


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    mesh: OBJ of the fitted head.
    axis_angle: npy (3,), its global rotation in radians, which is undone.
    texture: the complete texture, (S, S, 3).
    """

    mesh: Path
    axis_angle: Path
    texture: Path


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    obj: OBJ; its material goes beside it.
    glb: GLB with the texture inside.
    """

    obj: Path
    glb: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Write the upright head.

    Raises:
        InputError: a file is missing or damaged, or the mesh is no triangle mesh with UVs.
    """
    from scoreface.base.angles import read_axis_angle
    from scoreface.base.arrays import read_image
    from scoreface.geometry.mesh import load_head
    from scoreface.results.export import upright, write_glb, write_obj

    head = upright(load_head(inputs.mesh), read_axis_angle(inputs.axis_angle))
    write_obj(head, inputs.texture, outputs.obj)
    write_glb(head, read_image(inputs.texture), outputs.glb)
