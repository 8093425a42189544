"""What one person's skin looks like, and how people's skins vary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoreface.demo.masks import Array

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
