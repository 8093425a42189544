"""The painted eyes and brows of a face: lids, eyeballs, lashes, and brows hair by hair."""

from __future__ import annotations

import numpy as np

from scoreface.demo.head.anatomy import (
    BROW_X,
    EYE_CENTRE,
    EYE_HALF_WIDTH,
    EYE_TILT,
    EYE_UPPER,
    IRIS_RADIUS,
    brow_curve,
    eye_margins,
)
from scoreface.demo.masks import Array, soft, spot
from scoreface.demo.skin.brushes import facing, mix, solid_noise, window
from scoreface.demo.skin.person import Skin

# The irises stand this much (m) above the openings' centres: the upper lid hides more of them
# than the lower one, without which a face stares.
_IRIS_RISE = 0.0009
_PUPIL = 0.37  # of the iris's radius, in the light of a room


def paint_eyes(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """Lids with their fold, eyeballs, wet lower rim and lashes."""
    out = image.copy()
    near = window(spot(np.abs(points[..., 0]), points[..., 1], *EYE_CENTRE, 0.019, 0.013) > 0.2)
    part, place = image[near], points[near]
    part = _lids(part, skin, place)
    part = _eyeballs(part, skin, place, rng)
    out[near] = _lashes(part, skin, place, rng)
    return out


def _across(x: Array) -> Array:
    """-1 at an eye's inner corner, 1 at its outer one."""
    return (np.abs(x) - EYE_CENTRE[0]) / EYE_HALF_WIDTH


def _lids(image: Array, skin: Skin, points: Array) -> Array:
    """The fold above the lid, the lid's own tone, the lower lid's edge and the corners."""
    x, y = points[..., 0], points[..., 1]
    front, across = facing(points), _across(x)
    upper, lower = eye_margins(x)

    # The fold is a wider arch than the margin and runs out towards the nose. The skin above
    # overhangs: its edge is sharp, and its shade fades downwards on the lid.
    t = np.clip(np.abs(across - 0.04) / 1.24, 0.0, 1.0)
    arch = EYE_TILT * EYE_HALF_WIDTH * across + (EYE_UPPER + 0.0034) * (1.0 - t**2.4)
    below = arch - y
    fold = soft(below + 0.0002, 0.0008) * np.exp(-np.clip(below, 0.0, None) / 0.0009)
    fold *= soft(across + 0.72, 0.8) * soft(1.16 - across, 0.30) * front
    over = soft(y - upper, 0.001)
    lid = over * soft(below, 0.003) * soft(1.05 - np.abs(across), 0.4) * front
    image = mix(image, skin.tone * [0.80, 0.67, 0.63], 0.40 * lid)
    image = mix(image, skin.tone * [0.48, 0.35, 0.31], 0.50 * fold * over)
    # A soft shade where the lid turns inwards at the nose.
    inner = spot(np.abs(x), y, EYE_CENTRE[0] - 1.02 * EYE_HALF_WIDTH, 0.0010, 0.0032, 0.0050)
    image = mix(image, skin.tone * [0.62, 0.46, 0.42], 0.32 * inner * front)
    outer = spot(np.abs(x), y, EYE_CENTRE[0] + 1.04 * EYE_HALF_WIDTH, 0.0002, 0.0034, 0.0022)
    image = mix(image, skin.tone * [0.55, 0.40, 0.37], 0.38 * outer * front)

    # The lower lid: redder at its edge, and a faint furrow where the roll under it ends.
    down = lower - y
    roll = np.exp(-np.clip(down, 0.0, None) / 0.0016) * soft(down, 0.001)
    image = mix(image, skin.tone * [0.84, 0.62, 0.59], 0.45 * roll * _middle(across, 1.1) * front)
    bag = EYE_TILT * EYE_HALF_WIDTH * across - 0.0088 * (1.0 - 0.55 * np.clip(across, -1, 1) ** 2)
    furrow = np.exp(-(((y - bag) / 0.0013) ** 2)) * _middle(across + 0.12, 1.05)
    return mix(image, skin.tone * [0.72, 0.57, 0.54], 0.24 * furrow * front)


def _middle(across: Array, end: float) -> Array:
    """1 over the eye, down to 0 at ``end`` half widths from its centre."""
    return soft(end - np.abs(across) - 0.2, 0.4)


def _eyeballs(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """What shows between the lids, shaded by them."""
    x, y = points[..., 0], points[..., 1]
    across = _across(x)
    upper, lower = eye_margins(x)
    opening = np.minimum(upper - y, y - lower)
    eye = soft(opening, 0.0007) * (np.abs(across) < 1.0) * facing(points)

    # The ball turns away towards the corners, where it is also redder. The white is a little
    # darker and yellower where the skin is dark.
    round_ = 1.0 - 0.42 * np.abs(across) ** 2.2
    white = np.array([0.62, 0.575, 0.535]) + 0.22 * skin.tone.mean()
    sclera = white * round_[..., None]
    sclera[..., 1:] *= (1.0 - 0.14 * across**4)[..., None]
    ball = _iris(sclera, skin, x, y, rng)
    # The upper lid and its lashes shade the ball, the lower lid hardly.
    shade = 1.0 - 0.70 * np.exp(-np.clip(upper - y, 0.0, None) / 0.0020)
    shade *= 1.0 - 0.16 * np.exp(-np.clip(y - lower, 0.0, None) / 0.0007)
    ball = ball * shade[..., None]
    ball = _glints(ball, skin, x, y)

    # Tear duct: a moist pink bead that fills the inner corner.
    bead = soft(-0.80 - across, 0.22)
    ball = mix(ball, np.array([0.66, 0.40, 0.37]) * (0.55 + 0.45 * skin.tone.mean()), 0.85 * bead)
    drop = spot(np.abs(x), y, EYE_CENTRE[0] - 0.86 * EYE_HALF_WIDTH, -0.0010, 0.0004, 0.0003)
    ball = mix(ball, [0.95, 0.93, 0.92], 0.5 * drop)
    image = mix(image, ball, eye)
    # The lower lid's rim, pale and wet, between the ball and the lashes.
    wet = skin.tone * [0.55, 0.45, 0.43] + skin.tone.mean() * np.array([0.52, 0.36, 0.34])
    rim = np.exp(-(((y - lower) / 0.00045) ** 2)) * _middle(across, 1.0) * facing(points)
    return mix(image, wet, 0.5 * rim)


def _from_iris(skin: Skin, x: Array, y: Array) -> tuple[Array, Array]:
    """Offsets (m) from the near iris's centre, outwards and upwards."""
    dx = np.abs(x) - EYE_CENTRE[0] - np.sign(x) * skin.gaze[0]
    return dx, y - EYE_CENTRE[1] - skin.gaze[1] - _IRIS_RISE


def _iris(sclera: Array, skin: Skin, x: Array, y: Array, rng: np.random.Generator) -> Array:
    """The iris on the sclera: fibres, a paler inner zone, a dark limbal ring, the pupil."""
    dx, dy = _from_iris(skin, x, y)
    r = np.hypot(dx, dy) / IRIS_RADIUS
    angle = np.arctan2(dy, dx * np.sign(x))
    phases = rng.uniform(0.0, 2.0 * np.pi, 4)
    # Fibres waver a little on their way outwards.
    turned = angle + 0.05 * np.sin(9.0 * r + phases[3])
    waves = zip((13, 29, 47), phases[:3], (0.07, 0.09, 0.07), strict=True)
    fibres = sum(a * np.sin(k * turned + p) for k, p, a in waves)
    # Light that enters from above leaves the iris brightest opposite, below.
    light = 0.96 + fibres - 0.26 * dy / IRIS_RADIUS
    light = light * (1.0 - 0.62 * soft(r - 0.90, 0.30))
    colour = skin.iris_colour * light[..., None]
    zone = soft(0.62 - r + 0.6 * fibres, 0.22)
    colour = mix(colour, skin.iris_colour * [1.35, 1.12, 0.85], 0.55 * zone)
    ball = mix(sclera, np.clip(colour, 0.0, 1.0), 0.97 * soft(1.0 - r, 0.17))
    return mix(ball, [0.015, 0.013, 0.013], soft(_PUPIL - r, 0.09))


def _glints(ball: Array, skin: Skin, x: Array, y: Array) -> Array:
    """The window in the cornea: on the same side of both eyes, high on the pupil's edge."""
    dx, dy = _from_iris(skin, x, y)
    side = dx * np.sign(x)
    glint = np.exp(-(((side + 0.0013) / 0.00058) ** 4) - ((dy - 0.0013) / 0.00066) ** 4)
    ball = mix(ball, [1.0, 1.0, 1.0], 0.92 * glint)
    # Its weak reflection from behind, opposite, and the film of tears on the lower rim.
    return mix(ball, [0.75, 0.77, 0.80], 0.16 * spot(side, dy, 0.0016, -0.0021, 0.0013, 0.0009))


def _lashes(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """A thin dark margin from which lashes fan out, long ones above and a few short ones below."""
    x, y = points[..., 0], points[..., 1]
    front, across = facing(points), _across(x)
    upper, lower = eye_margins(x)
    dark = 0.30 * skin.brow_colour
    grow = np.clip(0.5 * (across + 1.0), 0.0, 1.0)
    thick = 0.00030 + 0.00050 * grow
    ends = soft(1.0 - across, 0.16) * soft(across + 0.92, 0.30)
    line = soft(thick - np.abs(y - upper - 0.2 * thick), 0.0009) * ends
    image = mix(image, dark, 0.80 * line * front)
    image = mix(
        image,
        skin.tone * [0.50, 0.36, 0.34],
        0.30 * soft(0.0003 - np.abs(y - lower + 0.0006), 0.0009) * ends * front,
    )

    left = x > 0.0
    for height, long, lean, width, strength in (
        (y - upper, 0.0009 + 0.0018 * grow, 0.45, 0.00032, 0.66),
        (y - upper, 0.0008 + 0.0016 * grow, 0.75, 0.00028, 0.60),
        (lower - 0.0007 - y, 0.0012 + 0.0006 * grow, 0.60, 0.00014, 0.45),
    ):
        # Roots of the lashes that pass here: they lean away from the eye's middle, and outwards.
        fan = lean * np.clip(height, 0.0, None) / 0.006
        root = (across + 0.10 * fan) / (1.0 + fan)
        cover = hairs(root * EYE_HALF_WIDTH + 0.1 * left, height / long, 0.0008, width, points, rng)
        grown = soft(root + 0.88, 0.25) * soft(1.0 - root, 0.06) * soft(height, 0.0006)
        image = mix(image, dark, strength * cover * grown * front)
    return image


def hairs(
    along: Array,
    reach: Array,
    spacing: float,
    width: float,
    points: Array,
    rng: np.random.Generator,
) -> Array:
    """How much a row of hairs covers of each texel, 0 to 1.

    Args:
        along: (...) metres along the row at which the hair through a texel is rooted.
        reach: (...) how far along the hair the texel is: 0 at its root, 1 at a mean tip.
        spacing, width: metres between hairs, and across one at its root.
        points: (..., 3) of the texels. Where they lie farther apart than hairs are wide, hairs
            blur into an even shade of about the same weight.
        rng: draws each hair's place, slant, length and strength.
    """
    pitch = float(np.abs(np.diff(points[..., 0], axis=1)).mean())
    shift, tilt, start, length, strength = rng.uniform(0.0, 1.0, (5, 256)).astype(np.float32)
    cell = np.floor(along / spacing)
    of = cell.astype(np.int64) % 256
    grown = reach - 0.35 * start[of]
    off = along / spacing - cell - 0.5 - 0.35 * (shift[of] - 0.5) - 0.35 * (tilt[of] - 0.5) * grown
    taper = np.clip(1.0 - grown / (0.65 + 0.7 * length[of]), 0.0, 1.0) * (grown > 0.0)
    thick = width * np.sqrt(taper)
    blur = np.clip(np.maximum(0.5 * thick, 0.6 * pitch), None, 0.5 * spacing)
    # A Gaussian of this height covers as much as the hair is thick.
    peak = np.clip(thick / (np.sqrt(np.pi) * blur), 0.0, 1.0) * (0.55 + 0.45 * strength[of])
    return peak * np.exp(-((off * spacing / blur) ** 2))


# Metres that the hairs of a brow go outwards for each that they rise, at BROW_X.
_BROW_LEAN = np.array([0.10, 0.55, 1.10, 1.45, 1.60, 1.60])


def paint_brows(image: Array, skin: Skin, points: Array, rng: np.random.Generator) -> Array:
    """Brows hair by hair: upright near the nose, flat outwards, sparse at ends and edges."""
    out = image.copy()
    height, thickness = brow_curve(points[..., 0])
    near = window((thickness > 0.0) & (np.abs(points[..., 1] - height) < 0.010))
    part, place = image[near], points[near]
    x, ax, y = place[..., 0], np.abs(place[..., 0]), place[..., 1]
    height, thickness = height[near], thickness[near]
    half = np.clip(0.5 * thickness * skin.brow_width, 0.0008, None)
    v = (y - height) / half
    ends = soft(ax - 0.0138, 0.012) * soft(0.0520 - ax, 0.007) * facing(place)
    # Fine hairs and their shade on the skin, between the strong ones.
    body = soft(1.0 - np.abs(v + 0.1), 1.2) * ends
    slow = solid_noise(place, 0.0030, rng, body > 0.0)
    tint = 0.85 * skin.brow_colour + 0.15 * skin.tone
    part = mix(part, tint, body * np.clip(0.60 + 0.14 * slow, 0.0, 1.0))

    lean = np.interp(ax, BROW_X, _BROW_LEAN)
    left = x > 0.0
    # Rows rooted low that rise, and a weak one at the upper edge that is combed down over them.
    for root, rise, steep, strength in (
        (-1.10, 1.5, 0.9, 0.65),
        (-0.80, 1.6, 1.15, 0.75),
        (-0.30, 1.4, 1.0, 0.70),
        (1.00, -1.2, -1.2, 0.45),
    ):
        along = ax - steep * lean * (v - root) * half
        cover = hairs(along + 0.2 * left, (v - root) / rise, 0.0010, 0.00042, place, rng)
        keep = ends if rise > 0.0 else ends * soft(ax - 0.026, 0.012)
        part = mix(part, 0.66 * skin.brow_colour, strength * cover * keep)
    out[near] = part
    return out
