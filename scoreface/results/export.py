"""The head for other programs, as OBJ and as one self-contained GLB."""

from __future__ import annotations

import io
import json
import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from scipy.spatial.transform import Rotation

from scoreface.base.files import atomic
from scoreface.geometry.mesh import Mesh, save_obj
from scoreface.texture.chart import padded
from scoreface.texture.layout import make_layout

# glTF's names of a material without light, and its numbers of component types: unsigned integers and floats of 4 bytes.
_UNLIT = "KHR_materials_unlit"
_COMPONENTS = {"u": 5125, "f": 5126}


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
    """The head as binary glTF 2.0 (Khronos 2021, sections 3.6 and 4.4): one mesh of one material."""
    sources, uv, faces = split_seams(head)
    arrays = {
        "indices": faces.ravel().astype("<u4"),
        "POSITION": head.vertices[sources].astype("<f4"),
        # Counted from the top.
        "TEXCOORD_0": (uv * [1, -1] + [0, 1]).astype("<f4"),
        # The whole mesh's normals, so that a viewer's light shows no crease along the seams.
        "NORMAL": head.vertex_normals()[sources].astype("<f4"),
    }
    picture = io.BytesIO()
    Image.fromarray(texture).save(picture, "PNG")
    parts = [*(array.tobytes() for array in arrays.values()), picture.getvalue()]
    ends = np.cumsum([len(_aligned(part)) for part in parts])
    views = [
        {"buffer": 0, "byteOffset": int(end) - len(_aligned(part)), "byteLength": len(part)}
        for end, part in zip(ends, parts, strict=True)
    ]
    numbers = {name: number for number, name in enumerate(arrays)}
    primitive = {"indices": numbers.pop("indices"), "attributes": numbers, "material": 0}
    tree = {
        "asset": {"version": "2.0", "generator": "ScoreFace"},
        # Viewers that can add no light of their own: the texture holds the photo's.
        "extensionsUsed": [_UNLIT],
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "head", "mesh": 0}],
        "meshes": [{"name": "head", "primitives": [primitive]}],
        "materials": [
            {
                "name": "head",
                "pbrMetallicRoughness": {
                    "baseColorTexture": {"index": 0},
                    "metallicFactor": 0.0,
                    "roughnessFactor": 1.0,
                },
                "extensions": {_UNLIT: {}},
            }
        ],
        "textures": [{"source": 0}],
        "images": [{"bufferView": len(arrays), "mimeType": "image/png"}],
        "accessors": [_accessor(view, array) for view, array in enumerate(arrays.values())],
        "bufferViews": views,
        "buffers": [{"byteLength": int(ends[-1])}],
    }
    chunks = (
        (b"JSON", _aligned(json.dumps(tree).encode(), b" ")),
        (b"BIN\0", b"".join(map(_aligned, parts))),
    )
    body = b"".join(struct.pack("<I4s", len(chunk), kind) + chunk for kind, chunk in chunks)
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def _accessor(view: int, array: np.ndarray) -> dict[str, Any]:
    """What a buffer view holds: (N,) indices or (N, C) vectors."""
    columns = array.reshape(len(array), -1)
    return {
        "bufferView": view,
        "componentType": _COMPONENTS[array.dtype.kind],
        "count": len(columns),
        "type": "SCALAR" if array.ndim == 1 else f"VEC{columns.shape[1]}",
        "min": columns.min(0).tolist(),
        "max": columns.max(0).tolist(),
    }


def _aligned(part: bytes, filling: bytes = b"\0") -> bytes:
    """A part of the file filled up to a multiple of four bytes."""
    return part + filling * (-len(part) % 4)
