"""A room with furniture behind a head."""

from __future__ import annotations

import cv2
import numpy as np

from scoreface.demo.scenery.strokes import (
    PAINTS,
    SKINS,
    WOODS,
    Subject,
    blob,
    box,
    fill,
    leaf,
    noise,
    tint,
)


def room(side: int, subject: Subject, rng: np.random.Generator) -> np.ndarray:
    """Two walls that meet in a corner, with a window on the lamp's side, doors, shelves, pictures, a lamp, a sofa."""
    wall = tint(rng, PAINTS)
    image = np.empty((side, side, 3), np.float32)
    image[:] = wall
    corner = rng.uniform(0.1, 0.9)
    x = (np.arange(side) / side)[None, :, None]
    darker = np.where(x < corner, rng.uniform(0.65, 1.0), rng.uniform(0.75, 1.05))
    image *= darker * (1.0 - 0.18 * np.exp(-np.abs(x - corner) / 0.05))
    y = (np.arange(side) / side)[:, None, None]
    image *= 1.08 - rng.uniform(0.0, 0.3) * y
    image *= 1.0 + 0.02 * noise(side, 0.01, rng)[..., None]
    fill(image, box(0.0, -0.1, 1.0, rng.uniform(-0.05, 0.05)), np.full(3, 0.9))
    things = [_shelf, _frames, _door, _lamp, _curtain, _plant]
    # From the lamp's side to the other.
    places = np.array([0.02, 0.30, 0.55, 0.78])[:: -1 if subject.lamp > 0 else 1]
    if rng.random() < 0.75:
        _window(image, float(places[0] + rng.uniform(-0.06, 0.06)), rng)
        places = places[1:]
    for place, number in zip(places, rng.permutation(len(things))[:4], strict=False):
        things[number](image, float(place + rng.uniform(-0.06, 0.06)), rng)
    if rng.random() < 0.6:
        _sofa(image, rng)
    # Light comes in from that side, and things have a side that is turned to it.
    fall = rng.uniform(0.1, 0.45)
    image *= 1.0 + fall * subject.lamp * (x - 0.5) + 0.04 * noise(side, 0.15, rng)[..., None]
    if rng.random() < 0.7:
        image = _turned(image, rng)
    return image


