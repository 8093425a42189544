"""Triangle meshes with UV coordinates: OBJ in and out, normals, normalisation, and what can be no head."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.files import write_text

# An OBJ file of a million faces; FLAME's 10,000 take 0.7 MB.
_MOST_BYTES = 2**26
# The largest coordinate of a head and its least size: it measures 1e5 in micrometres, and 1e-4 in kilometres.
_FURTHEST, _LEAST = 1e9, 1e-9
# Share of the distance from the origin below which a size counts as none, and of the size squared for an area.
_SMALLEST = 1e-6
# By how much UV coordinates of other programs are outside of 0 to 1.
_UV_ROUNDING = 1e-6


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

    trimesh reads these too, but has one UV a vertex: it repeats the vertices at UV seams, or, with ``process=False``
    and ``maintain_order=True``, drops their other UVs. Here the vertices keep their order, which is FLAME's, and each
    corner of a face its UV index.

    Raises:
        InputError: the file is missing or too large, a face is no triangle or has no UV index, an index is out of
            range, or a number is none, or not finite.
    """
    vertices: list[list[float]] = []
    vt: list[list[float]] = []
    faces: list[int] = []
    ft: list[int] = []
    for number, (kind, *fields) in _obj_lines(path):
        try:
            if kind == "v":
                vertices.append(_obj_numbers(fields, 3))
            elif kind == "vt":
                vt.append(_obj_numbers(fields, 2))
            elif kind == "f":
                corners = _obj_corners(fields)
                faces += [_obj_index(corner[0], len(vertices)) for corner in corners]
                ft += [_obj_index(corner[1], len(vt)) for corner in corners]
        except ValueError as error:
            raise InputError(f"{path}, line {number}: {str(error)[:200]}") from error
    for name, indices, count in (("vertex", faces, len(vertices)), ("UV", ft, len(vt))):
        if not indices or max(indices) >= count:
            raise InputError(
                f"{path}: no faces, or a {name} index out of range; is the file whole?"
            )
    return Mesh(
        np.array(vertices, float),
        np.array(faces, np.int64).reshape(-1, 3),
        np.array(vt, float),
        np.array(ft, np.int64).reshape(-1, 3),
    )


def load_head(path: Path) -> Mesh:
    """Read a head from an OBJ file: a mesh with a shape, each corner of which has its place on the texture.

    Raises:
        InputError: it is no mesh, or one without extent or area, or with UV coordinates outside of 0 to 1.
    """
    mesh = load_obj(path)
    problem = shape_problem(mesh.vertices, mesh.faces) or uv_problem(mesh.vt, mesh.ft)
    if problem:
        raise InputError(f"{path}: no head: {problem}; export it again")
    return mesh


def shape_problem(vertices: np.ndarray, faces: np.ndarray) -> str | None:
    """Why a surface cannot be a head's; None where it can.

    Args:
        vertices: (V, 3), finite.
        faces: (F, 3) indices into ``vertices``.
    """
    furthest = np.abs(vertices).max()
    if furthest > _FURTHEST:
        return f"a coordinate of {furthest:.3g}"
    corners = vertices[faces]
    extent = np.ptp(corners.reshape(-1, 3), axis=0).max()
    # Of what is small and far away little is left once it is written with nine digits.
    if extent <= max(_SMALLEST * furthest, _LEAST):
        return "all its faces are in one place"
    edges = (corners[:, 1:] - corners[:, :1]) / extent
    if np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1).sum() <= _SMALLEST:
        return "all its faces are without area"
    return None


def uv_problem(vt: np.ndarray, ft: np.ndarray) -> str | None:
    """Why UV coordinates (T, 2) are no places on a texture for the corners ``ft`` (F, 3); None where they are."""
    used = vt[ft]
    inside = used.min() >= -_UV_ROUNDING and used.max() <= 1 + _UV_ROUNDING
    return None if inside else "UV coordinates outside of 0 to 1"


def _obj_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The words of each line that has some, with its number; a line that ends in a backslash goes on in the next."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    if len(content) > _MOST_BYTES:
        raise InputError(f"{path}: more than {_MOST_BYTES >> 20} MB, too much for a head")
    joined = content.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
    for number, line in enumerate(joined.splitlines(), 1):
        # Numbers are ASCII; names and comments do not count, and may be in any encoding.
        words = line.decode("ascii", "replace").split()
        if words:
            yield number, words


def _obj_numbers(fields: Sequence[str], count: int) -> list[float]:
    numbers = [float(field) for field in fields[:count]]
    if len(numbers) < count or not all(map(math.isfinite, numbers)):
        raise ValueError(f"{count} finite numbers are needed, not {' '.join(fields[:count])!r}")
    return numbers


def _obj_corners(fields: Sequence[str]) -> list[list[str]]:
    corners = [field.split("/") for field in fields]
    if len(corners) != 3 or any(len(corner) < 2 or not corner[1] for corner in corners):
        raise ValueError(
            "a face must be a triangle with UV indices (v/vt); triangulate the mesh and export it with its texture "
            "coordinates"
        )
    return corners


def _obj_index(text: str, count: int) -> int:
    """An index counted from 0; a negative one counts back from the last of the ``count`` that stand before it."""
    index = int(text)
    if index == 0 or index < -count:
        raise ValueError(f"the index {text} is out of range")
    return index - 1 if index > 0 else count + index


def save_obj(mesh: Mesh, path: Path, texture: str, normals: bool = False) -> None:
    """Write ``mesh`` as OBJ beside an ``.mtl`` whose material shows the picture ``texture``.

    Args:
        mesh: the mesh; vertices keep their order.
        path: the OBJ file; the material goes to the same name with ``.mtl``.
        texture: the picture's path as it shall stand in the material, relative to the OBJ.
        normals: whether the vertices' normals are written too.
    """
    material = path.with_suffix(".mtl")
    lines = [f"mtllib {material.name}", "usemtl head"]
    lines += [f"v {x:.9g} {y:.9g} {z:.9g}" for x, y, z in mesh.vertices]
    lines += [f"vt {u:.9g} {v:.9g}" for u, v in mesh.vt]
    indices, corner = [mesh.faces, mesh.ft], "{}/{}"
    if normals:
        lines += [f"vn {x:.6g} {y:.6g} {z:.6g}" for x, y, z in mesh.vertex_normals()]
        indices, corner = [*indices, mesh.faces], "{}/{}/{}"
    line = " ".join(["f", corner, corner, corner])
    corners = np.stack(indices, 2).reshape(len(mesh.faces), -1) + 1
    lines += [line.format(*row) for row in corners.tolist()]
    write_text(path, "\n".join(lines) + "\n")
    write_text(
        material,
        f"newmtl head\nKa 0 0 0\nKd 1 1 1\nKs 0 0 0\nillum 1\nmap_Kd {texture}\n",
    )
