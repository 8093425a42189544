"""Project: lift the photo onto the texture through the fitted camera."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from scoreface.base.errors import InputError
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.mesh import vertex_normals
from scoreface.geometry.rasterise import first_hits
from scoreface.parse.labels import BACKGROUND
from scoreface.texture.layout import TextureLayout

OCCLUSIONS = ("rays", "normal")
SAMPLINGS = ("bilinear", "published")

# A ray starts this share of the head's size off the surface, so that it does not hit the texel's own face.
_RAY_OFFSET = 1e-3


def lift_photo(
    photo: np.ndarray,
    vertices: np.ndarray,
    faces: np.ndarray,
    scale: float,
    layout: TextureLayout,
    occlusion: str = "rays",
    sampling: str = "bilinear",
    min_cosine: float = 0.0,
    labels: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Lift a photo onto the texture, as TF_FLAME does, or better.

    Args:
        photo: (H, W, 3) uint8.
        vertices: (V, 3) the fitted head, in front of the scaled-orthographic camera.
        faces: (F, 3).
        scale: pixels per mesh unit.
        layout: the texels and their surface points.
        occlusion: ``normal``: a texel is seen when its normal faces the camera (as TF_FLAME has it); ``rays``:
            nothing may stand before it either.
        sampling: ``bilinear``; ``published`` rounds to whole pixels counted from the bottom edge, as TF_FLAME does.
        min_cosine: least cosine of the angle between normal and camera; grazing texels smear the silhouette.
        labels: (H, W) uint8 of a face parser; pixels that it takes for background show no texel. None: nothing is known
            of the pixels.

    Returns:
        the texture (S, S, 3) uint8, black where unseen, and (S, S) bool, true where seen.

    Raises:
        InputError: unknown ``occlusion`` or ``sampling``.
    """
    if occlusion not in OCCLUSIONS:
        raise InputError(f"project.occlusion: {occlusion!r} is none of {', '.join(OCCLUSIONS)}")
    if sampling not in SAMPLINGS:
        raise InputError(f"project.sampling: {sampling!r} is none of {', '.join(SAMPLINGS)}")
    height, width = photo.shape[:2]
    points = layout.interpolate(vertices)
    normals = layout.interpolate(vertex_normals(vertices, faces))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    seen = normals[:, 2] >= min_cosine
    if occlusion == "rays":
        seen &= ~_occluded(points, normals, vertices, faces)
    if sampling == "published":
        columns = np.rint(scale * points[:, 0]).astype(int)
        rows = height - np.rint(scale * points[:, 1]).astype(int)
        seen &= (columns > 0) & (columns < width) & (rows > 0) & (rows < height)
        seen &= _may_be_head(labels, columns, rows, seen)
        colours = photo[rows[seen], columns[seen]]
    else:
        pixels = OrthographicCamera(scale).project(points, height, width)[:, :2] - 0.5
        seen &= np.all((pixels >= 0) & (pixels <= [width - 1, height - 1]), axis=1)
        nearest_columns, nearest_rows = np.rint(pixels).astype(int).T
        seen &= _may_be_head(labels, nearest_columns, nearest_rows, seen)
        colours = _bilinear(photo, pixels[seen])
    texture = np.zeros((layout.size**2, 3), np.uint8)
    mask = np.zeros(layout.size**2, bool)
    texture[layout.texels[seen]] = colours
    mask[layout.texels[seen]] = True
    return texture.reshape(layout.size, layout.size, 3), mask.reshape(layout.size, layout.size)


def _may_be_head(
    labels: np.ndarray | None, columns: np.ndarray, rows: np.ndarray, seen: np.ndarray
) -> np.ndarray:
    """(N,) bool: the pixel at ``columns`` and ``rows`` (N,), inside the photo where ``seen``, is no background."""
    if labels is None:
        return seen
    head = np.zeros(len(seen), bool)
    head[seen] = labels[rows[seen], columns[seen]] != BACKGROUND
    return head


def _occluded(
    points: np.ndarray, normals: np.ndarray, vertices: np.ndarray, faces: np.ndarray
) -> np.ndarray:
    """(N,) bool: some face stands between the point and the camera on +z."""
    offset = _RAY_OFFSET * np.ptp(vertices, axis=0).max()
    towards = np.broadcast_to([0.0, 0.0, 1.0], points.shape)
    return first_hits(vertices, faces, points + offset * normals, towards).face >= 0


def _bilinear(photo: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """Colours (N, 3) uint8 at pixel positions (N, 2) of x, y, centres at whole numbers."""
    at = pixels[:, ::-1].T
    channels = [
        ndimage.map_coordinates(photo[..., c].astype(float), at, order=1, mode="nearest")
        for c in range(3)
    ]
    return np.rint(np.stack(channels, 1)).astype(np.uint8)
