"""Hair cap and garment of the painted heads."""

from __future__ import annotations

import numpy as np

from scoreface.demo.head.relief import ear_coordinates
from scoreface.demo.masks import Array, soft
from scoreface.demo.skin.brushes import mix, solid_noise
from scoreface.demo.skin.person import Skin

# The hair line from the middle of the forehead to the nape: longitude (degrees), height (m).
_HAIR_LINE = np.array(
    [
        [0.0, 0.067],
        [25.0, 0.068],
        [40.0, 0.063],
        [52.0, 0.050],
        [62.0, 0.028],
        [72.0, 0.012],
        [77.0, -0.018],
        [82.0, -0.020],
        [92.0, 0.020],
        [103.0, 0.015],
        [112.0, -0.030],
        [128.0, -0.062],
        [155.0, -0.082],
        [180.0, -0.088],
    ]
)


def hair_line(skin: Skin, points: Array) -> Array:
    """Height (m) of the hair line at the longitudes of ``points`` (..., 3): (...)."""
    x, z = points[..., 0], points[..., 2]
    longitude = np.rad2deg(np.abs(np.arctan2(x, z + 0.01)))
    line = np.interp(longitude, *_HAIR_LINE.T).astype(np.float32)
    line += (skin.hairline + skin.parting * np.tanh(x / 0.02)) * soft(50.0 - longitude, 35.0)
    line += skin.temples * np.exp(-(((longitude - 34.0) / 14.0) ** 2))
    return line


def paint_hair(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """Short hair down to the hair line, thinning out there, with strands that run from the crown."""
    if skin.bald:
        return image
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    # Distance from the crown and direction round it: strands are long along the first.
    away = np.arctan2(np.hypot(x, z + 0.03), y - 0.02)
    turn = np.arctan2(x, z + 0.03)
    ring = np.stack([0.06 * np.sin(turn), 0.06 * np.cos(turn), 0.006 * away], axis=-1)
    line = hair_line(skin, points)
    near = y > line - 0.030
    fine, locks = (solid_noise(ring, cell, rng, near) for cell in (0.0006, 0.0035))
    ragged = 0.0024 * solid_noise(points, 0.013, rng, near) + 0.0012 * locks
    # Hair is sparse at its edge: there the skin shows between single strands.
    density = soft(y - line + ragged, 0.022)
    cover = soft(density - 0.5 + 0.20 * fine * (1.0 - density), 0.75) * soft(density - 0.05, 0.10)
    cover = cover * soft(np.hypot(*ear_coordinates(points)) - 1.15, 0.25)
    # Locks overlap in waves; the hair on the sides, cut shorter, lets more of the skin through.
    wave = np.sin(22.0 * away + 2.5 * locks)
    light = np.clip(1.0 + 0.16 * fine + 0.13 * locks + 0.06 * wave, 0.45, 1.8)
    colour = skin.hair_colour * light[..., None]
    short = 0.22 * soft(0.035 - y, 0.05)
    return mix(image, colour, (0.97 - short) * cover)


def paint_clothes(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """A plain garment from the neck line down, with a darker hem."""
    y, z = points[..., 1], points[..., 2]
    forwards = 0.5 * (z + 0.03 + np.hypot(z + 0.03, 0.03))
    depth = skin.neckline - 0.35 * forwards - y
    weave = solid_noise(points, 0.0012, rng, depth > -0.002)
    cloth = skin.garment_colour * (1.0 + 0.03 * weave)[..., None]
    hem = np.exp(-(((depth - 0.001) / 0.003) ** 2))
    return mix(mix(image, cloth, soft(depth, 0.002)), 0.4 * skin.garment_colour, 0.5 * hem)
