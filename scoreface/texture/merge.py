"""Merge: one finished texture from the photo's texels, the views' and completion."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from scoreface.base.regions import FACE
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import frontal
from scoreface.parse.labels import EARS, NECK, SKIN
from scoreface.texture.carried import Carried, nothing
from scoreface.texture.chart import padded
from scoreface.texture.complete import complete
from scoreface.texture.kinds import texel_kinds
from scoreface.texture.layout import TextureLayout, make_layout
from scoreface.texture.light import Shading, complete_delit, estimate, texel_normals, unlit
from scoreface.texture.state import COMPLETED, OBSERVED, OUTSIDE, TextureState

LIGHTS = PHOTO, REMOVED = ("photo", "removed")


class Merged(NamedTuple):
    """A finished texture of L texels a side.

    Attributes:
        texture: (L, L, 3) uint8, its colours carried a few texels beyond the chart for viewers that interpolate.
        labels: (L, L) uint8, where each texel came from.
        shading: the photo's light on the head.
    """

    texture: np.ndarray
    labels: np.ndarray
    shading: Shading


def merge_textures(
    mesh: Mesh,
    axis_angle: np.ndarray,
    large: np.ndarray,
    known: np.ndarray,
    state: TextureState,
    carried: Carried | None = None,
    light: str = PHOTO,
) -> Merged:
    """The finished texture and where each texel came from (paper section 3.6).

    Args:
        mesh: the fitted head.
        axis_angle: (3,) its global rotation in radians.
        large: (L, L, 3) uint8 texture lifted from the photo.
        known: (L, L) bool, its known texels; in the photo's light they come back bit for bit.
        state: the last state, of a texture of size S up to L.
        carried: what is known of the large texture's texels. None: nothing.
        light: of the finished texture: the ``photo``'s, or ``removed``.
    """
    layout = make_layout(mesh.vt, mesh.ft, mesh.faces, large.shape[0])
    observed = known & layout.chart
    colours, labels = _enlarge(state, layout.size)
    colours = np.where(observed[..., None], large / 255.0, colours)
    labels = np.where(observed, OBSERVED, labels)
    # Where the small texture says observed and the large one does not, one texel in many was seen: no view makes the
    # others, so they are completed from their neighbours.
    filled = observed | ((labels != OUTSIDE) & (labels != OBSERVED) & layout.chart)
    carried = carried or nothing(layout.size)
    kinds = texel_kinds(carried, observed, filled, colours)
    # The head stands as in the photo.
    normals = texel_normals(mesh.vertices, mesh.faces, layout)
    shading = _shading(large, observed, carried, normals, layout)
    shade, upright = shading.at(normals), frontal(mesh, axis_angle)

    def fill(delit: np.ndarray) -> np.ndarray:
        return complete(delit, filled, upright, mesh.faces, layout, kinds)

    finished = complete_delit(colours, filled, shade, layout, fill)
    labels = np.where(layout.chart, np.where(filled, labels, COMPLETED), OUTSIDE)
    pixels = np.rint(finished * 255).astype(np.uint8)
    pixels[observed] = large[observed]
    if light == REMOVED:
        pixels = unlit(pixels, shade, layout)
    return Merged(padded(pixels, layout.chart), labels.astype(np.uint8), shading)


def _shading(
    large: np.ndarray,
    observed: np.ndarray,
    carried: Carried,
    normals: np.ndarray,
    layout: TextureLayout,
) -> Shading:
    """The light on the skin that the photo shows: by the parser's labels, or without them on the face."""
    skin = np.isin(carried.labels, [SKIN, NECK, EARS])
    if not carried.labels.any():
        skin = carried.regions == FACE
    colours = large.reshape(-1, 3)[layout.texels]
    return estimate(colours, normals, (observed & skin).ravel()[layout.texels])


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
