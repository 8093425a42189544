"""Backgrounds that are hard to tell from a person: rooms, foliage, crowds, walls of the person's colours, lights.

They are drawn half as fine as asked for, since a camera that looks at a face sees them out of focus.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from scoreface.benchmark.props.room import room
from scoreface.benchmark.props.strokes import (
    PAINTS,
    WOODS,
    blurred,
    fill,
    leaf,
    noise,
    tint,
)
from scoreface.demo.skin.person import HAIR_COLOURS, TONES, Skin

#: Draws a background of (side, side, 3) float32 in [0, 1].
Painter = Callable[[int, Skin, np.random.Generator], np.ndarray]


def hard_background(kind: str, size: int, skin: Skin, rng: np.random.Generator) -> np.ndarray:
    """One of ``HARD``, in or out of focus: (size, size, 3) float32 in [0, 1].

    Args:
        kind: which one.
        size: pixels a side, even.
        skin: of the person before it, whose colours some walls have.
        rng: draws everything else.
    """
    side = size // 2
    image = HARD[kind](side, skin, rng)
    image = blurred(image, side * rng.uniform(0.001, 0.012))
    image = image * rng.uniform(0.75, 1.1)
    return np.repeat(np.repeat(np.clip(image, 0.01, 0.99), 2, 0), 2, 1).astype(np.float32)


def _foliage(side: int, skin: Skin, rng: np.random.Generator) -> np.ndarray:
    """Leaves over leaves, the nearer ones larger and sharper, with sky and stems between them."""
    image = np.empty((side, side, 3), np.float32)
    image[:] = tint(rng, np.array([[0.10, 0.16, 0.07], [0.16, 0.20, 0.10], [0.55, 0.65, 0.70]]))
    base = tint(rng, np.array([[0.24, 0.38, 0.13], [0.34, 0.42, 0.16], [0.45, 0.35, 0.14]]))
    for _ in range(int(rng.integers(2, 6))):
        start = np.array([rng.random(), 1.1])
        end = start + np.array([rng.normal(0, 0.3), -rng.uniform(0.6, 1.2)])
        stem = leaf(start, end, 0.03)
        fill(image, stem, tint(rng, WOODS))
    for depth in range(3):
        size = (0.035, 0.06, 0.11)[depth] * rng.uniform(0.7, 1.3)
        for _ in range((700, 350, 90)[depth]):
            foot = rng.uniform(-0.1, 1.1, 2)
            angle = rng.uniform(0, 2 * np.pi)
            tip = foot + size * rng.uniform(0.6, 1.4) * np.array([np.cos(angle), np.sin(angle)])
            # Some leaves let the sun through, most are in shade.
            light = rng.uniform(0.35, 1.1) if rng.random() < 0.8 else rng.uniform(1.3, 2.0)
            colour = np.clip(light * (base + rng.normal(0, 0.025, 3)), 0.01, 0.95)
            fill(image, leaf(foot, tip, rng.uniform(0.2, 0.4)), colour)
        image = blurred(image, side * (0.008, 0.004, 0.001)[depth])
    dapple = np.clip(1.0 + 0.22 * noise(side, 0.12, rng), 0.5, 1.6)
    return image * dapple[..., None]


def _crowd(side: int, skin: Skin, rng: np.random.Generator) -> np.ndarray:
    """People as blobs: shoulders, neck, head and hair, row behind row."""
    image = np.empty((side, side, 3), np.float32)
    image[:] = tint(rng, PAINTS)
    image *= 1.0 + 0.15 * noise(side, 0.3, rng)[..., None]
    for row in range(3):
        tall = (0.16, 0.23, 0.32)[row] * rng.uniform(0.9, 1.1)
        for place in rng.permutation(np.arange(-0.1, 1.15, 1.15 * tall)):
            foot = rng.uniform(0.15, 0.30) + 0.18 * row + rng.normal(0, 0.04)
            _passer_by(image, np.array([place + rng.normal(0, 0.03), foot]), tall, rng)
        image = blurred(image, side * (0.008, 0.005, 0.002)[row])
    return image


def _passer_by(image: np.ndarray, head: np.ndarray, tall: float, rng: np.random.Generator) -> None:
    """One of the crowd; ``head`` (2,) is the middle of the face, ``tall`` the head's height."""
    cloth = np.clip(rng.uniform(0.1, 0.85) + rng.normal(0, 0.12, 3), 0.03, 0.95)
    tone, hair = tint(rng, TONES, 0.03), tint(rng, HAIR_COLOURS, 0.02)
    circle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    round_ = np.column_stack([np.cos(circle), np.sin(circle)])
    body = round_ * [1.15 * tall, 1.6 * tall] + head + [0.0, 2.15 * tall]
    fill(image, body, cloth)
    long = rng.random() < 0.4
    back = round_ * [0.45 * tall, (0.75 if long else 0.55) * tall]
    fill(image, back + head + [0.0, (0.12 if long else -0.08) * tall], hair)
    neck = tall * np.array([[-0.16, 0.2], [0.16, 0.2], [0.16, 0.7], [-0.16, 0.7]])
    fill(image, head + neck, 0.8 * tone)
    fill(image, round_ * [0.37 * tall, 0.50 * tall] + head, tone)
    shade = round_ * [0.30 * tall, 0.46 * tall] + head + [rng.choice([-1, 1]) * 0.1 * tall, 0.02]
    fill(image, shade, np.clip(1.1 * tone, 0, 0.95), 0.6)
    for eye in (-0.14, 0.14):
        spot = round_ * [0.055 * tall, 0.03 * tall] + head + [eye * tall, -0.02 * tall]
        fill(image, spot, 0.25 * tone)
    fill(image, round_ * [0.11 * tall, 0.03 * tall] + head + [0.0, 0.26 * tall], 0.55 * tone)
    fringe = round_[20:] * [0.39 * tall, 0.40 * tall] + head + [0.0, -0.18 * tall]
    fill(image, fringe, np.clip(1.05 * hair, 0, 1))


