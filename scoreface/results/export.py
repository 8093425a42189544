"""The head for other programs: upright, as OBJ, and packed with all that belongs to it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from scoreface.base.files import atomic
from scoreface.geometry.mesh import Mesh, save_obj

# The earliest that a zip can hold: equal content makes equal files.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def upright(mesh: Mesh, axis_angle: np.ndarray) -> Mesh:
    """The mesh with its global rotation (3,) undone, centred on the mean of its vertices."""
    vertices = Rotation.from_rotvec(axis_angle).inv().apply(mesh.vertices)
    return replace(mesh, vertices=vertices - vertices.mean(0))


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


def write_obj(head: Mesh, texture: Path, path: Path) -> None:
    """Write the upright head as OBJ with normals and its ``.mtl``, in the mesh's units and its vertices' order.

    Args:
        head: from :func:`upright`.
        texture: the complete texture's file, to which the material refers by its relative path.
        path: OBJ to write.
    """
    save_obj(head, path, Path(os.path.relpath(texture, path.parent)).as_posix(), normals=True)


def write_zip(files: Sequence[Path], path: Path) -> None:
    """Pack files side by side, without their folders. Equal files make an equal zip.

    Raises:
        InputError: the zip cannot be written.
    """
    with atomic(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, _NO_TIME)
            entry.external_attr = 0o644 << 16
            # Pictures are compressed already.
            entry.compress_type = (
                zipfile.ZIP_STORED if file.suffix == ".png" else zipfile.ZIP_DEFLATED
            )
            archive.writestr(entry, file.read_bytes())
