"""What one would fill a texture with otherwise: plain methods that need no prior."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from skimage.restoration import inpaint_biharmonic
from skimage.transform import resize

from scoreface.geometry.views import frontal
from scoreface.inpaint.scene import Scene
from scoreface.texture.carried import nothing
from scoreface.texture.complete import complete
from scoreface.texture.completion import Completion
from scoreface.texture.layout import make_layout
from scoreface.texture.preprocess import CORNER, shrink

# Pixels around a hole that Telea's method and Navier-Stokes look at.
_RADIUS = 3
# The biharmonic equation is solved on at most this many texels a side: time grows with the cube, and what it makes is
# too smooth for the difference to show.
_BIHARMONIC_SIZE = 256

Baseline = Callable[[Scene], np.ndarray]


def mean_colour(scene: Scene) -> np.ndarray:
    """The mean of the known texels everywhere; see :data:`BASELINES`."""
    large, known = scene.large, scene.known
    return np.where(known[..., None], large, large[known].mean(0).round()).astype(np.uint8)


def mirror(scene: Scene) -> np.ndarray:
    """The mirror side where that is known, smooth elsewhere (:mod:`scoreface.texture.complete`)."""
    mesh, large = scene.mesh, scene.large
    layout = make_layout(mesh.vt, mesh.ft, mesh.faces, len(large))
    have = scene.known & layout.chart
    filled = complete(large / 255, have, frontal(mesh, scene.axis_angle), mesh.faces, layout)
    return np.rint(filled * 255).astype(np.uint8)


def delit_mirror(scene: Scene) -> np.ndarray:
    """The same in colours without the photo's light, which is put back (:mod:`scoreface.texture.completion`)."""
    carried = scene.carried or nothing(len(scene.large))
    completion = Completion.of(scene.mesh, scene.axis_angle, scene.large, scene.known, carried)
    filled = completion(scene.large / 255, completion.observed)
    return np.rint(filled * 255).astype(np.uint8)


def telea(scene: Scene) -> np.ndarray:
    """Fast marching from the holes' borders (Telea 2004), on the texture as a picture."""
    return cv2.inpaint(scene.large, (~scene.known).astype(np.uint8), _RADIUS, cv2.INPAINT_TELEA)


def navier_stokes(scene: Scene) -> np.ndarray:
    """Isophotes carried on into the holes (Bertalmio et al. 2001), on the texture as a picture."""
    return cv2.inpaint(scene.large, (~scene.known).astype(np.uint8), _RADIUS, cv2.INPAINT_NS)


def biharmonic(scene: Scene) -> np.ndarray:
    """The biharmonic equation in the holes (Damelin and Hoang 2018), on the texture as a picture."""
    large, known = scene.large, scene.known
    size = min(len(large), _BIHARMONIC_SIZE)
    small, there = shrink(large, known, size, CORNER)
    smooth = inpaint_biharmonic(small / 255, ~there, channel_axis=2)
    pixels = np.rint(resize(smooth, large.shape, order=1).clip(0, 1) * 255)
    return np.where(known[..., None], large, pixels).astype(np.uint8)


#: Each takes the head with the photo's texels, and gives the whole texture (L, L, 3) uint8.
BASELINES: dict[str, Baseline] = {
    "mean": mean_colour,
    "mirror": mirror,
    "delit-mirror": delit_mirror,
    "telea": telea,
    "navier-stokes": navier_stokes,
    "biharmonic": biharmonic,
}