def _alike(side: int, skin: Skin, rng: np.random.Generator) -> np.ndarray:
    """A wall of about the colour of the person's skin, or of the hair: plaster, planks or cloth."""
    own = skin.tone if rng.random() < 0.7 else skin.hair_mean
    colour = np.clip(own * rng.uniform(0.8, 1.1) + rng.normal(0, 0.015, 3), 0.02, 0.97)
    image = np.empty((side, side, 3), np.float32)
    image[:] = colour
    kind = rng.integers(3)
    if kind == 0:
        grain = 0.02 * noise(side, 0.006, rng) + 0.02 * noise(side, 0.03, rng)
        image *= 1.0 + grain[..., None]
    elif kind == 1:
        _planks(image, rng)
    else:
        y, x = np.mgrid[0:side, 0:side] / side
        wave = np.sin(2 * np.pi * (rng.uniform(5, 12) * x + 0.4 * noise(side, 0.4, rng)))
        image *= 1.0 + rng.uniform(0.05, 0.16) * wave[..., None]
    # Light falls in from somewhere.
    y, x = np.mgrid[0:side, 0:side] / side
    angle, fall = rng.uniform(0, 2 * np.pi), rng.uniform(0.0, 0.35)
    slope = np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5)
    image *= (1.0 + fall * slope + 0.05 * noise(side, 0.35, rng))[..., None]
    return image


def _planks(image: np.ndarray, rng: np.random.Generator) -> None:
    side, count = len(image), int(rng.integers(4, 9))
    for k in range(count):
        rows = slice(k * side // count, (k + 1) * side // count)
        grid = rng.standard_normal((40, 5)).astype(np.float32)
        grain = cv2.resize(grid, (side, side // count + 1), interpolation=cv2.INTER_CUBIC)
        plank = image[rows]
        plank *= 1.0 + rng.normal(0, 0.06) + 0.05 * grain[: len(plank), :, None]
        plank[:2] *= 0.55
    if rng.random() < 0.5:
        image[:] = image.transpose(1, 0, 2).copy()


def _bokeh(side: int, skin: Skin, rng: np.random.Generator) -> np.ndarray:
    """Lamps of a town at night, far out of focus."""
    image = np.empty((side, side, 3), np.float32)
    image[:] = tint(rng, np.array([[0.05, 0.05, 0.08], [0.12, 0.09, 0.08], [0.05, 0.09, 0.10]]))
    image += 0.03 * noise(side, 0.2, rng)[..., None]
    hues = np.array([[1.0, 0.75, 0.4], [1.0, 0.45, 0.25], [0.5, 0.7, 1.0], [0.95, 0.92, 0.85],
                     [0.4, 0.9, 0.55]])  # fmt: skip
    circle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    for _ in range(int(rng.integers(40, 110))):
        radius = rng.uniform(0.015, 0.07)
        disc = rng.random(2) + radius * np.column_stack([np.cos(circle), np.sin(circle)])
        layer = np.zeros((side, side, 3), np.float32)
        colour = tint(rng, hues, 0.05) * rng.uniform(0.15, 0.7)
        fill(layer, disc, colour)
        image[:] = 1.0 - (1.0 - np.clip(image, 0, 1)) * (1.0 - layer)
    return blurred(image, 0.003 * side)


#: The hard backgrounds by name.
HARD: dict[str, Painter] = {
    "room": room,
    "foliage": _foliage,
    "crowd": _crowd,
    "alike": _alike,
    "bokeh": _bokeh,
}
