"""The head for other programs, as OBJ and as one self-contained GLB."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from PIL import Image
from scipy.spatial.transform import Rotation
from trimesh.exchange.gltf import export_glb

from scoreface.base.files import atomic
from scoreface.geometry.mesh import Mesh, save_obj
from scoreface.texture.chart import padded
from scoreface.texture.layout import make_layout


def upright(mesh: Mesh, axis_angle: np.ndarray) -> Mesh:
    """The mesh with its global rotation (3,) undone, centred on the mean of its vertices."""
    vertices = Rotation.from_rotvec(axis_angle).inv().apply(mesh.vertices)
    return replace(mesh, vertices=vertices - vertices.mean(0))


def write_obj(head: Mesh, texture: Path, path: Path) -> None:
    """Write the upright head as OBJ with its ``.mtl``, in the mesh's units and its vertices' order.

    Args:
        head: from :func:`upright`.
        texture: the complete texture's file, to which the material refers by its relative path.
        path: OBJ to write.
    """
    save_obj(head, path, Path(os.path.relpath(texture, path.parent)).as_posix())


def write_glb(head: Mesh, texture: np.ndarray, path: Path) -> None:
    """Write the upright head as GLB, in the mesh's units, with the texture inside.

    Each vertex has one UV, so vertices at UV seams are repeated: the first V vertices are the mesh's in its order, the
    copies follow.

    Args:
        head: from :func:`upright`.
        texture: (S, S, 3) uint8.
        path: GLB to write.
    """
    # Viewers filter textures: beyond the chart's edge they shall find its colour, not black.
    chart = make_layout(head.vt, head.ft, head.faces, len(texture)).chart
    with atomic(path) as temporary:
        temporary.write_bytes(_glb_bytes(head, padded(texture, chart)))


def split_seams(mesh: Mesh) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One UV a vertex: repeat each vertex that has several.

    Returns:
        sources (W,), the vertex of ``mesh`` that each one is: 0..V-1, then the copies;
        UVs (W, 2), 0 at vertices that no face uses; faces (F, 3), in the mesh's order.
    """
    pairs = np.stack([mesh.faces.ravel(), mesh.ft.ravel()], 1)
    pairs, corner = np.unique(pairs, axis=0, return_inverse=True)
    # Sorted by vertex: the first pair of each keeps the vertex's own index.
    copied = np.r_[False, pairs[1:, 0] == pairs[:-1, 0]]
    index = np.where(copied, len(mesh.vertices) - 1 + np.cumsum(copied), pairs[:, 0])
    sources = np.r_[np.arange(len(mesh.vertices)), pairs[copied, 0]]
    uv = np.zeros((len(sources), 2))
    uv[index] = mesh.vt[pairs[:, 1]]
    return sources, uv, index[corner.ravel()].reshape(-1, 3)


def _glb_bytes(head: Mesh, texture: np.ndarray) -> bytes:
    sources, uv, faces = split_seams(head)
    material = trimesh.visual.material.PBRMaterial(
        name="head",
        baseColorTexture=Image.fromarray(texture),
        metallicFactor=0.0,
        roughnessFactor=1.0,
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
    return export_glb(scene, include_normals=True, tree_postprocessor=_unlit)


def _unlit(tree: dict[str, Any]) -> None:
    """Ask viewers that can to add no light of their own: the texture holds the photo's."""
    tree["extensionsUsed"] = ["KHR_materials_unlit"]
    for material in tree["materials"]:
        material["extensions"] = {"KHR_materials_unlit": {}}
