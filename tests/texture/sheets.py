"""A flat sheet, on which a window on the surface is one on a picture."""

import numpy as np

from scoreface.geometry.mesh import Mesh
from scoreface.texture.layout import TextureLayout, make_layout

#: Texels along a side of the texture.
SIZE = 64


def sheet(count: int, cut: bool = False) -> Mesh:
    """The square -1..1 in x and y, whose chart is the lower left quarter of the texture.

    Args:
        count: vertices along a side.
        cut: the half with x > 0 lies apart, 16 texels to the right, so that a seam runs through the middle.
    """
    y, x = np.mgrid[0:count, 0:count] / (count - 1) * 2 - 1
    vertices = np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], axis=1)
    corner = np.arange(count**2).reshape(count, count)
    a, b, c, d = (
        part.ravel()
        for part in (corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1])
    )
    # Diagonals of both directions in turn, so that none of the two is nearer.
    row, column = np.indices((count - 1, count - 1)).reshape(2, -1)
    falling = (row + column) % 2 == 0
    first = np.where(falling, [a, b, c], [a, b, d])
    second = np.where(falling, [a, c, d], [b, c, d])
    faces = np.concatenate([first.T, second.T])
    vt = (vertices[:, :2] + 1) / 4
    if not cut:
        return Mesh(vertices, faces, vt, faces)
    apart = np.where(vertices[faces, 0].mean(1) > 0, len(vt), 0)[:, None]
    return Mesh(vertices, faces, np.concatenate([vt, vt + np.array([16 / SIZE, 0])]), faces + apart)


def layout_of(mesh: Mesh) -> TextureLayout:
    """The texel table of the sheet's texture."""
    return make_layout(mesh.vt, mesh.ft, mesh.faces, SIZE)
