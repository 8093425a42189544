"""Triangle meshes with UV coordinates: OBJ in and out, normals, normalisation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.files import write_text


@dataclass(frozen=True)
class Mesh:
    """A triangle mesh.

    Attributes:
        vertices: (V, 3) float64, in the mesh's units (FLAME: metres), order as in the source.
        faces: (F, 3) int64 indices into ``vertices``, counter-clockwise seen from outside.
        vt: (T, 2) float64 UV coordinates, v up.
        ft: (F, 3) int64 indices into ``vt``, corner by corner with ``faces``.
    """

    vertices: np.ndarray
    faces: np.ndarray
    vt: np.ndarray
    ft: np.ndarray

    def normalised(self) -> Mesh:
        """Centred on the mean of its vertices and scaled so that no coordinate exceeds 1 in size.

        The extent is measured from the centre, as PyTorch3D's tutorials and the published code do.
        """
        centred = self.vertices - self.vertices.mean(0)
        return replace(self, vertices=centred / np.abs(centred).max())

    def vertex_normals(self) -> np.ndarray:
        """Unit normals (V, 3); see :func:`vertex_normals`."""
        return vertex_normals(self.vertices, self.faces)


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit vertex normals (V, 3): the mean of the adjacent faces' normals, weighted by the angle at the vertex.

    The weights are those of Thürmer and Wuethrich (1998): the result does not depend on how a plane is cut into
    triangles.
    """
    corners = vertices[faces]
    edges = np.roll(corners, -1, axis=1) - corners
    face_normals = _unit(np.cross(edges[:, 0], edges[:, 1]))
    directions = _unit(edges)
    cosines = -np.einsum("fkc,fkc->fk", directions, np.roll(directions, 1, axis=1))
    weighted = np.arccos(np.clip(cosines, -1, 1))[..., None] * face_normals[:, None]
    normals = [
        np.bincount(faces.ravel(), weighted[..., axis].ravel(), minlength=len(vertices))
        for axis in range(3)
    ]
    return _unit(np.stack(normals, 1))


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) at length 1; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def load_obj(path: Path) -> Mesh:
    """Read a triangle mesh with UV coordinates from a Wavefront OBJ file.

    Raises:
        InputError: a face is no triangle, has no UV index, or an index is out of range.
    """
    vertices, vt, faces, ft = [], [], [], []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        kind, *fields = line.split() or [""]
        if kind == "v":
            vertices.append([float(x) for x in fields[:3]])
        elif kind == "vt":
            vt.append([float(x) for x in fields[:2]])
        elif kind == "f":
            corners = [field.split("/") for field in fields]
            if len(corners) != 3 or any(len(c) < 2 or not c[1] for c in corners):
                raise InputError(
                    f"{path}, line {number}: a face must be a triangle with UV indices (v/vt); "
                    "triangulate the mesh and export it with its texture coordinates"
                )
            faces.append([int(c[0]) - 1 for c in corners])
            ft.append([int(c[1]) - 1 for c in corners])
    mesh = Mesh(
        np.array(vertices, float).reshape(-1, 3),
        np.array(faces, np.int64).reshape(-1, 3),
        np.array(vt, float).reshape(-1, 2),
        np.array(ft, np.int64).reshape(-1, 3),
    )
    for name, indices, count in (("vertex", mesh.faces, vertices), ("UV", mesh.ft, vt)):
        if len(indices) == 0 or indices.min() < 0 or indices.max() >= len(count):
            raise InputError(
                f"{path}: no faces, or a {name} index out of range; is the file whole?"
            )
    return mesh


def save_obj(mesh: Mesh, path: Path, texture: str) -> None:
    """Write ``mesh`` as OBJ beside an ``.mtl`` whose material shows the picture ``texture``.

    Args:
        mesh: the mesh; vertices keep their order.
        path: the OBJ file; the material goes to the same name with ``.mtl``.
        texture: the picture's path as it shall stand in the material, relative to the OBJ.
    """
    material = path.with_suffix(".mtl")
    lines = [f"mtllib {material.name}", "usemtl head"]
    lines += [f"v {x:.9g} {y:.9g} {z:.9g}" for x, y, z in mesh.vertices]
    lines += [f"vt {u:.9g} {v:.9g}" for u, v in mesh.vt]
    corners = np.stack([mesh.faces, mesh.ft], 2).reshape(-1, 6) + 1
    lines += ["f {}/{} {}/{} {}/{}".format(*row) for row in corners.tolist()]
    write_text(path, "\n".join(lines) + "\n")
    write_text(
        material,
        f"newmtl head\nKa 0 0 0\nKd 1 1 1\nKs 0 0 0\nillum 1\nmap_Kd {texture}\n",
    )
