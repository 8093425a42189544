"""Glasses: two rims with their lenses, a bridge and the sides that go back to the ears."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter, shift

from scoreface.demo.head.model import build_model, landmark_points
from scoreface.demo.props.sitter import Layer, Sitter
from scoreface.parse.labels import GLASSES

_FRAMES = np.array(
    [
        [0.04, 0.04, 0.045],
        [0.16, 0.09, 0.06],
        [0.62, 0.55, 0.42],
        [0.55, 0.56, 0.58],
        [0.1, 0.13, 0.25],
    ]
)
#: A lens that lets less than this through hides what is behind it.
_DARK = 0.5


@dataclass(frozen=True)
class Style:
    """A pair of glasses; lengths in metres.

    Attributes:
        half: (2,) half a lens, across and up.
        power: of the rim's outline: 2 is an ellipse, more is boxier.
        thick: the frame.
        frame, tint: (3,) colours.
        opacity: of the lenses; sunglasses have more than half.
        glare: how bright the window is that they mirror.
    """

    half: tuple[float, float]
    power: float
    thick: float
    frame: np.ndarray
    tint: np.ndarray
    opacity: float
    glare: float


def sample_style(rng: np.random.Generator) -> Style:
    """Draw a pair, one in five for the sun."""
    dark = rng.random() < 0.2
    return Style(
        (float(rng.uniform(0.0225, 0.0275)), float(rng.uniform(0.015, 0.022))),
        float(rng.uniform(2.0, 4.0)),
        float(rng.choice([0.0012, 0.0024, 0.0040])),
        _FRAMES[rng.integers(len(_FRAMES))],
        np.array([0.05, 0.05, 0.06]) if dark else np.array([0.80, 0.84, 0.88]),
        float(rng.uniform(0.75, 0.93)) if dark else float(rng.uniform(0.03, 0.10)),
        float(rng.uniform(0.05, 0.35)),
    )


def glasses(sitter: Sitter, style: Style, rng: np.random.Generator) -> Layer:
    """The glasses on the sitter's nose."""
    layer = sitter.empty(GLASSES)
    rims = [_rim(sitter, side, style) for side in (-1, 1)]
    lenses = [_pixels(sitter, rim, hide=False)[0] for rim in rims]
    inside = np.zeros((sitter.size, sitter.size), np.uint8)
    for lens in lenses:
        cv2.fillPoly(inside, [np.round(lens * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    window = np.zeros_like(inside)
    for lens in lenses:
        cv2.fillPoly(window, [_mirrored(lens)], 1, cv2.LINE_8, 4)
    window &= inside
    glare = style.glare * gaussian_filter(window.astype(np.float32), 2.0)
    behind = _behind(sitter, rims)
    alpha = inside * np.clip(style.opacity + glare, 0, 1) * ~behind
    layer.colour[:] = style.tint + glare[..., None] * (1.0 - style.tint)
    layer.alpha[:] = alpha
    layer.clear[:] = (inside > 0) & (alpha < _DARK)

    frame = np.zeros((sitter.size, sitter.size), np.uint8)
    shine = np.zeros_like(frame)
    hinges = [rim[0] for rim in rims]
    lines = [np.concatenate([rim, rim[:1]]) for rim in rims] + [_bridge(rims)]
    lines += [_side(sitter, hinge) for hinge in hinges]
    for line in lines:
        for piece in _pixels(sitter, line, hide=True):
            thick = max(1, round(style.thick * sitter.scale))
            cv2.polylines(frame, [_fixed(piece)], False, 1, thick, cv2.LINE_8, 4)
            lifted = _fixed(piece - [0.0, 0.25 * thick])
            cv2.polylines(shine, [lifted], False, 1, max(1, thick // 4), cv2.LINE_8, 4)
    solid = frame > 0
    lit = sitter.lit(style.frame, np.array([0.0, 0.4, 0.9]))
    layer.colour[solid] = lit
    layer.colour[solid & (shine > 0)] = np.clip(1.3 * lit + 0.15, 0, 1)
    layer.alpha[solid] = 1.0
    layer.clear[solid] = False
    # The frame stands off the face: its shadow lies lower.
    soft = gaussian_filter(frame.astype(np.float32), 0.0012 * sitter.scale)
    down = (0.004 * sitter.scale, -0.002 * sitter.scale * sitter.light.direction[0])
    layer.shadow[:] = 0.4 * shift(soft, down, order=1) + 0.06 * inside
    return layer


def _rim(sitter: Sitter, side: int, style: Style) -> np.ndarray:
    """(N, 3) the outline of one lens on the upright head, from its hinge round."""
    eyes = landmark_points(build_model(), sitter.upright)[19:31]
    eye = eyes[:6] if side < 0 else eyes[6:]
    middle = eye.mean(0)
    turn = np.linspace(0.0, 2 * np.pi, 72, endpoint=False)
    across, up = np.cos(turn), np.sin(turn)
    round_ = np.maximum(np.abs(across), 1e-9) ** (2 / style.power) * np.sign(across)
    tall = np.maximum(np.abs(up), 1e-9) ** (2 / style.power) * np.sign(up)
    # Lenses hang a little below the pupils, and lean and wrap with the face.
    x = middle[0] + side * (0.001 + style.half[0] * round_)
    y = middle[1] - 0.003 + style.half[1] * tall * (1.0 + 0.08 * round_)
    front = eyes[:, 2].max() + 0.016
    z = (
        front
        - 0.008 * np.clip(side * (x - middle[0]) / style.half[0], 0, 1.2)
        + 0.1 * (y - middle[1])
    )
    return np.column_stack([x, y, z])


def _bridge(rims: list[np.ndarray]) -> np.ndarray:
    """(N, 3) an arch between the rims' inner ends."""
    right, left = (rim[len(rim) * 7 // 16] for rim in rims)
    t = np.linspace(0.0, 1.0, 12)[:, None]
    arch = np.sin(np.pi * t) * [0.0, 0.004, 0.004]
    return right + t * (left - right) + arch


def _side(sitter: Sitter, hinge: np.ndarray) -> np.ndarray:
    """(N, 3) from the hinge past the temple, outside of it, down behind the ear."""
    side = np.sign(hinge[0])
    near = (np.abs(sitter.upright[:, 1] - hinge[1]) < 0.02) & (np.abs(sitter.upright[:, 2]) < 0.04)
    wide = np.abs(sitter.upright[near, 0]).max() + 0.001
    ear = [side * wide, hinge[1] + 0.004, -0.004]
    hook = [side * (wide - 0.004), hinge[1] - 0.014, -0.020]
    points = np.array([hinge, [side * (wide - 0.004), hinge[1] + 0.003, 0.045], ear, hook])
    t = np.linspace(0, 3, 40)
    under = np.floor(t).astype(int).clip(0, 2)
    return points[under] + (t - under)[:, None] * (points[under + 1] - points[under])


def _pixels(sitter: Sitter, line: np.ndarray, hide: bool) -> list[np.ndarray]:
    """The pieces of a line (N, 3) that the camera sees, in pixels."""
    posed = sitter.posed(line)
    pixels = sitter.pixels(posed)
    if not hide:
        return [pixels]
    seen = ~sitter.hidden(posed)
    ends = np.flatnonzero(np.diff(seen.astype(int)))
    pieces = np.split(np.arange(len(line)), ends + 1)
    return [pixels[piece] for piece in pieces if seen[piece[0]] and len(piece) > 1]


def _behind(sitter: Sitter, rims: list[np.ndarray]) -> np.ndarray:
    """(S, S) bool, where the nose or the brow hides a lens: by its rim's points, roughly."""
    out = np.zeros((sitter.size, sitter.size), np.uint8)
    for rim in rims:
        posed = sitter.posed(rim)
        hidden = sitter.hidden(posed)
        if 2 < hidden.sum():
            hull = cv2.convexHull(np.round(sitter.pixels(posed[hidden])).astype(np.int32))
            cv2.fillPoly(out, [hull], 1)
    return out > 0


def _mirrored(lens: np.ndarray) -> np.ndarray:
    """The window that a lens (N, 2) mirrors, a slanted band, as fixed-point corners."""
    low, high = lens.min(0), lens.max(0)
    shape = np.array([[0.15, 0.05], [0.5, 0.05], [0.3, 0.9], [0.05, 0.9]])
    return _fixed(low + shape * (high - low))


def _fixed(points: np.ndarray) -> np.ndarray:
    return np.round(points * 16).astype(np.int32)