def _turned(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The picture as a camera sees it that is not quite level and does not look straight at the wall."""
    side = len(image)
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    moved = corners + rng.normal(0.0, 0.07 * side, (4, 2)).astype(np.float32)
    # Only outwards, so that no edge of the picture shows.
    outwards = np.sign(corners - side / 2)
    moved = corners + np.abs(moved - corners) * outwards
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return cv2.warpPerspective(image, matrix, (side, side), borderMode=cv2.BORDER_REFLECT)


def _window(image: np.ndarray, at: float, rng: np.random.Generator) -> None:
    wide, top, bottom = rng.uniform(0.22, 0.42), rng.uniform(-0.1, 0.12), rng.uniform(0.45, 0.85)
    frame = tint(rng, np.array([[0.92, 0.91, 0.88], [0.30, 0.20, 0.13]]))
    fill(image, box(at - 0.02, top - 0.02, at + wide + 0.02, bottom + 0.02), frame)
    # Day is brighter than any wall; far off trees and houses stand in it.
    outside = rng.uniform(0.95, 1.5) * (1.0 + rng.normal(0, 0.03, 3))
    fill(image, box(at, top, at + wide, bottom), outside)
    ground = top + rng.uniform(0.45, 0.8) * (bottom - top)
    for _ in range(18):
        green = tint(rng, np.array([[0.35, 0.5, 0.25], [0.5, 0.55, 0.5], [0.45, 0.4, 0.38]]))
        centre = np.array([rng.uniform(at, at + wide), rng.uniform(ground, bottom)])
        spot = centre + 0.06 * blob(9, rng)
        fill(image, np.clip(spot, [at, top], [at + wide, bottom]), 1.2 * green, 0.6)
    panes = int(rng.integers(1, 4))
    for k in range(1, panes + 1):
        bar = at + wide * k / (panes + 1)
        fill(image, box(bar - 0.006, top, bar + 0.006, bottom), frame)
    middle = top + 0.45 * (bottom - top)
    fill(image, box(at, middle - 0.006, at + wide, middle + 0.006), frame)
    fill(image, box(at - 0.03, bottom + 0.01, at + wide + 0.03, bottom + 0.03), 0.9 * frame)


def _shelf(image: np.ndarray, at: float, rng: np.random.Generator) -> None:
    wide, wood = rng.uniform(0.25, 0.5), tint(rng, WOODS)
    top, bottom = rng.uniform(-0.05, 0.15), rng.uniform(0.7, 1.1)
    fill(image, box(at, top, at + wide, bottom), 0.45 * wood)
    rows = int(rng.integers(3, 6))
    height = (bottom - top) / rows
    for row in range(rows):
        base = top + (row + 1) * height
        x = at + 0.012
        while x < at + wide - 0.02:
            thick = rng.uniform(0.008, 0.03)
            tall = height * rng.uniform(0.55, 0.85)
            if rng.random() < 0.85:
                spine = np.clip(rng.uniform(0.15, 0.8) + rng.normal(0, 0.11, 3), 0.05, 0.95)
                book = box(x, base - tall, min(x + thick, at + wide - 0.01), base)
                book[:2, 0] += rng.choice([0.0, 0.0, 0.0, 0.012])
                fill(image, book, spine)
                band = base - tall * rng.uniform(0.5, 0.8)
                fill(image, box(x, band, x + thick, band + 0.012), np.clip(1.4 * spine, 0, 0.95))
            x += thick + 0.002
        fill(image, box(at, base, at + wide, base + 0.012), wood)
    for side in (at, at + wide):
        fill(image, box(side - 0.008, top, side + 0.008, bottom), 1.1 * wood)


def _frames(image: np.ndarray, at: float, rng: np.random.Generator) -> None:
    for _ in range(int(rng.integers(1, 4))):
        left, top = at + rng.uniform(-0.05, 0.12), rng.uniform(0.02, 0.45)
        wide, tall = rng.uniform(0.10, 0.24, 2)
        fill(image, box(left + 0.01, top + 0.012, left + wide + 0.01, top + tall + 0.012),
              np.zeros(3), 0.25)  # fmt: skip
        fill(image, box(left, top, left + wide, top + tall), tint(rng, WOODS))
        inner = box(left + 0.012, top + 0.012, left + wide - 0.012, top + tall - 0.012)
        fill(image, inner, np.full(3, 0.88))
        low, high = inner.min(0) + 0.012, inner.max(0) - 0.012
        for _ in range(12):
            spot = rng.uniform(low, high) + rng.uniform(0.01, 0.05) * blob(7, rng)
            # A portrait or a landscape: skin, sky and earth.
            colour = tint(rng, np.concatenate([SKINS, PAINTS]), 0.1)
            fill(image, np.clip(spot, low, high), colour)


def _door(image: np.ndarray, at: float, rng: np.random.Generator) -> None:
    wide, colour = rng.uniform(0.25, 0.36), tint(rng, np.concatenate([WOODS, PAINTS[:2]]))
    fill(image, box(at - 0.02, -0.1, at + wide + 0.02, 1.1), 1.12 * colour)
    fill(image, box(at, -0.1, at + wide, 1.1), colour)
    for top in (0.0, 0.42, 0.84):
        fill(image, box(at + 0.04, top, at + wide - 0.04, top + 0.36), 0.86 * colour)
        fill(image, box(at + 0.05, top + 0.01, at + wide - 0.04, top + 0.36), 0.95 * colour)


def _lamp(image: np.ndarray, at: float, rng: np.random.Generator) -> None:
    top, wide = rng.uniform(0.1, 0.45), rng.uniform(0.12, 0.22)
    y, x = np.mgrid[0 : len(image), 0 : len(image)] / len(image)
    glow = np.exp(-((x - at - wide / 2) ** 2 + (y - top - 0.07) ** 2) / 0.05)
    image += glow[..., None].astype(np.float32) * np.array([0.22, 0.17, 0.08], np.float32)
    shade = np.array([[0.25, 0.0], [0.75, 0.0], [1.0, 1.0], [0.0, 1.0]]) * [wide, 0.15] + [at, top]
    fill(image, box(at + wide / 2 - 0.006, top + 0.1, at + wide / 2 + 0.006, 1.1), np.full(3, 0.2))
    fill(image, shade, np.array([0.98, 0.90, 0.70]))


def _curtain(image: np.ndarray, at: float, rng: np.random.Generator) -> None:
    wide, colour = rng.uniform(0.15, 0.3), rng.uniform(0.2, 0.85) + rng.normal(0, 0.045, 3)
    folds = int(rng.integers(6, 12))
    for k in range(folds):
        light = 0.75 + 0.3 * rng.random()
        left = at + wide * k / folds
        part = box(left, -0.1, left + wide / folds * 1.05, 1.1)
        part[2:, 0] += rng.normal(0, 0.01, 2)
        fill(image, part, np.clip(light * colour, 0.02, 0.98))


def _plant(image: np.ndarray, at: float, rng: np.random.Generator) -> None:
    foot = np.array([at + 0.1, rng.uniform(0.55, 0.85)])
    green = tint(rng, np.array([[0.22, 0.38, 0.16], [0.30, 0.45, 0.25]]))
    for _ in range(30):
        angle, long = rng.uniform(-2.6, -0.5), rng.uniform(0.08, 0.28)
        tip = foot + long * np.array([np.cos(angle), np.sin(angle)])
        fill(image, leaf(foot, tip, 0.13), np.clip(rng.uniform(0.5, 1.3) * green, 0, 1))
    pot = np.array([[-0.06, 0.0], [0.06, 0.0], [0.045, 0.14], [-0.045, 0.14]]) + foot
    fill(image, pot, tint(rng, np.array([[0.62, 0.36, 0.24], [0.85, 0.84, 0.82]])))


def _sofa(image: np.ndarray, rng: np.random.Generator) -> None:
    top, colour = rng.uniform(0.62, 0.85), rng.uniform(0.2, 0.75) + rng.normal(0, 0.05, 3)
    colour = np.clip(colour, 0.05, 0.9)
    left = rng.uniform(-0.3, 0.1)
    for k in range(3):
        cushion = 0.5 * np.array([[0.0, 0.08], [0.08, 0.0], [0.82, 0.0], [0.9, 0.08], [0.9, 0.9],
                                  [0.0, 0.9]])  # fmt: skip
        cushion += np.array([left + 0.46 * k, top])
        fill(image, cushion, (1.0 - 0.06 * k) * colour)
        fill(image, box(*(cushion[0] + [0.0, 0.06]), *(cushion[3] + [0.0, 0.08])), 0.8 * colour)
