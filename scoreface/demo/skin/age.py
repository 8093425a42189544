"""What years and a smile leave on a face: lines with a lit lower edge, and spots."""

from __future__ import annotations

import numpy as np

from scoreface.demo.head.anatomy import EYE_CENTRE, EYE_HALF_WIDTH, MOUTH_HALF_WIDTH, MOUTH_Y
from scoreface.demo.masks import Array, soft
from scoreface.demo.skin.brushes import dots, facing, mix, solid_noise
from scoreface.demo.skin.person import Skin


class _Lines:
    """Furrows drawn one after the other: their floors are dark, the skin below them bulges into the light."""

    def __init__(self, points: Array, rng: np.random.Generator) -> None:
        self.x, self.y = np.abs(points[..., 0]), points[..., 1]
        low = points[..., 2] > 0.0
        # Here deeper, there shallower, and never quite where a ruler would have them.
        uneven = np.clip(1.0 + 0.45 * solid_noise(points, 0.011, rng, low), 0.2, 1.8)
        self.wander = 0.00055 * solid_noise(points, 0.0065, rng, low)
        self.front = facing(points) * uneven
        self.throat = soft(points[..., 2] + 0.01, 0.03) * uneven
        self.dark, self.light = np.zeros((2, *self.x.shape), np.float32)

    def draw(self, off: Array, width: float, strength: Array) -> None:
        """A furrow of ``width`` (m) where ``off`` (m upwards) is 0, where ``strength`` (0 to 1) has it."""
        v = (off + self.wander) / width
        self.dark += strength * np.exp(-(v**2))
        self.light += 0.6 * strength * np.exp(-(((v + 1.9) / 1.3) ** 2))


def paint_age(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """Lines of forehead, eyes, cheeks and throat as deep as the skin's age has them, and its spots."""
    lines, old = _Lines(points, rng), skin.age**1.6
    _forehead(lines, points[..., 0], old, rng)
    _eyes(lines, old, rng)
    _cheeks(lines, old + 0.14)
    for height in (-0.142, -0.160):
        strength = 0.45 * old * soft(-0.125 - lines.y, 0.02) * lines.throat
        lines.draw(lines.y - height - 5.0 * lines.x**2, 0.0011, strength)
    image = mix(image, skin.tone * [0.64, 0.48, 0.43], np.clip(0.75 * lines.dark, 0.0, 0.75))
    image = mix(image, np.minimum(1.10 * skin.tone, 1.0), np.clip(0.55 * lines.light, 0.0, 0.45))
    return _spots(image, skin, points, rng)


def _forehead(lines: _Lines, x: Array, old: float, rng: np.random.Generator) -> None:
    """Long lines across, and two short ones between the brows."""
    for height in 0.034 + 0.0082 * np.arange(3) + rng.normal(0.0, 0.0009, 3):
        bow = 0.0022 * np.cos(x / rng.uniform(0.012, 0.017) + rng.uniform(-0.8, 0.8))
        ends = soft(rng.uniform(0.034, 0.046) - np.abs(x - rng.normal(0.0, 0.004)), 0.016)
        lines.draw(lines.y - height - bow, 0.0009, 0.60 * old * ends * lines.front**2)
    frown = soft(0.010 - np.abs(lines.y - 0.020), 0.014) * lines.front
    lines.draw(0.0058 + 0.12 * (lines.y - 0.021) - lines.x, 0.0012, 0.50 * old * frown)


def _eyes(lines: _Lines, old: float, rng: np.random.Generator) -> None:
    """Crow's feet that spread from the outer corners, and the edge of the bags below."""
    out, up = lines.x - EYE_CENTRE[0] - 0.85 * EYE_HALF_WIDTH, lines.y - 0.0005
    for slope in (0.55, 0.10, -0.32, -0.75):
        long = rng.uniform(0.011, 0.019)
        there = soft(out - 0.005, 0.006) * soft(long - out, 0.012) * lines.front
        lines.draw(up - slope * out - 45.0 * slope * out**2, 0.0009, 0.50 * old * there)
    across = (lines.x - EYE_CENTRE[0]) / EYE_HALF_WIDTH + 0.1
    there = soft(1.0 - np.abs(across), 0.6) * lines.front
    bag = -0.0125 * (1.0 - 0.42 * np.clip(across, -1.0, 1.0) ** 2)
    lines.draw(lines.y - bag, 0.0014, 0.60 * old * there)


def _cheeks(lines: _Lines, deep: float) -> None:
    """From the nose's wings past the corners of the mouth, and from there down."""
    x, y = lines.x, lines.y
    t = np.clip((-0.040 - y) / 0.036, 0.0, 1.0)
    # Upwards is towards the nose here: the cheek outside the fold bulges, and shades what is inside.
    off = 0.0190 + 0.0155 * t**0.8 - 0.0020 * t**3 - x
    there = (0.30 + 0.40 * t) * soft(-0.038 - y, 0.006) * soft(y + 0.079, 0.014) * lines.front
    lines.draw(off, 0.0019, deep * there)
    inside = np.exp(-np.clip(off, 0.0, None) / 0.0045) * soft(off + 0.001, 0.003)
    lines.dark += 0.45 * deep * there * inside
    down = MOUTH_HALF_WIDTH + 0.0018 + 0.08 * (MOUTH_Y - y) - x
    there = soft(MOUTH_Y - 0.002 - y, 0.005) * soft(y + 0.094, 0.012) * lines.front
    lines.draw(down, 0.0015, 0.42 * max(deep - 0.2, 0.0) * there)


def _spots(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """Brown spots of sun and age on forehead, temples and cheeks."""
    count = int(34 * max(skin.age - 0.35, 0.0) * rng.uniform(0.2, 1.0))
    at = rng.uniform([-0.066, -0.075], [0.066, 0.075], (count, 2))
    radius, strength = rng.uniform(0.0010, 0.0026, count), rng.uniform(0.15, 0.42, count)
    return mix(image, skin.tone * [0.70, 0.54, 0.45], dots(points, at, radius, strength))
