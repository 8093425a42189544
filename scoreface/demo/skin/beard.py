"""Beards: the shadow of a shaven one, stubble, moustache, goatee, and a full beard."""

from __future__ import annotations

import numpy as np

from scoreface.demo.head.anatomy import MOUTH_Y, jaw_edge
from scoreface.demo.masks import Array, soft
from scoreface.demo.skin.brushes import mix, solid_noise
from scoreface.demo.skin.person import SILVER, Skin


def paint_beard(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """The skin's beard on lip, chin, jaw and throat; without one, nothing."""
    if skin.beard == "none":
        return image
    low = (points[..., 1] < 0.02) & (points[..., 1] > -0.16) & (points[..., 2] > -0.03)
    place = points[low]
    area = _area(skin.beard, place)
    # Strands of the upper lip and chin run down, those of the cheeks a little back too.
    combed = np.stack([place[:, 0], 0.16 * place[:, 1], 0.5 * place[:, 2]], axis=1)
    strand, dot = solid_noise(combed, 0.0007, rng), solid_noise(place, 0.0011, rng)
    patches = solid_noise(place, 0.009, rng)
    weight = np.zeros(points.shape[:2], np.float32)
    if skin.beard == "stubble":
        weight[low] = area * skin.beard_weight * np.clip(0.54 + 0.16 * dot + 0.06 * patches, 0, 1)
        return mix(image, 0.50 * skin.brow_colour + 0.25 * skin.tone * [0.8, 0.9, 1.0], weight)
    # Sparse at its edge, where single hairs stand on the skin.
    ragged = soft(area - 0.5 + 0.14 * strand + 0.12 * dot + 0.05 * patches, 0.95)
    ragged *= soft(area - 0.06, 0.12)
    weight[low] = ragged * np.clip(0.80 + 0.10 * strand + 0.06 * patches, 0.0, 0.97)
    light = np.clip(1.0 + 0.15 * strand + 0.06 * dot + 0.10 * patches, 0.5, 1.5)
    # A beard is redder than the hair, and grays before it.
    colour = skin.beard_colour * light[:, None]
    chin = 0.25 * soft(0.03 - np.abs(place[:, 0]), 0.02)
    gray = np.clip(skin.gray * (1.0 + chin + 0.18 * strand + 0.12 * patches), 0.0, 1.0)[:, None]
    hair = np.zeros_like(image)
    hair[low] = colour + gray * (1.07 * SILVER * light[:, None] - colour)
    return mix(image, np.clip(hair, 0.0, 1.0), weight)


def _area(kind: str, place: Array) -> Array:
    """Where a ``kind`` of beard grows, 0 to 1, of ``place`` (N, 3)."""
    x, y, z = np.abs(place[:, 0]), place[:, 1], place[:, 2]
    # Over the mouth, wider and lower towards its corners.
    middle = -0.0595 - 0.012 * np.clip(x / 0.028, 0.0, 1.3) ** 2.2
    lip = soft(0.0052 - np.abs(y - middle), 0.006) * soft(0.031 - x, 0.008) * soft(z - 0.05, 0.02)
    if kind == "moustache":
        return lip
    if kind == "goatee":
        chin = soft(0.0255 - np.hypot(x, 0.95 * (y + 0.098)), 0.010) * soft(-0.0835 - y, 0.004)
        beside = soft(0.0045 - np.abs(x - 0.0275), 0.006) * soft(0.020 - np.abs(y + 0.083), 0.01)
        return np.maximum(np.maximum(lip, chin), beside) * soft(z - 0.03, 0.02)
    cheek_line = -0.052 - 0.018 * np.exp(-(((x - 0.034) / 0.016) ** 2))
    cheek_line += 0.9 * np.clip(x - 0.050, 0.0, None)
    # Up to the hair before the ear.
    cheek_line += 2.0 * np.clip(0.030 - z, 0.0, None) * soft(x - 0.050, 0.01)
    # Shaven below the jaw, a little farther down on the throat.
    area = soft(np.minimum(cheek_line, 0.0) - y, 0.018)
    area *= soft(y - jaw_edge(z) + 0.012, 0.026)
    area *= soft(z + 0.002, 0.018)
    if kind == "full":
        # Lips and the dip below them stay free.
        bare = np.hypot(x / 0.026, (y - MOUTH_Y + 0.001) / 0.0115)
        return np.maximum(area * soft(bare - 1.0, 0.35), lip)
    return area
