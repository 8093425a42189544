"""Write the finished head for other programs: OBJ, GLB, both in a zip, and a script for the page's viewer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

VERSION = "2"


@dataclass(frozen=True)
class Settings:
    """None."""


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    id: of the face.
    mesh: OBJ of the fitted head.
    axis_angle: npy (3,), its global rotation in radians, which is undone.
    texture: the complete texture, (S, S, 3).
    provenance: where each of its texels comes from.
    large: the photo lifted to the texture.
    known: its mask, white where the photo shows the texel.
    """

    id: str
    mesh: Path
    axis_angle: Path
    texture: Path
    provenance: Path
    large: Path
    known: Path


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    obj: OBJ; its material goes beside it.
    glb: GLB with the textures inside.
    zip: OBJ, its material, its texture, the provenance and the GLB.
    script: for the page's viewer.
    """

    obj: Path
    glb: Path
    zip: Path
    script: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Write the upright head.

    Raises:
        InputError: a file is missing or damaged, the textures' sizes differ, or the mesh is no triangle mesh with UVs.
    """
    import numpy as np

    from scoreface.base.angles import read_axis_angle
    from scoreface.base.arrays import read_labels, read_palette
    from scoreface.geometry.mesh import load_head
    from scoreface.results.export import upright, write_obj, write_zip
    from scoreface.results.glb import extras_of, write_glb
    from scoreface.results.head_script import write_head_script
    from scoreface.results.render import load_textures
    from scoreface.texture.chart import padded
    from scoreface.texture.layout import make_layout

    mesh = load_head(inputs.mesh)
    head = upright(mesh, read_axis_angle(inputs.axis_angle))
    complete, photo_texture = load_textures(mesh, inputs.texture, inputs.large, inputs.known)
    labels = read_labels(inputs.provenance)
    colours = np.array(read_palette(inputs.provenance), np.uint8).reshape(-1, 3)[labels]
    chart = make_layout(mesh.vt, mesh.ft, mesh.faces, len(labels)).chart
    provenance = padded(colours, chart)
    write_obj(head, inputs.texture, outputs.obj)
    write_glb(head, complete, provenance, extras_of(inputs.id, labels), outputs.glb)
    material = outputs.obj.with_suffix(".mtl")
    packed = (outputs.obj, material, inputs.texture, inputs.provenance, outputs.glb)
    write_zip(packed, outputs.zip)
    write_head_script(inputs.id, head, complete, photo_texture, provenance, outputs.script)
