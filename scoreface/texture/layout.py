"""The UV layout: which texel shows which point of the head's surface."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scoreface.base.errors import InputError
from scoreface.base.files import atomic
from scoreface.base.photo import MOST_PIXELS
from scoreface.base.pickles import load_dict, read_array
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.mesh import load_obj, uv_problem
from scoreface.geometry.rasterise import rasterise

# Texels along a side of the largest texture.
_LARGEST = math.isqrt(MOST_PIXELS)


@dataclass(frozen=True)
class TextureLayout:
    """The texels of a UV chart and the surface points that they show.

    Texel (i, j) of a texture of size S has its centre at u = (j + .5) / S, v = 1 - (i + .5) / S and the row-major
    index i * S + j.

    Attributes:
        size: S, texels along a side.
        texels: (N,) int64 row-major indices of the texels inside the chart.
        vertices: (N, 3) int64 the vertices of the face that each of them lies on.
        barycentric: (N, 3) float64 weights of those vertices.
        vt: (T, 2) float64 UV coordinates.
        ft: (F, 3) int64 UV indices of the faces' corners.
    """

    size: int
    texels: np.ndarray
    vertices: np.ndarray
    barycentric: np.ndarray
    vt: np.ndarray
    ft: np.ndarray

    @property
    def chart(self) -> np.ndarray:
        """(S, S) bool, true inside the chart."""
        inside = np.zeros(self.size * self.size, bool)
        inside[self.texels] = True
        return inside.reshape(self.size, self.size)

    def interpolate(self, values: np.ndarray) -> np.ndarray:
        """Per-vertex ``values`` (V, C) at the chart's texels: (N, C)."""
        return np.einsum("nkc,nk->nc", values[self.vertices], self.barycentric)

    def nearest(self, values: np.ndarray) -> np.ndarray:
        """Per-vertex ``values`` (V,) at the chart's texels, that of the nearest corner: (N,)."""
        corner = self.barycentric.argmax(1)
        return values[self.vertices[np.arange(len(corner)), corner]]

    def picture(self, values: np.ndarray) -> np.ndarray:
        """Values (N,) or (N, C) of the chart's texels as a picture (S, S) or (S, S, C), 0 outside."""
        flat = np.zeros((self.size * self.size, *values.shape[1:]), values.dtype)
        flat[self.texels] = values
        return flat.reshape(self.size, self.size, *values.shape[1:])

    def save(self, path: Path) -> None:
        """Write the table in the format of FLAME's ``texture_data_*.npy`` (a pickled dict)."""
        rows, columns = np.mgrid[0 : self.size, 0 : self.size]
        table = {
            "img_size": self.size,
            "x_coords": columns.ravel().astype(float),
            "y_coords": rows.ravel().astype(float),
            "valid_pixel_ids": self.texels,
            "valid_pixel_3d_faces": self.vertices,
            "valid_pixel_b_coords": self.barycentric,
            "vt": self.vt,
            "ft": self.ft,
        }
        with atomic(path) as temporary:
            np.save(temporary, np.array(table), allow_pickle=True)

    @classmethod
    def load(cls, path: Path) -> TextureLayout:
        """Read a table in the format of FLAME's ``texture_data_*.npy``, unpickling nothing but arrays.

        Raises:
            InputError: the file is missing, no such table, or its parts disagree.
        """
        try:
            table = load_dict(str(path))
            size, texels, vertices, barycentric, vt, ft = (
                read_array(table, key, str(path))
                for key in (
                    "img_size",
                    "valid_pixel_ids",
                    "valid_pixel_3d_faces",
                    "valid_pixel_b_coords",
                    "vt",
                    "ft",
                )
            )
            found = cls(
                int(_whole(size).item()),
                _whole(texels),
                _whole(vertices),
                barycentric.astype(float),
                vt.astype(float),
                _whole(ft),
            )
        except (InputError, TypeError, ValueError) as error:
            raise InputError(f"assets.texture_data: {path}: no UV layout ({error})") from error
        problem = found._problem()
        if problem:
            raise InputError(f"assets.texture_data: {path}: {problem}")
        return found

    def _problem(self) -> str | None:
        """What is wrong with a table that was read; None where all is well."""
        texels, size = self.texels, self.size
        if self.vertices.shape != (len(texels), 3) or self.barycentric.shape != (len(texels), 3):
            return "its tables differ in length"
        if not 0 < size <= _LARGEST or texels.ndim != 1 or len(texels) == 0:
            return f"no texels, or {size} of them along a side"
        if texels.min() < 0 or texels.max() >= size * size:
            return f"texels outside of {size} x {size}"
        corners = self.ft.ndim == 2 and self.ft.shape[1] == 3 and len(self.ft) > 0
        if not corners or self.vt.ndim != 2 or self.vt.shape[1] != 2:
            return "'vt' must be (T, 2) and 'ft' (F, 3)"
        if self.vertices.min() < 0 or self.ft.min() < 0 or self.ft.max() >= len(self.vt):
            return "a vertex or UV index out of range"
        if not (np.isfinite(self.barycentric).all() and np.isfinite(self.vt).all()):
            return "numbers that are not finite"
        return uv_problem(self.vt, self.ft)

    def resized(self, size: int, faces: np.ndarray) -> TextureLayout:
        """The same chart at another size: this table where the size is its own, else a new one.

        Args:
            size: texels along a side.
            faces: (F, 3) vertex indices, corner by corner with ``ft``.

        Raises:
            InputError: ``faces`` is of another mesh than the layout.
        """
        self.check_mesh(faces)
        return self if size == self.size else make_layout(self.vt, self.ft, faces, size)

    def check_mesh(self, faces: np.ndarray) -> None:
        """Make sure that the layout is one of the head with these ``faces`` (F, 3).

        Raises:
            InputError: another number of faces, vertices that the head does not have, or texels that lie on
                triangles which are none of its faces.
        """
        if len(faces) != len(self.ft):
            raise InputError(
                f"assets.texture_data: a layout of {len(self.ft)} faces, but the head has "
                f"{len(faces)}; give the layout of the same mesh"
            )
        vertices, there = int(faces.max()) + 1, int(self.vertices.max()) + 1
        if there > vertices:
            raise InputError(
                f"assets.texture_data: a layout of {there} vertices or more, but the head has {vertices}; "
                "give the layout of the same mesh"
            )
        shared = np.isin(_triangle_keys(self.vertices, vertices), _triangle_keys(faces, vertices))
        # A quad that is cut the other way gives two other triangles; of another mesh next to none agree.
        if shared.mean() < 0.5:
            raise InputError(
                f"assets.texture_data: only {shared.mean():.0%} of the layout's triangles are faces of the head; "
                "give the layout of the same mesh"
            )


