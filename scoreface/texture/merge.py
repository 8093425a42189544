"""Merge: one finished texture from the photo's texels, the views' and completion."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from scoreface.geometry.mesh import Mesh
from scoreface.texture.carried import Carried, nothing
from scoreface.texture.chart import padded
from scoreface.texture.completion import Completion
from scoreface.texture.light import Shading, unlit
from scoreface.texture.preprocess import MOST, shrink
from scoreface.texture.state import COMPLETED, OBSERVED, OUTSIDE, TextureState

LIGHTS = PHOTO, REMOVED = ("photo", "removed")
DETAILS = EVIDENCE, NONE = ("evidence", "none")


class Merged(NamedTuple):
    """Finished textures of L texels a side.

    Attributes:
        textures: (N, L, L, 3) uint8, one a completion, their colours carried a few texels beyond the chart for viewers
            that interpolate.
        labels: (L, L) uint8, where each texel came from.
        shading: the photo's light on the head.
    """

    textures: np.ndarray
    labels: np.ndarray
    shading: Shading

    @property
    def uncertainty(self) -> np.ndarray:
        """(L, L) standard deviation over the completions, in levels of 0..255, root mean square of the channels."""
        return np.sqrt(self.textures.astype(np.float32).var(axis=0).mean(axis=-1))


def merge_textures(
    mesh: Mesh,
    axis_angle: np.ndarray,
    large: np.ndarray,
    known: np.ndarray,
    state: TextureState,
    carried: Carried | None = None,
    light: str = PHOTO,
    detail: str = EVIDENCE,
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
        detail: of generated texels, finer than the state's: as in what the photo alone suggests there (``evidence``),
            or ``none``.
    """
    completion = Completion.of(mesh, axis_angle, large, known, carried or nothing(len(large)))
    layout, observed = completion.layout, completion.observed
    photo = np.where(observed[..., None], large / 255.0, 0)
    suggested = (
        completion(photo, observed) if detail == EVIDENCE and _generated(state).any() else None
    )
    labels = np.where(observed, OBSERVED, _enlarged_labels(state, layout.size))
    generated = (labels != OUTSIDE) & (labels != OBSERVED) & layout.chart
    # Where the small texture says observed and the large one does not, part of the texel was seen: no view makes the
    # rest. Such cracks between the photo and what a view has made go over from one to the other.
    made, reach = observed | generated, layout.size / len(state.filled)
    cracks = (labels == OBSERVED) & ~observed & layout.chart
    cracks &= _blurred(generated.astype(float), reach) > 0
    textures = []
    for texture in state.textures.astype(float):
        if suggested is None:
            colours = _enlarged(texture, state.filled, layout.size)
        else:
            coarse = shrink(suggested, layout.chart, len(texture), MOST)[0]
            difference = np.where(_generated(state)[..., None], texture - coarse, 0)
            colours = suggested + _enlarged(difference, state.filled, layout.size)
        colours = np.where(observed[..., None], photo, colours.clip(0, 1))
        colours[cracks] = _means(colours, made, reach)[cracks]
        pixels = np.rint(completion(colours, made | cracks) * 255).astype(np.uint8)
        pixels[observed] = large[observed]
        if light == REMOVED:
            pixels = unlit(pixels, completion.shade, layout)
        textures.append(padded(pixels, layout.chart))
    labels = np.where(layout.chart, np.where(made, labels, COMPLETED), OUTSIDE)
    return Merged(np.stack(textures), labels.astype(np.uint8), completion.shading)


def _generated(state: TextureState) -> np.ndarray:
    return state.filled & (state.labels != OBSERVED)


def _enlarged_labels(state: TextureState, size: int) -> np.ndarray:
    """The labels of the state's filled texels at a larger size (L, L), ``OUTSIDE`` elsewhere."""
    nearest = np.floor((np.arange(size) + 0.5) * len(state.filled) / size).astype(int)
    return np.where(state.filled, state.labels, OUTSIDE)[np.ix_(nearest, nearest)]


def _means(values: np.ndarray, texels: np.ndarray, reach: float) -> np.ndarray:
    """Weighted means (L, L, 3) of those of the ``texels`` (L, L) bool that lie within ``reach``."""
    weight = _blurred(texels.astype(float), reach)
    channels = [_blurred(values[..., c] * texels, reach) for c in range(3)]
    return np.stack(channels, -1) / np.maximum(weight, 1e-6)[..., None]


def _blurred(channel: np.ndarray, reach: float) -> np.ndarray:
    return ndimage.gaussian_filter(channel, reach / 3, truncate=3, mode="nearest")


def _enlarged(values: np.ndarray, filled: np.ndarray, size: int) -> np.ndarray:
    """Values (S, S, 3) at a larger size (L, L, 3).

    They are interpolated between ``filled`` texels only, so that neither holes nor the outside bleed in.
    """
    at = (np.arange(size) + 0.5) * len(filled) / size - 0.5
    grid = np.meshgrid(at, at, indexing="ij")

    def interpolated(channel: np.ndarray) -> np.ndarray:
        return ndimage.map_coordinates(channel, grid, order=1, mode="nearest")

    weight = interpolated(filled.astype(float))
    channels = [interpolated(values[..., c] * filled) for c in range(3)]
    return np.stack(channels, -1) / np.maximum(weight, 1e-6)[..., None]
