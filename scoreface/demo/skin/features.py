"""The painted features of a face: lips and nose."""

from __future__ import annotations

import numpy as np

from scoreface.demo.head.anatomy import MOUTH_HALF_WIDTH, MOUTH_Y, NOSTRIL, mouth_curves
from scoreface.demo.masks import Array, soft, spot
from scoreface.demo.skin.brushes import facing, mix, solid_noise, window
from scoreface.demo.skin.person import Skin


def paint_lips(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """Lips that fade into the skin, darker inwards and at the corners, with furrows and a gleam."""
    out = image.copy()
    near = window(spot(points[..., 0], points[..., 1], 0.0, MOUTH_Y, 0.025, 0.014) > 0.15)
    part, place = image[near], points[near]
    x, y = place[..., 0], place[..., 1]
    t, front = np.abs(x) / MOUTH_HALF_WIDTH, facing(place)
    upper, line, lower = mouth_curves(x)
    top = y > line
    # 0 at the mouth line, 1 at the lip's edge.
    high = np.abs(y - line) / np.where(top, upper - line, line - lower).clip(0.0008)
    fan = x * (1.0 + np.where(top, -0.10, -0.22) * np.clip(high, 0.0, 1.2))
    lips = soft(np.minimum(upper - y, y - lower), 0.0030) * soft(1.02 - t, 0.16) * front
    furrows = solid_noise(np.stack([fan, 0.12 * y, 0.0 * x], -1), 0.0008, rng, lips > 0.0)
    # Where the noise crosses 0 is a furrow: they are narrow, the ridges between them broad.
    cracks = np.exp(-((furrows / 0.35) ** 2)) * np.clip(4.0 * high * (1.2 - high), 0.0, 1.0)

    # The edge of the upper lip catches the light.
    roll = np.exp(-(((y - upper - 0.0014) / 0.0011) ** 2)) * soft(0.62 - t, 0.5) * front
    part = mix(part, np.clip(skin.tone * [1.08, 1.05, 1.04], 0.0, 1.0), 0.35 * roll)
    shade = np.where(top, 0.78 + 0.10 * high, 0.88 + 0.14 * np.sin(2.4 * high.clip(0.0, 1.2)))
    shade = shade * (1.0 - 0.20 * t**3) * (1.0 - 0.09 * cracks) * (1.0 + 0.012 * furrows)
    part = mix(part, skin.lip_colour * shade[..., None], (0.82 - 0.45 * t**5) * lips)
    # Inside they are moist, redder and darker.
    inner = np.exp(-np.abs(y - line) / 0.0013) * lips
    part = mix(part, skin.lip_colour * [0.62, 0.40, 0.40], 0.50 * inner)
    gleam = spot(np.abs(x), y, 0.0035, MOUTH_Y - 0.0046, 0.0062, 0.0015) * lips
    gleam *= np.clip(0.75 + 0.35 * furrows, 0.0, 1.3) * (1.0 - 0.7 * cracks)
    part = mix(part, [0.95, 0.86, 0.84], 0.17 * gleam)

    # The line between them is widest beside the middle and thins out towards the corners.
    thin = 0.00050 + 0.00045 * np.exp(-(((t - 0.25) / 0.32) ** 2))
    gap = np.exp(-(((y - line) / thin) ** 2)) * soft(0.90 - t, 0.30)
    part = mix(part, skin.lip_colour * [0.30, 0.16, 0.15], 0.85 * gap * front)
    corner = spot(np.abs(x), y, 0.98 * MOUTH_HALF_WIDTH, MOUTH_Y + 0.0003, 0.0036, 0.0026) * front
    part = mix(part, skin.tone * [0.50, 0.36, 0.33], 0.42 * corner)
    below = spot(x, y, 0.0, MOUTH_Y - 0.0118, 0.0150, 0.0026) * front
    out[near] = mix(part, skin.tone * [0.72, 0.62, 0.58], 0.40 * below)
    return out


def paint_nose(image: Array, skin: Skin, points: Array) -> Array:
    """Nostrils, the creases round the wings, and the shade under the tip."""
    x, y = np.abs(points[..., 0]), points[..., 1]
    front = facing(points)
    under = spot(x, y, 0.0045, NOSTRIL[1] - 0.0016, 0.0115, 0.0026) * front
    image = mix(image, skin.tone * [0.66, 0.52, 0.49], 0.45 * under)
    # The crease is deepest where the wing meets the cheek and fades upwards.
    wing = np.hypot((x - 0.0095) / 0.0085, (y + 0.0405) / 0.0072)
    crease = np.exp(-(((wing - 1.0) / 0.16) ** 2)) * soft(x - 0.0130, 0.004)
    crease *= soft(-0.0380 - y, 0.013) * front
    image = mix(image, skin.tone * [0.58, 0.42, 0.38], 0.42 * crease)

    # A nostril is a comma under the arched rim: round beside the septum, with a tail outwards.
    # The rim is the sharper edge; downwards the dark fades out on the lip's side.
    out = (x - NOSTRIL[0]) / 0.0047
    depth = NOSTRIL[1] + 0.0019 - 0.0012 * out**2 - 0.0002 * out - y
    tall = 0.0034 - 0.0008 * out
    hole = np.hypot(out, 2.0 * depth / tall - 0.75)
    hole = soft(1.04 - hole, 1.05) * soft(depth, 0.0013)
    glow = spot(out, depth, 0.0, 0.0014, 1.05, 0.0026) * front
    image = mix(image, skin.tone * [0.58, 0.38, 0.34], 0.50 * glow)
    return mix(image, skin.tone * [0.23, 0.12, 0.11], 0.85 * hole * front)
