"""What one would fill a texture with otherwise: plain methods that need no prior."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from skimage.restoration import inpaint_biharmonic
from skimage.transform import resize

from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import frontal
from scoreface.texture.complete import complete
from scoreface.texture.layout import make_layout
from scoreface.texture.preprocess import shrink

# Pixels around a hole that Telea's method and Navier-Stokes look at.
_RADIUS = 3
# The biharmonic equation is solved on at most this many texels a side: time grows with the cube, and what it makes is
# too smooth for the difference to show.
_BIHARMONIC_SIZE = 256

Baseline = Callable[[Mesh, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def mean_colour(
    mesh: Mesh, axis_angle: np.ndarray, large: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """The mean of the known texels everywhere; see :data:`BASELINES`."""
    return np.where(known[..., None], large, large[known].mean(0).round()).astype(np.uint8)


def mirror(mesh: Mesh, axis_angle: np.ndarray, large: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The mirror side where that is known, smooth elsewhere (:mod:`scoreface.texture.complete`)."""
    layout = make_layout(mesh.vt, mesh.ft, mesh.faces, len(large))
    have = known & layout.chart
    filled = complete(large / 255, have, frontal(mesh, axis_angle), mesh.faces, layout)
    return np.rint(filled * 255).astype(np.uint8)


def telea(mesh: Mesh, axis_angle: np.ndarray, large: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Fast marching from the holes' borders (Telea 2004), on the texture as a picture."""
    return cv2.inpaint(large, (~known).astype(np.uint8), _RADIUS, cv2.INPAINT_TELEA)


def navier_stokes(
    mesh: Mesh, axis_angle: np.ndarray, large: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """Isophotes carried on into the holes (Bertalmio et al. 2001), on the texture as a picture."""
    return cv2.inpaint(large, (~known).astype(np.uint8), _RADIUS, cv2.INPAINT_NS)


def biharmonic(
    mesh: Mesh, axis_angle: np.ndarray, large: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """The biharmonic equation in the holes (Damelin and Hoang 2018), on the texture as a picture."""
    size = min(len(large), _BIHARMONIC_SIZE)
    smooth = inpaint_biharmonic(shrink(large, size) / 255, ~shrink(known, size), channel_axis=2)
    pixels = np.rint(resize(smooth, large.shape, order=1).clip(0, 1) * 255)
    return np.where(known[..., None], large, pixels).astype(np.uint8)


#: Each takes the head (:class:`Mesh`), its global rotation (3,) in radians, the texture lifted from the photo
#: (L, L, 3) uint8 and its known texels (L, L) bool, and gives the whole texture (L, L, 3) uint8.
BASELINES: dict[str, Baseline] = {
    "mean": mean_colour,
    "mirror": mirror,
    "telea": telea,
    "navier-stokes": navier_stokes,
    "biharmonic": biharmonic,
}
