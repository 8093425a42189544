"""Merge: one finished texture from the photo's texels, the views' and completion."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import frontal
from scoreface.texture.chart import padded
from scoreface.texture.complete import complete
from scoreface.texture.layout import make_layout
from scoreface.texture.state import COMPLETED, OBSERVED, OUTSIDE, TextureState


def merge_textures(
    mesh: Mesh,
    axis_angle: np.ndarray,
    large: np.ndarray,
    known: np.ndarray,
    state: TextureState,
) -> tuple[np.ndarray, np.ndarray]:
    """The finished texture and where each texel came from (paper section 3.6).

    Args:
        mesh: the fitted head.
        axis_angle: (3,) its global rotation in radians.
        large: (L, L, 3) uint8 texture lifted from the photo.
        known: (L, L) bool, its known texels; they come back bit for bit.
        state: the last state, of a texture of size S up to L.

    Returns:
        the texture (L, L, 3) uint8, its colours carried a few texels beyond the chart for viewers that interpolate,
        and the labels (L, L) uint8.
    """
    layout = make_layout(mesh.vt, mesh.ft, mesh.faces, large.shape[0])
    observed = known & layout.chart
    colours, labels = _enlarge(state, layout.size)
    colours = np.where(observed[..., None], large / 255.0, colours)
    labels = np.where(observed, OBSERVED, labels)
    # Where the small texture says observed and the large one does not, one texel in many was seen: no view makes the
    # others, so they are completed from their neighbours.
    filled = observed | ((labels != OUTSIDE) & (labels != OBSERVED) & layout.chart)
    finished = complete(colours, filled, frontal(mesh, axis_angle), mesh.faces, layout)
    labels = np.where(layout.chart, np.where(filled, labels, COMPLETED), OUTSIDE)
    pixels = np.rint(finished * 255).astype(np.uint8)
    pixels[observed] = large[observed]
    return padded(pixels, layout.chart), labels.astype(np.uint8)


def _enlarge(state: TextureState, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The state's filled texels at a larger size: colours (L, L, 3), labels (L, L), ``OUTSIDE`` where not filled.

    Colours are interpolated between filled texels only, so that neither holes nor the outside bleed in.
    """
    filled = state.filled
    at = (np.arange(size) + 0.5) * len(filled) / size
    nearest = np.floor(at).astype(int)
    labels = np.where(filled, state.labels, OUTSIDE)[np.ix_(nearest, nearest)]
    grid = np.meshgrid(at - 0.5, at - 0.5, indexing="ij")
    weight = ndimage.map_coordinates(filled.astype(float), grid, order=1, mode="nearest")
    premultiplied = state.texture.astype(float) * filled[..., None]
    channels = [
        ndimage.map_coordinates(premultiplied[..., c], grid, order=1, mode="nearest")
        for c in range(3)
    ]
    return np.stack(channels, -1) / np.maximum(weight, 1e-6)[..., None], labels
