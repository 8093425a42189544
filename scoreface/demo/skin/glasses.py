"""Glasses, painted where they sit: rims before the eyes, a bridge, temples to the ears, and their shadow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoreface.demo.masks import Array, soft
from scoreface.demo.skin.brushes import facing, mix
from scoreface.demo.skin.person import Glasses, Skin


# Of each shape: half width and half height of a lens (m), how boxy it is, and how far it hangs to the outside below.
@dataclass(frozen=True)
class _Shape:
    wide: float
    high: float
    power: float
    drop: float


_SHAPES = {
    "round": _Shape(0.0215, 0.0205, 2.0, 0.0),
    "square": _Shape(0.0245, 0.0180, 5.0, 0.0),
    "oval": _Shape(0.0240, 0.0160, 2.4, 0.0),
    "pilot": _Shape(0.0255, 0.0210, 2.8, 0.16),
}
_LENS = (0.0330, -0.0035)
# Height of the temples, where they leave the rims, and metres that they rise on the way to the ears.
_HINGE, _RISE = 0.0060, 0.0080


def paint_glasses(image: Array, skin: Skin, points: Array) -> Array:
    """The skin's glasses; without any, nothing."""
    if skin.glasses is None:
        return image
    glasses = skin.glasses
    # Their shadow falls where light from above has it: a little lower.
    shadow = glasses_cover(glasses, points + np.array([0.0, 0.0042, 0.0], np.float32), 0.0035)
    image = mix(image, skin.tone * [0.48, 0.36, 0.32], 0.34 * shadow)
    image = _glaze(image, glasses, points)
    frame = glasses_cover(glasses, points, 0.0008)
    image = mix(image, glasses.colour, 0.96 * frame)
    # The upper edge of the rims catches the light.
    above = glasses_cover(glasses, points - np.array([0.0, 0.0009, 0.0], np.float32), 0.0008)
    edge = np.clip(frame - above, 0.0, 1.0) * (frame > 0.5)
    return mix(image, np.minimum(glasses.colour + 0.30, 1.0), 0.40 * edge)


def glasses_cover(glasses: Glasses, points: Array, blur: float) -> Array:
    """How much frame covers ``points`` (..., 3), 0 to 1, with edges ``blur`` metres wide."""
    x, y, z = np.abs(points[..., 0]), points[..., 1], points[..., 2]
    front = facing(points)
    half = 0.5 * glasses.thick
    off = _from_rim(glasses.shape, x, y)
    rim = soft(half - np.abs(off), blur)
    if glasses.half_rim:
        rim = rim * soft(y - _LENS[1], 0.006)
    arch = 0.0030 + 0.0016 * np.cos(np.pi * np.clip(x / 0.012, 0.0, 1.0))
    bridge = soft(max(half, 0.0008) - np.abs(y - arch), blur) * soft(0.0135 - x, 0.001)
    bridge = bridge * soft(off, 0.0008)
    # Before the ear the temple lies on the side of the head.
    height = _HINGE + _RISE * np.clip((0.040 - z) / 0.045, 0.0, 1.0)
    temple = soft(1.1 * half - np.abs(y - height), blur) * soft(x - 0.052, 0.002)
    temple = temple * soft(z + 0.006, 0.003) * soft(off, 0.0008)
    return np.maximum(np.maximum(rim, bridge) * front, temple)


def _from_rim(shape: str, x: Array, y: Array) -> Array:
    """Metres outwards from the middle of the near lens's rim."""
    of = _SHAPES[shape]
    up = y - _LENS[1]
    across = x - _LENS[0] + of.drop * np.clip(up, -of.high, 0.0) + 0.5 * of.drop * of.high
    q = (np.abs(across / of.wide) ** of.power + np.abs(up / of.high) ** of.power) ** (
        1.0 / of.power
    )
    return (q - 1.0) * 0.5 * (of.wide + of.high)


def _glaze(image: Array, glasses: Glasses, points: Array) -> Array:
    """The lenses: a little darker, with the slanted reflection of a window."""
    x, y = points[..., 0], points[..., 1]
    lens = soft(-_from_rim(glasses.shape, np.abs(x), y), 0.001) * facing(points)
    image = mix(image, 0.55 * glasses.colour + 0.2, glasses.tint * lens)
    slanted = np.abs(x) - _LENS[0] - 0.008 * np.sign(x) - 0.5 * (y - _LENS[1]) * np.sign(x)
    streak = soft(0.0035 - np.abs(slanted), 0.003) * soft(y - _LENS[1] - 0.002, 0.008)
    return mix(image, [0.96, 0.97, 1.0], glasses.glare * lens * streak)
