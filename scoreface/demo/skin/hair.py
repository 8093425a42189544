"""Hair and garment of the painted heads."""

from __future__ import annotations

import numpy as np

from scoreface.demo.head.relief import ear_coordinates
from scoreface.demo.masks import Array, soft
from scoreface.demo.skin.brushes import mix, solid_noise
from scoreface.demo.skin.cuts import BALD, CROWN, CUTS, PARTING, TOP, Cut
from scoreface.demo.skin.person import SILVER, Skin

# The hair line from the middle of the forehead to the nape: longitude (degrees), height (m).
_HAIR_LINE = np.array(
    [
        [0.0, 0.061],
        [20.0, 0.062],
        [34.0, 0.058],
        [44.0, 0.046],
        [52.0, 0.030],
        [59.0, 0.014],
        [67.0, 0.002],
        [73.0, -0.010],
        [81.0, -0.010],
        [92.0, 0.020],
        [103.0, 0.015],
        [112.0, -0.030],
        [128.0, -0.062],
        [155.0, -0.082],
        [180.0, -0.088],
    ]
)
# Metres on the head of a degree round it.
_DEGREE = 0.0013
# Where strands start and run from: ends (x and z, metres) of a line on top of the head; x by the parting's side.
_SOURCES = {
    CROWN: ((0.0, -0.030), (0.0, -0.030)),
    TOP: ((0.0, -0.005), (0.0, -0.005)),
    PARTING: ((0.026, 0.070), (0.012, -0.040)),
}


def _longitude(points: Array) -> Array:
    """Degrees round the head from its front, 0 to 180."""
    return np.rad2deg(np.abs(np.arctan2(points[..., 0], points[..., 2] + 0.01)))


def hair_line(skin: Skin, points: Array) -> Array:
    """Height (m) of the hair line at the longitudes of ``points`` (..., 3): (...)."""
    cut, x, longitude = CUTS[skin.cut], points[..., 0], _longitude(points)
    line = np.interp(longitude, *_HAIR_LINE.T).astype(np.float32)
    before = soft(50.0 - longitude, 35.0)
    line += (skin.hairline + cut.raised + skin.parting * np.tanh(x / 0.02)) * before
    temples = skin.temples + cut.temples
    line += temples * np.exp(-(((longitude - 34.0) / 14.0) ** 2))
    if cut.fringe is not None:
        end = cut.fringe + 0.5 * skin.hairline + skin.side * cut.slope * np.tanh(x / 0.03)
        line += (np.minimum(end, line) - line) * soft(60.0 - longitude, 16.0)
    return line


def hair_depth(skin: Skin, points: Array) -> Array:
    """How far (m) inside the hair's edge ``points`` (..., 3) are, negative outside: (...)."""
    cut, y = CUTS[skin.cut], points[..., 1]
    depth = y - hair_line(skin, points)
    # Ears stand out of hair that is cut round them.
    depth = np.minimum(depth, 0.02 * (np.hypot(*ear_coordinates(points)) - 1.12))
    if cut.ends is None:
        return depth
    # What hangs beside the face swings a little forwards below the cheekbones.
    edge = cut.edge + 400.0 * skin.temples - 60.0 * np.clip(-0.01 - y, 0.0, 0.08)
    edge += 320.0 * np.clip(-0.09 - y, 0.0, 0.06) + 3.0 * np.sin(65.0 * y + 600.0 * skin.hairline)
    hanging = np.minimum((_longitude(points) - edge) * _DEGREE, y - cut.ends - 0.4 * skin.hairline)
    if cut.one_sided:
        hanging = np.minimum(hanging, -skin.side * points[..., 0] - 0.01)
    return np.maximum(depth, np.minimum(hanging, 0.075 - y))


def _strands(cut: Cut, skin: Skin, points: Array) -> tuple[Array, Array]:
    """Coordinates (..., 3) that hardly change along a strand, and radians from its source (...)."""
    start, end = (np.array([skin.side * x, z]) for x, z in _SOURCES[cut.source])
    plan = points[..., [0, 2]] - start
    axis = end - start
    t = np.clip(plan @ axis / max(float(axis @ axis), 1e-9), 0.0, 1.0)
    apart = plan - t[..., None] * axis
    far = np.hypot(apart[..., 0], apart[..., 1])
    away = np.arctan2(far, points[..., 1] - 0.02)
    ring = 0.06 * apart / np.maximum(far, 1e-6)[..., None] + t[..., None] * axis
    # Strands wave a little sideways.
    bend = 0.0022 * np.sin(9.0 * away + 40.0 * ring[..., 0])
    return np.stack([ring[..., 0] + bend, ring[..., 1], 0.0028 * away], axis=-1), away


