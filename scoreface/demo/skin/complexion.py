"""The bare skin under the features: its tone, blush, blotches, pores, freckles and moles."""

from __future__ import annotations

import numpy as np

from scoreface.demo.head.anatomy import jaw_edge
from scoreface.demo.masks import Array, soft, spot
from scoreface.demo.skin.brushes import dots, mix, solid_noise
from scoreface.demo.skin.person import Skin


def paint_complexion(skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """Tone with colour that varies over the face, blush, blotches, pores and freckles."""
    x, y, z = np.abs(points[..., 0]), points[..., 1], points[..., 2]
    front = soft(z - 0.02, 0.05)
    image = np.broadcast_to(skin.tone.astype(np.float32), points.shape).copy()
    slow = solid_noise(points, 0.030, rng)
    image *= 1.0 + 0.026 * slow[..., None] * np.array([0.8, 1.0, 1.1], np.float32)

    # Cheeks, nose and chin flush, never quite the same on both sides.
    left, right = np.clip(rng.normal(1.0, 0.25, 2), 0.4, 1.6)
    flush = 0.9 * spot(x, y, 0.042, -0.030, 0.022, 0.018)
    flush *= np.where(points[..., 0] > 0.0, left, right)
    flush += 0.9 * spot(x, y, 0.0, -0.036, 0.017, 0.012)
    flush += 0.4 * spot(x, y, 0.0, -0.098, 0.018, 0.012)
    flush += 0.5 * spot(x, y, 0.018, -0.044, 0.008, 0.008)
    flush += 0.35 * spot(x, y, 0.030, 0.008, 0.018, 0.006)
    flush = front * flush + 0.8 * soft(x - 0.078, 0.012)
    flush = flush * (1.0 + 0.30 * solid_noise(points, 0.012, rng))
    image *= 1.0 - flush[..., None] * skin.blush * np.array([0.015, 0.16, 0.13], np.float32)
    # The forehead is yellower than the flushed middle of the face, and so is the throat; the jaw is grayer.
    pale = front * (soft(y - 0.030, 0.03) + soft(-0.112 - y, 0.03))
    image *= 1.0 + pale[..., None] * np.array([0.01, 0.015, -0.045], np.float32)
    jaw = front * soft(-0.070 - y, 0.04) * soft(y + 0.125, 0.02)
    image *= 1.0 - jaw[..., None] * np.array([0.035, 0.015, 0.005], np.float32)
    tired = front * spot(x, y, 0.029, -0.0125, 0.015, 0.0055) * (0.7 + 0.8 * skin.age)
    image *= 1.0 - tired[..., None] * np.array([0.13, 0.14, 0.09], np.float32)

    # Blood shows in blotches: red where it is near the surface, and paler between; more so with the years.
    blotch = 0.7 * solid_noise(points, 0.0085, rng) + 0.5 * solid_noise(points, 0.0036, rng)
    redder = np.array([0.008, 0.036, 0.034], np.float32) * (0.45 + 0.65 * skin.blush)
    image *= 1.0 - blotch[..., None] * redder * (0.8 + 0.7 * skin.age)
    pores = 0.7 * solid_noise(points, 0.0009, rng) + 0.6 * solid_noise(points, 0.0020, rng)
    # They are widest on nose and cheeks.
    wide = 0.7 + 0.9 * front * spot(x, y, 0.018, -0.030, 0.030, 0.022)
    image *= 1.0 + (0.024 + 0.012 * skin.age) * (wide * pores)[..., None]
    return _freckle(image, skin, points, rng)


def _freckle(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """Freckles over nose and cheeks, moles and a few red marks anywhere on the face."""
    count, moles, marks = int(220 * skin.freckles), int(rng.integers(2, 9)), int(rng.integers(0, 6))
    at = rng.normal(0.0, 1.0, (count, 2)) * [0.036, 0.020] + [0.0, -0.022]
    anywhere = rng.uniform([-0.065, -0.115], [0.065, 0.065], (moles + marks, 2))
    kind = np.repeat([0, 1, 2], [count, moles, marks])
    at = np.concatenate([at, anywhere])
    radius = rng.uniform(0.0005, 0.0011, len(kind)) * np.array([1.0, 1.3, 2.0])[kind]
    strength = rng.uniform(0.10, 0.30, len(kind)) * np.array([1.0, 2.4, 1.4])[kind]
    brown, red = (dots(points, at[of], radius[of], strength[of]) for of in (kind < 2, kind == 2))
    image = mix(image, skin.tone * [0.52, 0.38, 0.32], brown)
    return mix(image, skin.tone * [0.95, 0.60, 0.55], red)


def paint_hollows(image: Array, skin: Skin, points: Array) -> Array:
    """The shade of what lies deep, finer than the mesh knows: under the jaw, at the eyes' roots, beside the nose."""
    x, y, z = np.abs(points[..., 0]), points[..., 1], points[..., 2]
    front = soft(z - 0.03, 0.03)
    # The neck lies in the jaw's shadow.
    below = jaw_edge(z) - y
    dark = 0.62 * soft(below, 0.010) * np.exp(-np.clip(below, 0.0, None) / 0.030)
    dark = dark * soft(z + 0.020, 0.05) * soft(0.075 - x, 0.03)
    dark += 0.20 * soft(-0.10 - y, 0.03) * soft(0.03 - z, 0.06)
    dark += front * (
        0.34 * spot(x, y, 0.0125, 0.0030, 0.0055, 0.0100)
        + 0.20 * spot(x, y, 0.0480, 0.0040, 0.0100, 0.0080)
        + 0.22 * spot(x, y, 0.0300, 0.0115, 0.0160, 0.0040)
        + 0.22 * spot(x, y, 0.0215, -0.0440, 0.0050, 0.0090)
        + 0.24 * spot(x, y, 0.0, -0.0545, 0.0110, 0.0040)
        + 0.26 * spot(x, y, 0.0, -0.0860, 0.0170, 0.0045)
        + 0.14 * spot(x, y, 0.0310, -0.0720, 0.0070, 0.0120)
        + 0.10 * spot(x, y, 0.0520, -0.0520, 0.0140, 0.0180)
        + 0.12 * spot(x, y, 0.0640, 0.0150, 0.0120, 0.0200)
    )
    return mix(image, skin.tone * [0.42, 0.28, 0.23], np.clip(dark, 0.0, 0.75))
