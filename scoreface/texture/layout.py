"""The UV layout: which texel shows which point of the head's surface."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scoreface.files import InputError, atomic
from scoreface.fitting.errors import AssetError
from scoreface.fitting.pickles import load_dict, read_array
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.rasterise import rasterise


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
            size = int(np.asarray(table.get("img_size")).item())
            texels, vertices, barycentric, vt, ft = (
                read_array(table, key, str(path))
                for key in (
                    "valid_pixel_ids",
                    "valid_pixel_3d_faces",
                    "valid_pixel_b_coords",
                    "vt",
                    "ft",
                )
            )
        except (AssetError, TypeError, ValueError) as error:
            raise InputError(f"assets.texture_data: {path}: no UV layout ({error})") from error
        count = len(texels)
        if vertices.shape != (count, 3) or barycentric.shape != (count, 3):
            raise InputError(f"assets.texture_data: {path}: its tables differ in length")
        if count == 0 or texels.min() < 0 or texels.max() >= size * size:
            raise InputError(f"assets.texture_data: {path}: texels outside of {size} x {size}")
        return cls(
            size,
            texels.astype(np.int64),
            vertices.astype(np.int64),
            barycentric.astype(float),
            vt.astype(float),
            ft.astype(np.int64),
        )

    def resized(self, size: int, faces: np.ndarray) -> TextureLayout:
        """The same chart at another size: this table where the size is its own, else a new one.

        Args:
            size: texels along a side.
            faces: (F, 3) vertex indices, corner by corner with ``ft``.

        Raises:
            InputError: ``faces`` is of another mesh than the layout.
        """
        if len(faces) != len(self.ft):
            raise InputError(
                f"assets.texture_data: a layout of {len(self.ft)} faces, but the head has "
                f"{len(faces)}; give the layout of the same mesh"
            )
        return self if size == self.size else make_layout(self.vt, self.ft, faces, size)


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