def paint_hair(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """The skin's cut: strands or curls down to its edge, thinning out there, and the shade under it."""
    if skin.cut == BALD:
        return image
    cut, depth = CUTS[skin.cut], hair_depth(skin, points)
    # What is worked on: hair and where its shadow falls.
    here = depth > -0.030
    place, depth = points[here], depth[here]
    ring, away = _strands(cut, skin, place)
    curl = solid_noise(place, 0.0045, rng)
    crimp = solid_noise(place, 0.0016, rng)
    # Tight curls: dark gaps between ringlets.
    curly = 0.9 * curl + 0.6 * crimp
    fine, locks = (solid_noise(ring, cell, rng) for cell in (0.0006, 0.0035))
    straight = 1.0 - cut.curls
    fine = straight * fine + cut.curls * crimp
    locks = straight * locks + cut.curls * curly
    # Strands end here and there: hair has no edge like a cap's.
    ragged = 0.0030 * locks + 0.0022 * fine + 0.0020 * solid_noise(place, 0.013, rng)
    if cut.ends is not None:
        # What hangs is ragged at its ends, and along its edge only a little.
        ragged *= 1.0 - 0.75 * soft(0.030 - place[:, 1], 0.03) * soft(
            place[:, 1] - cut.ends - 0.012, 0.02
        )
    within = depth + (1.0 - 0.5 * cut.curls) * ragged
    cover = soft(within + 0.001, 0.012) * (0.80 + 0.20 * soft(within - 0.004 + 0.004 * fine, 0.02))
    sides = soft(0.030 - place[:, 1], 0.09)
    thin = cut.cover + sides * (cut.sides - cut.cover)
    cover = np.clip(cover * (thin + (1.0 - thin) * 0.6 * fine), 0.0, 1.0)

    shade = cut.shade * np.exp(-np.clip(-within, 0.0, None) / 0.0055) * soft(0.012 + within, 0.03)
    over = np.zeros(points.shape[:2], np.float32)
    over[here] = 0.62 * shade
    image = mix(image, skin.tone * [0.46, 0.33, 0.29], over)
    colour = np.zeros((*points.shape[:2], 3), np.float32)
    colour[here] = _hair_colours(cut, skin, place, within, away, fine, locks)
    over[here] = cover
    return mix(image, colour, over)


def _hair_colours(
    cut: Cut, skin: Skin, place: Array, within: Array, away: Array, fine: Array, locks: Array
) -> Array:
    """The colours (N, 3) of hair at ``place`` (N, 3): light and dark strands, gray ones, a gleam, dark edges."""
    straight = 1.0 - cut.curls
    wave = np.sin(22.0 * away + 2.5 * locks) * straight
    light = 1.0 + 0.17 * fine + (0.15 + 0.14 * cut.curls) * locks + 0.05 * wave
    # The gleam lies as a ring round the crown, broken by the locks.
    gleam = straight * np.exp(-(((away - 0.95 + 0.06 * locks) / 0.16) ** 2)) * (0.6 + 0.4 * fine)
    gleam += (
        0.6 * straight * np.exp(-(((away - 1.75 + 0.08 * locks) / 0.20) ** 2)) * (0.5 + 0.5 * fine)
    )
    # Roots at the hair line are lighter, for skin shows; what hangs is darker inside and below.
    low = soft(-0.015 - place[:, 1], 0.09) if cut.ends is not None else 0.0
    light = light * (1.0 - 0.30 * low) * (0.88 + 0.12 * soft(within - 0.006, 0.02))
    colour = skin.hair_colour * np.clip(light, 0.30, 1.9)[:, None]
    colour += np.clip(0.10 * gleam, 0.0, 0.25)[:, None] * (0.35 + skin.hair_colour)
    # Single hairs turn gray, the temples first.
    temples = 0.15 * soft(0.05 - place[:, 1], 0.06)
    gray = np.clip(skin.gray * (1.0 + temples + 0.16 * fine + 0.10 * locks), 0.0, 1.0)[:, None]
    silver = SILVER * np.clip(light, 0.45, 1.3)[:, None]
    return np.clip(colour + gray * (silver - colour), 0.0, 1.0)


def paint_clothes(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """A plain garment from the neck line down, with a darker hem."""
    y, z = points[..., 1], points[..., 2]
    forwards = 0.5 * (z + 0.03 + np.hypot(z + 0.03, 0.03))
    depth = skin.neckline - 0.35 * forwards - y
    weave = solid_noise(points, 0.0012, rng, depth > -0.002)
    cloth = skin.garment_colour * (1.0 + 0.03 * weave)[..., None]
    hem = np.exp(-(((depth - 0.001) / 0.003) ** 2))
    return mix(mix(image, cloth, soft(depth, 0.002)), 0.4 * skin.garment_colour, 0.5 * hem)
