"""The painted features of a face: eyes, brows, lips, nostrils, beard shadow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scoreface.demo.anatomy import (
    EYE_CENTRE,
    EYE_HALF_WIDTH,
    IRIS_RADIUS,
    MOUTH_HALF_WIDTH,
    MOUTH_Y,
    NOSTRIL,
    Array,
    brow_curve,
    eye_margins,
    mouth_curves,
)
from scoreface.demo.paint import mix, soft, solid_noise, spot
from scoreface.demo.relief import ear_coordinates

if TYPE_CHECKING:
    from .skin import Skin


def _facing(points: Array) -> Array:
    """1 on the side of the head that the face plane describes."""
    return soft(points[..., 2] - 0.035, 0.01)


def paint_eyes(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """Lids, sclera, iris with pupil and highlight, and lashes."""
    x, y = points[..., 0], points[..., 1]
    facing = _facing(points)
    upper, lower = eye_margins(x)
    across = (np.abs(x) - EYE_CENTRE[0]) / EYE_HALF_WIDTH
    within = soft(1.12 - np.abs(across), 0.15) * facing

    crease = np.exp(-(((y - upper - 0.0040) / 0.0009) ** 2)) * within
    image = mix(image, skin.tone * [0.62, 0.50, 0.46], 0.45 * crease)
    lid = soft(y - upper, 0.002) * soft(upper + 0.0050 - y, 0.004) * within
    image = mix(image, skin.tone * [0.80, 0.68, 0.64], 0.35 * lid)

    opening = np.minimum(upper - y, y - lower)
    eye = soft(opening, 0.0007) * (np.abs(across) < 1.0) * facing
    # The upper lid shades the eyeball; the corners are redder than the middle.
    shade = np.clip(0.40 + (upper - y) / 0.0060, 0.0, 1.0) * (1.0 - 0.30 * np.abs(across) ** 3)
    sclera = np.array([0.82, 0.79, 0.77]) * shade[..., None]
    sclera[..., 1:] *= (1.0 - 0.12 * across**2)[..., None]
    image = mix(image, _iris(sclera, skin, x, y, rng), eye)
    caruncle = spot(np.abs(x), y, EYE_CENTRE[0] - 0.93 * EYE_HALF_WIDTH, lower.mean(), 0.002, 0.002)
    image = mix(image, [0.72, 0.42, 0.40], 0.6 * caruncle * eye)

    # Lashes: a dark band on the upper margin, thicker outwards; a faint one below.
    dark = 0.35 * skin.brow_colour
    thick = 0.0008 + 0.00045 * np.clip(across + 1.0, 0.0, 2.0)
    line = soft(thick - np.abs(y - upper - 0.0003), 0.0008) * soft(1.02 - np.abs(across), 0.12)
    image = mix(image, dark, 0.88 * line * facing)
    under = soft(0.0004 - np.abs(y - lower), 0.0009) * soft(0.98 - np.abs(across), 0.12) * facing
    return mix(image, 0.5 * skin.tone * [0.8, 0.6, 0.6], 0.65 * under)


def _iris(sclera: Array, skin: Skin, x: Array, y: Array, rng: np.random.Generator) -> Array:
    """The eyeball's colours: sclera, iris with streaks and a dark ring, pupil, highlight."""
    dx = np.abs(x) - EYE_CENTRE[0] - np.sign(x) * skin.gaze[0]
    dy = y - EYE_CENTRE[1] - skin.gaze[1] - 0.0004
    r = np.hypot(dx, dy) / IRIS_RADIUS
    angle = np.arctan2(dy, dx)
    phases = rng.uniform(0.0, 2.0 * np.pi, 3)
    streaks = sum(np.sin(k * angle + p) for k, p in zip((11, 17, 29), phases, strict=True))
    light = np.clip(1.25 - 0.5 * r + 0.10 * streaks, 0.3, 1.6)
    light = light * (1.0 - 0.65 * soft(r - 0.88, 0.25)) * np.clip(1.0 - 0.06 * dy / 0.001, 0.6, 1.2)
    ball = mix(sclera, skin.iris_colour * light[..., None], soft(1.0 - r, 0.16))
    ball = mix(ball, [0.02, 0.02, 0.02], soft(0.40 - r, 0.10))
    # The highlight is on the same side of both eyes, as of one window.
    shift = dx * np.sign(x)
    glint = spot(shift, dy, -0.0016, 0.0019, 0.0008, 0.0009)
    return mix(ball, [0.97, 0.97, 0.98], 0.9 * glint)


