"""What one person's skin looks like, and how people's skins vary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoreface.demo.masks import Array
from scoreface.demo.skin.cuts import CUTS, sample_cut

#: Fitzpatrick's types of skin, from light to dark.
TYPES = ("I", "II", "III", "IV", "V", "VI")
BEARDS = ("none", "stubble", "moustache", "goatee", "full")
# The types' mean tones in the light of a photo, sRGB.
TONES = np.array(
    [
        [0.90, 0.755, 0.68],
        [0.87, 0.69, 0.59],
        [0.81, 0.61, 0.49],
        [0.69, 0.49, 0.37],
        [0.55, 0.38, 0.28],
        [0.40, 0.27, 0.21],
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
    ]
)
#: Of gray hair.
SILVER = np.array([0.60, 0.59, 0.58])
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
class Glasses:
    """Glasses on a face.

    shape: round, square, oval or pilot. half_rim: whether the rims are above the lenses only.
    thick: metres across a rim. colour: (3,) sRGB, the frame's. tint, glare: how dark the lenses are, and how strong the
        reflection in them is, 0 to 1.
    """

    shape: str
    half_rim: bool
    thick: float
    colour: Array
    tint: float
    glare: float


@dataclass(frozen=True)
class Skin:
    """What one person's skin looks like. Colours are sRGB in [0, 1]; strengths are 0 (none) to 1.

    type: Fitzpatrick's, one of ``TYPES``, of which ``tone`` is drawn.
    gaze: (2,) metres by which the irises are off their openings' centres.
    brow_width, hairline: 1 is the average thickness; metres by which the hair line is raised.
    temples, parting: metres by which it recedes over the temples, and by which it is higher on
        the person's left than on the right.
    side: 1 where hair is parted on the person's left, -1 on the right.
    cut: of the hair, one of :data:`scoreface.demo.skin.cuts.CUTS`.
    gray: of hair, brows and beard.
    age: 0 at twenty, 1 at eighty.
    beard: one of ``BEARDS``; beard_weight: how dense stubble is.
    glasses: those worn, or none.
    marked: whether one side has marks that the other has not.
    neckline: height (m) of the garment's edge.
    seed: of the pores, spots and strands.
    """

    type: str
    tone: Array
    hair_colour: Array
    brow_colour: Array
    beard_colour: Array
    iris_colour: Array
    lip_colour: Array
    garment_colour: Array
    gaze: Array
    brow_width: float
    hairline: float
    temples: float
    parting: float
    side: float
    cut: str
    gray: float
    age: float
    beard: str
    beard_weight: float
    glasses: Glasses | None
    marked: bool
    blush: float
    freckles: float
    neckline: float
    seed: int

    @property
    def hair_mean(self) -> Array:
        """The colour (3,) of the hair from afar, gray strands and others together."""
        return self.hair_colour + self.gray * (SILVER - self.hair_colour)

    def generator(self, layer: str) -> np.random.Generator:
        """The random numbers of one layer of paint, whatever other layers draw."""
        return np.random.default_rng((self.seed, *layer.encode()))


def sample_skin(rng: np.random.Generator) -> Skin:
    """Draw a skin: the type from all alike, tone and colours about it, hair, beard and glasses as people wear them."""
    kind = int(rng.integers(len(TYPES)))
    tone = _sample_tone(kind, rng)
    age = float(rng.beta(1.2, 1.9))
    # Fair hair and light eyes go with light skin.
    allowed = (6, 6, 4, 3, 2, 2)[kind]
    hair_colour = HAIR_COLOURS[rng.integers(allowed)] * rng.uniform(0.85, 1.15)
    iris_colour = IRIS_COLOURS[rng.integers((6, 6, 6, 3, 2, 1)[kind])] * rng.uniform(0.85, 1.15)
    gray = float(np.clip(rng.normal(1.9 * age - 0.75, 0.22), 0.0, 1.0))
    # Brows are darker than fair hair, and gray later.
    brow_colour = 0.75 * hair_colour * min(1.0, 0.40 / hair_colour.max()) + 0.12 * tone
    brow_colour = brow_colour + 0.5 * max(gray - 0.3, 0.0) * (0.42 - brow_colour)
    redness = np.array([0.76, 0.36, 0.36]) * (0.45 + 0.55 * tone.mean())
    lip_colour = 0.55 * tone * [0.92, 0.70, 0.70] + 0.45 * redness * rng.uniform(0.85, 1.15)
    cut = sample_cut(kind > 3, rng)
    return Skin(
        type=TYPES[kind],
        tone=tone,
        hair_colour=hair_colour,
        brow_colour=brow_colour,
        beard_colour=hair_colour * [0.96, 0.88, 0.84] * rng.uniform(0.75, 1.05),
        iris_colour=iris_colour,
        lip_colour=lip_colour,
        garment_colour=rng.uniform(0.2, 0.8) + rng.uniform(-0.15, 0.15, 3),
        gaze=rng.normal(0.0, 0.0006, 2) * [1.0, 0.5],
        brow_width=float(np.clip(rng.normal(1.0, 0.16), 0.7, 1.35)),
        hairline=float(np.clip(rng.normal(0.0, 0.005), -0.010, 0.012)),
        temples=float(np.clip(rng.normal(0.002, 0.004), -0.005, 0.012)),
        parting=float(rng.normal(0.0, 0.0035)),
        side=float(rng.choice([-1.0, 1.0])),
        cut=cut,
        gray=gray,
        age=age,
        beard=_sample_beard(cut, rng),
        beard_weight=float(rng.uniform(0.35, 1.0)),
        glasses=_sample_glasses(rng) if rng.random() < 0.15 else None,
        marked=bool(rng.random() < 0.25),
        blush=float(rng.uniform(0.2, 1.0)),
        freckles=float(rng.uniform(0.3, 1.0) if rng.random() < 0.3 else 0.0),
        neckline=float(rng.uniform(-0.175, -0.143)),
        seed=int(rng.integers(2**31)),
    )


def _sample_tone(kind: int, rng: np.random.Generator) -> Array:
    """A tone of a type: lighter or darker than its mean, warmer or cooler, redder or more olive."""
    depth = np.clip(kind + rng.uniform(-0.45, 0.45), 0.0, len(TONES) - 1.0)
    low = min(int(depth), len(TONES) - 2)
    tone = TONES[low] + (depth - low) * (TONES[low + 1] - TONES[low])
    warm = rng.normal(0.0, 1.0) * np.array([0.006, 0.002, -0.032])
    red = rng.normal(0.0, 1.0) * np.array([0.010, -0.014, -0.010])
    return np.clip(tone * (1.0 + warm + red), 0.0, 0.95)


def _sample_beard(cut: str, rng: np.random.Generator) -> str:
    """Draw a beard, rarely one below hair that hangs."""
    hanging = CUTS[cut].ends is not None
    shares = [0.96, 0.015, 0.005, 0.005, 0.015] if hanging else [0.46, 0.22, 0.07, 0.08, 0.17]
    return str(rng.choice(BEARDS, p=shares))


def _sample_glasses(rng: np.random.Generator) -> Glasses:
    """Draw glasses: wires or thick rims, dark, brown, of metal or of any colour."""
    wire = rng.random() < 0.35
    dark, horn = np.array([0.05, 0.05, 0.055]), np.array([0.26, 0.14, 0.07])
    metal = np.array([0.52, 0.48, 0.42]) * rng.uniform(0.6, 1.3)
    colour = (
        metal
        if wire
        else [dark, horn, rng.uniform(0.05, 0.55, 3)][rng.choice(3, p=[0.55, 0.3, 0.15])]
    )
    return Glasses(
        shape=str(rng.choice(["round", "square", "oval", "pilot"])),
        half_rim=bool(rng.random() < 0.15),
        thick=float(rng.uniform(0.0013, 0.0018) if wire else rng.uniform(0.0022, 0.0042)),
        colour=np.asarray(colour),
        tint=float(rng.uniform(0.0, 0.06)),
        glare=float(rng.uniform(0.0, 0.30)),
    )
