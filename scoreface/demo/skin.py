"""Random skins: what a face is painted with, drawn from a generator and painted at any size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.spatial import cKDTree

from scoreface.demo.anatomy import Array
from scoreface.demo.paint import mix, soft, solid_noise, spot
from scoreface.demo.skin_ears import paint_ears
from scoreface.demo.skin_eyes import paint_brows, paint_eyes
from scoreface.demo.skin_features import (
    paint_beard,
    paint_lips,
    paint_nose,
)
from scoreface.demo.skin_hair import paint_clothes, paint_hair
from scoreface.demo.surface import build_grid, spread

# Human skin in the light of a photo, from light to dark, sRGB.
TONES = np.array(
    [
        [0.93, 0.79, 0.72],
        [0.89, 0.71, 0.61],
        [0.81, 0.61, 0.49],
        [0.69, 0.49, 0.37],
        [0.54, 0.37, 0.27],
        [0.39, 0.26, 0.20],
    ]
)
HAIR_COLOURS = np.array(
    [
        [0.07, 0.06, 0.055],
        [0.14, 0.09, 0.06],
        [0.26, 0.17, 0.10],
        [0.45, 0.31, 0.17],
        [0.66, 0.51, 0.31],
        [0.45, 0.20, 0.09],
        [0.60, 0.58, 0.56],
    ]
)
IRIS_COLOURS = np.array(
    [
        [0.22, 0.12, 0.06],
        [0.33, 0.20, 0.10],
        [0.33, 0.28, 0.18],
        [0.33, 0.42, 0.48],
        [0.36, 0.42, 0.35],
        [0.40, 0.43, 0.46],
    ]
)


@dataclass(frozen=True)
class Skin:
    """What one person's skin looks like. Colours are sRGB in [0, 1]; strengths are 0 (none) to 1.

    gaze: (2,) metres by which the irises are off their openings' centres.
    brow_width, hairline: 1 is the average thickness; metres by which the hair line is raised.
    temples, parting: metres by which it recedes over the temples, and by which it is higher on
        the person's left than on the right.
    neckline: height (m) of the garment's edge.
    seed: of the pores, spots and strands.
    """

    tone: Array
    hair_colour: Array
    brow_colour: Array
    iris_colour: Array
    lip_colour: Array
    garment_colour: Array
    gaze: Array
    brow_width: float
    hairline: float
    temples: float
    parting: float
    bald: bool
    beard: float
    blush: float
    freckles: float
    neckline: float
    seed: int


def sample_skin(rng: np.random.Generator) -> Skin:
    """Draw a skin: tone and colours from wide ranges, the rest about their averages."""
    depth = rng.uniform(0.0, len(TONES) - 1.0)
    tone = _between(TONES, depth) * rng.normal(1.0, 0.025, 3)
    # Fair hair and light eyes go with light skin.
    allowed = 7 if depth < 2.0 else 3
    hair_colour = HAIR_COLOURS[rng.integers(allowed)] * rng.uniform(0.85, 1.15)
    iris_colour = IRIS_COLOURS[rng.integers(6 if depth < 2.5 else 2)] * rng.uniform(0.85, 1.15)
    # Brows are darker than fair hair.
    brow_colour = 0.75 * hair_colour * min(1.0, 0.40 / hair_colour.max()) + 0.12 * tone
    redness = np.array([0.76, 0.36, 0.36]) * (0.45 + 0.55 * tone.mean())
    lip_colour = 0.55 * tone * [0.92, 0.70, 0.70] + 0.45 * redness * rng.uniform(0.85, 1.15)
    return Skin(
        tone=np.clip(tone, 0.0, 0.95),
        hair_colour=hair_colour,
        brow_colour=brow_colour,
        iris_colour=iris_colour,
        lip_colour=lip_colour,
        garment_colour=rng.uniform(0.2, 0.8) + rng.uniform(-0.15, 0.15, 3),
        gaze=rng.normal(0.0, 0.0006, 2) * [1.0, 0.5],
        brow_width=float(np.clip(rng.normal(1.0, 0.16), 0.7, 1.35)),
        hairline=float(np.clip(rng.normal(0.0, 0.006), -0.012, 0.016)),
        temples=float(np.clip(rng.normal(0.006, 0.006), -0.004, 0.020)),
        parting=float(rng.normal(0.0, 0.0035)),
        bald=bool(rng.random() < 0.08),
        beard=float(rng.uniform(0.15, 0.9) if rng.random() < 0.4 else 0.0),
        blush=float(rng.uniform(0.2, 1.0)),
        freckles=float(rng.uniform(0.3, 1.0) if rng.random() < 0.3 else 0.0),
        neckline=float(rng.uniform(-0.175, -0.143)),
        seed=int(rng.integers(2**31)),
    )


def _between(table: Array, at: float) -> Array:
    low = min(int(at), len(table) - 2)
    return table[low] + (at - low) * (table[low + 1] - table[low])


def paint_skin(skin: Skin, size: int) -> Array:
    """The skin on the UV chart: (size, size, 3) float32 in [0, 1], sRGB, unlit.

    The features lie where the template has them, so one painting fits every identity.
    """
    rng = np.random.default_rng(skin.seed)
    points = spread(build_grid().vertices, size)
    image = _base(skin, points, rng)
    image = paint_beard(image, skin, points, rng)
    image = paint_ears(image, skin, points)
    image = paint_hair(image, skin, points, rng)
    image = paint_clothes(image, skin, points, rng)
    # The other features lie in the face plane: only its part of the chart is worked on.
    front = points[..., 2] > 0.025
    face = np.ix_(front.any(axis=1), front.any(axis=0))
    part, place = image[face], points[face]
    part = paint_lips(part, skin, place, rng)
    part = paint_nose(part, skin, place)
    part = paint_eyes(part, skin, place, rng)
    image[face] = paint_brows(part, skin, place, rng)
    return np.clip(image, 0.0, 1.0).astype(np.float32)


def random_skin(size: int, rng: np.random.Generator) -> Array:
    """Draw a skin and paint it: (size, size, 3) float32 in [0, 1]."""
    return paint_skin(sample_skin(rng), size)


def _base(skin: Skin, points: Array, rng: np.random.Generator) -> Array:
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
    flush += 0.7 * spot(x, y, 0.0, -0.036, 0.016, 0.012)
    flush += 0.4 * spot(x, y, 0.0, -0.098, 0.018, 0.012)
    flush = front * flush + 0.8 * soft(x - 0.078, 0.012)
    image *= 1.0 - flush[..., None] * skin.blush * np.array([0.02, 0.13, 0.11], np.float32)
    # The forehead is yellower than the flushed middle of the face, and so is the throat.
    pale = front * (soft(y - 0.030, 0.03) + soft(-0.112 - y, 0.03))
    image *= 1.0 + pale[..., None] * np.array([0.01, 0.015, -0.03], np.float32)
    tired = front * spot(x, y, 0.029, -0.0125, 0.015, 0.0055)
    image *= 1.0 - tired[..., None] * np.array([0.11, 0.12, 0.08], np.float32)

    # Blood shows in blotches: red where it is near the surface, and paler between.
    blotch = 0.7 * solid_noise(points, 0.0085, rng) + 0.5 * solid_noise(points, 0.0036, rng)
    redder = np.array([0.004, 0.030, 0.028], np.float32) * (0.35 + 0.65 * skin.blush)
    image *= 1.0 - blotch[..., None] * redder
    pores = 0.7 * solid_noise(points, 0.0007, rng) + 0.6 * solid_noise(points, 0.0020, rng)
    image *= 1.0 + 0.022 * pores[..., None]
    return _freckle(image, skin, points, rng)


@cache
def _face_plane() -> tuple[cKDTree, Array, Array]:
    """A look-up of the chart's points by their place in the face plane.

    Returns a tree of (N, 2) places, the N points (N, 3), and their (row, column) as fractions of
    the chart's side (N, 2).
    """
    points = spread(build_grid().vertices, 256)
    rows, columns = np.nonzero(points[..., 2] > 0.03)
    facing = points[rows, columns]
    return cKDTree(facing[:, :2]), facing, (np.stack([rows, columns], axis=1) + 0.5) / 256


def _freckle(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """Freckles over nose and cheeks, moles and a few red marks anywhere on the face."""
    count, moles, marks = int(220 * skin.freckles), int(rng.integers(2, 9)), int(rng.integers(0, 6))
    at = rng.normal(0.0, 1.0, (count, 2)) * [0.036, 0.020] + [0.0, -0.022]
    anywhere = rng.uniform([-0.065, -0.115], [0.065, 0.065], (moles + marks, 2))
    kind = np.repeat([0, 1, 2], [count, moles, marks])
    tree, facing, places = _face_plane()
    nearest = tree.query(np.concatenate([at, anywhere]))[1]
    radius = rng.uniform(0.0005, 0.0011, len(kind)) * np.array([1.0, 1.3, 2.0])[kind]
    strength = rng.uniform(0.10, 0.30, len(kind)) * np.array([1.0, 2.4, 1.4])[kind]

    size = len(image)
    reach = max(3, size // 100)
    weights = np.zeros((2, *image.shape[:2]), np.float32)
    for of, place, centre, r, s in zip(
        kind // 2, places[nearest], facing[nearest], radius, strength, strict=True
    ):
        row, column = (place * size).astype(int)
        window = (
            of,
            slice(max(row - reach, 0), row + reach),
            slice(max(column - reach, 0), column + reach),
        )
        apart = ((points[window[1:]] - centre) ** 2).sum(axis=-1)
        weights[window] = np.maximum(weights[window], s * np.exp(-apart / r**2))
    image = mix(image, skin.tone * [0.52, 0.38, 0.32], weights[0])
    return mix(image, skin.tone * [0.95, 0.60, 0.55], weights[1])