def paint_brows(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """Brows of short strands, thinning out at their edges."""
    x, y = points[..., 0], points[..., 1]
    height, thickness = brow_curve(x)
    half = 0.5 * thickness * skin.brow_width
    body = soft(half - np.abs(y - height), 0.0030) * (thickness > 0.0) * _facing(points)
    ends = soft(np.abs(x) - 0.0115, 0.005) * soft(0.0525 - np.abs(x), 0.004)
    # Strands run outwards and, near the nose, upwards.
    along = np.stack([0.22 * x, y - 0.5 * np.abs(x), np.zeros_like(x)], axis=-1)
    strands = solid_noise(along, 0.0009, rng, body > 0.0)
    weight = np.clip(body * ends * (0.92 + 0.22 * strands), 0.0, 0.95)
    return mix(image, skin.brow_colour, weight)


def paint_lips(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """Lips with soft edges and fine furrows, the line between them, the corners' shade."""
    x, y = points[..., 0], points[..., 1]
    facing = _facing(points)
    upper, line, lower = mouth_curves(x)
    inside = np.minimum(upper - y, y - lower)
    wide = soft(1.02 - np.abs(x) / MOUTH_HALF_WIDTH, 0.08)
    lips = soft(inside, 0.0024) * wide * facing
    lips *= 1.0 - 0.4 * np.clip(np.abs(x) / MOUTH_HALF_WIDTH, 0.0, 1.0) ** 4
    furrows = solid_noise(np.stack([x, 0.15 * y, 0.0 * x], -1), 0.0011, rng, lips > 0.0)
    shade = np.where(y > line, 0.86, 1.0) + 0.025 * furrows
    image = mix(image, skin.lip_colour * shade[..., None], 0.85 * lips)
    gleam = spot(x, y, 0.0, MOUTH_Y - 0.0050, 0.0100, 0.0016) * lips
    image = mix(image, [0.95, 0.85, 0.84], 0.16 * gleam)

    gap = np.exp(-(((y - line) / 0.00095) ** 2)) * soft(1.0 - np.abs(x) / MOUTH_HALF_WIDTH, 0.1)
    image = mix(image, skin.lip_colour * [0.30, 0.20, 0.20], 0.88 * gap * facing)
    corner = spot(np.abs(x), y, MOUTH_HALF_WIDTH, float(MOUTH_Y) + 0.0004, 0.0032, 0.0024) * facing
    image = mix(image, skin.tone * [0.55, 0.42, 0.40], 0.55 * corner)
    below = spot(x, y, 0.0, MOUTH_Y - 0.0118, 0.0150, 0.0026) * facing
    return mix(image, skin.tone * [0.72, 0.62, 0.58], 0.40 * below)


def paint_nose(image: Array, skin: Skin, points: Array) -> Array:
    """Nostrils, the creases round the wings, and the shade under the tip."""
    x, y = np.abs(points[..., 0]), points[..., 1]
    facing = _facing(points)
    under = spot(x, y, 0.0045, NOSTRIL[1] - 0.0016, 0.0115, 0.0026) * facing
    image = mix(image, skin.tone * [0.66, 0.52, 0.49], 0.45 * under)
    wing = np.hypot((x - 0.0095) / 0.0085, (y + 0.0405) / 0.0072)
    crease = np.exp(-(((wing - 1.0) / 0.18) ** 2)) * soft(x - 0.0125, 0.004) * facing
    image = mix(image, skin.tone * [0.66, 0.50, 0.46], 0.36 * crease)
    hole = np.hypot((x - NOSTRIL[0]) / 0.0044, (y - NOSTRIL[1] + 0.12 * (x - NOSTRIL[0])) / 0.0022)
    return mix(image, skin.tone * [0.24, 0.14, 0.13], 0.85 * soft(1.0 - hole, 0.8) * facing)


def paint_ears(image: Array, skin: Skin, points: Array) -> Array:
    """The ear's hollow and the groove inside its rim, darker and redder than the skin."""
    a, b = ear_coordinates(points)
    side = soft(np.abs(points[..., 0]) - 0.050, 0.01)
    r = np.hypot(a, b)
    groove = np.exp(-(((r - 0.70) / 0.10) ** 2)) * soft(b + 0.35 - 0.8 * a, 0.5)
    hollow = spot(a, b, 0.12, -0.12, 0.30, 0.32)
    image = mix(image, skin.tone * [0.60, 0.42, 0.38], 0.45 * groove * side)
    return mix(image, skin.tone * [0.48, 0.32, 0.29], 0.60 * hollow * side)


def paint_beard(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """The shadow of a shaven or short beard on lip, chin, jaw and throat."""
    if skin.beard == 0.0:
        return image
    x, y, z = np.abs(points[..., 0]), points[..., 1], points[..., 2]
    cheek_line = -0.052 - 0.018 * np.exp(-(((x - 0.034) / 0.016) ** 2))
    cheek_line += 0.9 * np.clip(x - 0.050, 0.0, None)
    area = soft(cheek_line - y, 0.014) * soft(y + 0.140, 0.03) * soft(z + 0.005, 0.02)
    stubble = solid_noise(points, 0.0016, rng, area > 0.0)
    weight = area * skin.beard * np.clip(0.52 + 0.12 * stubble, 0.0, 1.0)
    return mix(image, 0.55 * skin.brow_colour + 0.25 * skin.tone * [0.8, 0.9, 1.0], weight)
