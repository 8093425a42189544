"""The head as one self-contained GLB: the complete texture, and where each texel comes from as a second one.

glTF 2.0 has y up and metres, which are FLAME's conventions too. The second texture is a variant of the material
(``KHR_materials_variants``): viewers that know none show the first.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from PIL import Image
from trimesh.exchange.gltf import export_glb

from scoreface import __version__
from scoreface.base.files import atomic
from scoreface.geometry.mesh import Mesh
from scoreface.results.export import split_seams
from scoreface.texture.state import LEGEND, shares_of

#: Variants of the material, by their index.
VARIANTS = ("complete", "provenance")

# glTF's constants: what a piece of the buffer is for.
_ATTRIBUTES, _INDICES = 34962, 34963
# Colours are interpolated, with mipmaps; labels have no mean: the nearest counts. Neither goes on beyond the edge.
_CLAMP = {"wrapS": 33071, "wrapT": 33071}
_SAMPLERS = [
    {"magFilter": 9729, "minFilter": 9987, **_CLAMP},
    {"magFilter": 9728, "minFilter": 9728, **_CLAMP},
]


def write_glb(
    head: Mesh,
    texture: np.ndarray,
    provenance: np.ndarray,
    extras: Mapping[str, Any],
    path: Path,
) -> None:
    """Write the upright head as GLB, in the mesh's units.

    Each vertex has one UV, so vertices at UV seams are repeated: the first V vertices are the mesh's in its order, the
    copies follow.

    Args:
        head: from :func:`scoreface.results.export.upright`.
        texture: (S, S, 3) uint8, continued beyond the chart: viewers interpolate.
        provenance: (S, S, 3) uint8, the labels' colours.
        extras: what goes into the node's ``extras``; Blender shows them as custom properties.
        path: GLB to write.
    """
    sources, uv, faces = split_seams(head)
    material = trimesh.visual.material.PBRMaterial(
        name=VARIANTS[0],
        baseColorTexture=Image.fromarray(texture),
        metallicFactor=0.0,
        roughnessFactor=1.0,
        # The neck is open below: from there one sees the inside.
        doubleSided=True,
    )
    split = trimesh.Trimesh(
        head.vertices[sources],
        faces,
        # The whole mesh's normals, so that a viewer's light shows no crease along the seams.
        vertex_normals=head.vertex_normals()[sources],
        visual=trimesh.visual.TextureVisuals(uv=uv, material=material),
        process=False,
    )
    scene = trimesh.Scene()
    scene.add_geometry(split, geom_name="head", node_name="head")
    content = export_glb(
        scene,
        include_normals=True,
        buffer_postprocessor=lambda buffers, tree: _add_picture(buffers, tree, provenance),
        tree_postprocessor=lambda tree: _finish(tree, extras),
    )
    with atomic(path) as temporary:
        temporary.write_bytes(content)


def extras_of(id: str, labels: np.ndarray) -> dict[str, Any]:
    """What a head's file says of itself: whose it is, what made it, and the share of each label among (S, S) uint8."""
    shares = {LEGEND[label]: round(share, 4) for label, share in shares_of(labels).items()}
    return {"id": id, "scoreface": __version__, "provenance": shares}


def _add_picture(buffers: dict[str, bytes], tree: dict[str, Any], picture: np.ndarray) -> None:
    """Add a picture to the file, and a texture of it to the tree."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    # Each piece of the buffer begins at a multiple of four bytes.
    buffers[VARIANTS[1]] = file.getvalue() + b"\0" * (-file.tell() % 4)
    tree["images"].append({"mimeType": "image/png", "bufferView": len(buffers) - 1})
    tree["textures"].append({"source": len(tree["images"]) - 1})


def _finish(tree: dict[str, Any], extras: Mapping[str, Any]) -> None:
    """Make the second texture a variant, and ask viewers to add no light: the texture holds the photo's."""
    tree["asset"]["generator"] = f"ScoreFace {__version__}, trimesh {trimesh.__version__}"
    tree["samplers"] = _SAMPLERS
    for index, texture in enumerate(tree["textures"]):
        texture["sampler"] = index
    (complete,) = tree["materials"]
    complete["extensions"] = {"KHR_materials_unlit": {}}
    colour = complete["pbrMetallicRoughness"]
    tree["materials"].append(
        {
            **complete,
            "name": VARIANTS[1],
            "pbrMetallicRoughness": {**colour, "baseColorTexture": {"index": 1}},
        }
    )
    tree["extensionsUsed"] = ["KHR_materials_unlit", "KHR_materials_variants"]
    tree["extensions"] = {"KHR_materials_variants": {"variants": [{"name": n} for n in VARIANTS]}}
    mappings = [{"material": index, "variants": [index]} for index in range(len(VARIANTS))]
    (primitive,) = tree["meshes"][0]["primitives"]
    primitive["extensions"] = {"KHR_materials_variants": {"mappings": mappings}}
    targets = dict.fromkeys(primitive["attributes"].values(), _ATTRIBUTES)
    for accessor, target in {**targets, primitive["indices"]: _INDICES}.items():
        tree["bufferViews"][tree["accessors"][accessor]["bufferView"]]["target"] = target
    next(node for node in tree["nodes"] if "mesh" in node)["extras"] = dict(extras)