def _whole(values: np.ndarray) -> np.ndarray:
    """Whole numbers as int64; some programs write them as floating-point ones.

    Raises:
        ValueError: some are not whole.
    """
    with np.errstate(invalid="ignore"):
        whole = values.astype(np.int64)
    if (whole != values).any():
        raise ValueError("indices that are no whole numbers")
    return whole


def _triangle_keys(corners: np.ndarray, vertices: int) -> np.ndarray:
    """One number for each different triangle of ``corners`` (N, 3), wherever its corners start or turn."""
    a, b, c = np.sort(corners.astype(np.int64), axis=1).T
    return np.unique((a * vertices + b) * vertices + c)


def load_layout(path: Path, size: int, faces: np.ndarray) -> TextureLayout:
    """The UV layout at ``path`` as a texel table of one size.

    Args:
        path: FLAME's ``texture_data_*.npy`` (or the pickle alone), or an OBJ whose faces have UV coordinates, from
            which the table is made.
        size: texels along a side.
        faces: (F, 3) vertex indices of the head.

    Raises:
        InputError: the file is missing or damaged, or its layout is one of another mesh.
    """
    if is_mesh(path):
        return make_layout(*load_chart(path, faces), faces, size)
    return TextureLayout.load(path).resized(size, faces)


def is_mesh(path: Path) -> bool:
    """True where a layout's file is a mesh with UV coordinates rather than a texel table."""
    return path.suffix.lower() == ".obj"


def load_chart(path: Path, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The UV coordinates of a head's faces from an OBJ file of the same mesh.

    Vertices must be in the head's order. Faces may be in another, and start at another corner, as some programs
    write them; positions do not matter.

    Args:
        path: the OBJ.
        faces: (F, 3) vertex indices of the head.

    Returns:
        ``vt`` (T, 2) UV coordinates, and ``ft`` (F, 3) indices into them, corner by corner with ``faces``.

    Raises:
        InputError: the file is missing or no OBJ of triangles with UV coordinates from 0 to 1, or its faces are not
            those of the head.
    """
    try:
        mesh = load_obj(path)
    except InputError as error:
        raise InputError(f"assets.texture_data: {error}") from error
    own, own_start = _canonical(mesh.faces)
    head, head_start = _canonical(np.asarray(faces, np.int64))
    own_order, head_order = np.lexsort(own.T), np.lexsort(head.T)
    if not np.array_equal(own[own_order], head[head_order]):
        raise InputError(
            f"assets.texture_data: {path}: its {len(own)} faces are not those of the head, which has {len(head)}; "
            "give an OBJ of the same mesh, with the vertices in the same order"
        )
    problem = uv_problem(mesh.vt, mesh.ft)
    if problem:
        raise InputError(f"assets.texture_data: {path}: {problem}")
    ft = np.empty_like(mesh.ft)
    ft[head_order] = _turned(mesh.ft, own_start)[own_order]
    return mesh.vt, _turned(ft, -head_start)


def _canonical(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each face from its smallest index on, (F, 3), and at which corner that was, (F,)."""
    start = faces.argmin(1)
    return _turned(faces, start), start


def _turned(corners: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Each row of ``corners`` (F, 3) from its corner ``start`` (F,) on, around."""
    return np.take_along_axis(corners, (start[:, None] + np.arange(3)) % 3, 1)


def make_layout(vt: np.ndarray, ft: np.ndarray, faces: np.ndarray, size: int) -> TextureLayout:
    """Rasterise a UV chart: the texel table of any size from UV coordinates alone.

    Args:
        vt: (T, 2) UV coordinates in [0, 1].
        ft: (F, 3) indices into ``vt``.
        faces: (F, 3) vertex indices, corner by corner with ``ft``.
        size: texels along a side.
    """
    flat = np.column_stack([vt, np.zeros(len(vt))])
    # Looking down on the UV plane, S pixels to its unit: pixel centres are texel centres.
    fragments = rasterise(flat, ft, OrthographicCamera(size), (size, size), "embree")
    texels = np.flatnonzero(~fragments.background)
    return TextureLayout(
        size,
        texels,
        np.asarray(faces, np.int64)[fragments.face.ravel()[texels]],
        fragments.barycentric.reshape(-1, 3)[texels].astype(float),
        np.asarray(vt, float),
        np.asarray(ft, np.int64),
    )
