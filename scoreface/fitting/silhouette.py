"""The silhouette of a head before an orthographic camera: what it covers, and the edges at its rim."""

from typing import Tuple

import numpy as np
from PIL import Image, ImageDraw

#: Longest side of the picture in which it is looked up what lies beside an edge, in pixels.
_SIDE = 640
#: How far beside it that is, as a share of the head's size.
_ASIDE = 0.01


def paired_edges(faces: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """The edges that two triangles share.

    Args:
        faces: (F, 3) int64.

    Returns:
        (E, 2) the vertices of each edge, and (E, 2) its two triangles.
    """
    corners = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.sort(corners, axis=1)
    triangles = np.tile(np.arange(len(faces)), 3)
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    edges, triangles = edges[order], triangles[order]
    first = np.flatnonzero((edges[1:] == edges[:-1]).all(axis=1))
    return edges[first], np.stack([triangles[first], triangles[first + 1]], axis=1)


def covered(points: np.ndarray, faces: np.ndarray, size: Tuple[int, int]) -> np.ndarray:
    """The pixels that a mesh covers.

    Args:
        points: (V, 2) its vertices in pixels, y down, centres at halves.
        faces: (F, 3).
        size: width and height of the picture.

    Returns:
        (H, W) bool.
    """
    picture = Image.new("1", size)
    draw = ImageDraw.Draw(picture)
    # Pillow takes long over polygons far outside of the picture, as a failed fit may have them.
    corners = np.clip(points, -10 * max(size), 10 * max(size))[faces]
    for corner in corners.reshape(len(faces), 6).tolist():
        draw.polygon(corner, fill=1)
    return np.array(picture, dtype=bool)


def rim_edges(
    vertices: np.ndarray, faces: np.ndarray, edges: np.ndarray, triangles: np.ndarray
) -> Tuple[np.ndarray, np.ndarray]:
    """The edges at the rim of a head that the camera on +z sees, beside which nothing of the head lies.

    The jaw before the neck is a silhouette too, but no rim.

    Args:
        vertices: (V, 3).
        faces: (F, 3).
        edges, triangles: from :func:`paired_edges`.

    Returns:
        (R,) indices into ``edges``, and (R, 2) unit vectors in the picture's plane that point away from the head.
    """
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    turning = (normals[triangles, 2] > 0).sum(axis=1) == 1
    found = np.flatnonzero(turning)
    outwards = normals[triangles[found]].sum(axis=1)[:, :2]
    lengths = np.linalg.norm(outwards, axis=1)
    # At an edge that the camera looks along, the normals point sideways; where they cancel out, nothing does.
    found, outwards = found[lengths > 0], outwards[lengths > 0]
    outwards /= np.linalg.norm(outwards, axis=1, keepdims=True)

    low, high = vertices[:, :2].min(axis=0), vertices[:, :2].max(axis=0)
    extent = max(float((high - low).max()), 1e-12)
    margin = 4 * _ASIDE * extent
    zoom = _SIDE / (extent + 2 * margin)
    side = _SIDE + 1
    inside = covered((vertices[:, :2] - low + margin) * zoom, faces, (side, side))
    beside = vertices[edges[found], :2].mean(axis=1) + _ASIDE * extent * outwards
    columns, rows = np.floor((beside - low + margin) * zoom).astype(int).T.clip(0, side - 1)
    free = ~inside[rows, columns]
    return found[free], outwards[free]
