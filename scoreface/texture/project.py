"""Project: lift the photo onto the texture through the fitted camera."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from scoreface.base.errors import InputError
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.mesh import vertex_normals
from scoreface.geometry.rasterise import first_hits
from scoreface.parse.labels import UNKNOWN
from scoreface.texture.evidence import Evidence
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
    evidence: Evidence | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Lift a photo onto the texture, as TF_FLAME does, or better.

    Args:
        photo: (H, W, 3) uint8.
        vertices: (V, 3) the fitted head as the photo shows it, in front of the scaled-orthographic camera.
        faces: (F, 3).
        scale: pixels per mesh unit.
        layout: the texels and their surface points.
        occlusion: ``normal``: a texel is seen when its normal faces the camera (as TF_FLAME has it); ``rays``:
            nothing may stand before it either.
        sampling: ``bilinear``; ``published`` rounds to whole pixels counted from the bottom edge, as TF_FLAME does.
        min_cosine: least cosine of the angle between normal and camera; grazing texels smear the silhouette.
        evidence: which pixels show which texels. None: all may.

    Returns:
        the texture (S, S, 3) uint8, black where unseen, and (S, S) bool, true where seen.

    Raises:
        InputError: unknown ``occlusion`` or ``sampling``.
    """
    if occlusion not in OCCLUSIONS:
        raise InputError(f"project.occlusion: {occlusion!r} is none of {', '.join(OCCLUSIONS)}")
    if sampling not in SAMPLINGS:
        raise InputError(f"project.sampling: {sampling!r} is none of {', '.join(SAMPLINGS)}")
    seen = turned_to_camera(vertices, faces, layout, occlusion, min_cosine)
    height, width = photo.shape[:2]
    pixels = _pixels(layout.interpolate(vertices), scale, height, width, sampling)
    # The published code leaves the first row and column out.
    first = 1 if sampling == "published" else 0
    seen &= np.all((pixels >= first) & (pixels <= [width - 1, height - 1]), axis=1)
    if evidence is not None:
        at = np.flatnonzero(seen)
        seen[at] = evidence.shown(pixels[at], at)
    colours = np.zeros((len(seen), 3), np.uint8)
    if sampling == "published":
        columns, rows = pixels[seen].astype(int).T
        colours[seen] = photo[rows, columns]
    else:
        colours[seen] = _bilinear(photo, pixels[seen])
    return layout.picture(colours), layout.picture(seen)


def turned_to_camera(
    vertices: np.ndarray,
    faces: np.ndarray,
    layout: TextureLayout,
    occlusion: str = "rays",
    min_cosine: float = 0.0,
) -> np.ndarray:
    """Which of the layout's texels the scaled-orthographic camera on +z sees, photo or none: (N,) bool.

    For the arguments see :func:`lift_photo`.
    """
    normals = layout.interpolate(vertex_normals(vertices, faces))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    seen = normals[:, 2] >= min_cosine
    if occlusion == "rays":
        seen &= ~_occluded(layout.interpolate(vertices), normals, vertices, faces)
    return seen


def lift_labels(
    labels: np.ndarray,
    vertices: np.ndarray,
    scale: float,
    layout: TextureLayout,
    sampling: str,
    seen: np.ndarray,
) -> np.ndarray:
    """The label of the pixel in which each texel lies.

    Args:
        labels: (H, W) uint8 of a face parser.
        vertices, scale, layout, sampling: see :func:`lift_photo`.
        seen: (S, S) bool, the texels that the photo shows.

    Returns:
        (S, S) uint8, ``UNKNOWN`` where not seen.
    """
    at = np.flatnonzero(seen.ravel()[layout.texels])
    height, width = labels.shape
    pixels = _pixels(layout.interpolate(vertices)[at], scale, height, width, sampling)
    columns, rows = np.rint(pixels).astype(int).T
    lifted = np.full(len(layout.texels), UNKNOWN, np.uint8)
    lifted[at] = labels[rows, columns]
    return layout.picture(lifted)


def _pixels(points: np.ndarray, scale: float, height: int, width: int, sampling: str) -> np.ndarray:
    """Where in the photo points (N, 3) lie: (N, 2) x and y, pixels' centres at whole numbers."""
    if sampling == "published":
        return np.rint(scale * points[:, :2]) * [1, -1] + [0, height]
    return OrthographicCamera(scale).project(points, height, width)[:, :2] - 0.5


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
