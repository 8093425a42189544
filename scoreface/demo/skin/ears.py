"""The painted ears.

An ear has more folds than the mesh has vertices there. Flap and hollow are modelled, the folds are painted as light
from above and in front would show them.
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.spatial import cKDTree

from scoreface.demo.head.relief import ear_coordinates
from scoreface.demo.masks import Array, soft, spot
from scoreface.demo.skin.brushes import mix
from scoreface.demo.skin.person import Skin

# Lines on the ear, forwards and upwards in its half widths and half heights (see ear_coordinates).
# The groove inside the helix, from where the helix rises out of the hollow, over the top, down to the lobe.
_GROOVE = [(0.46, 0.22), (0.50, 0.52), (0.22, 0.74), (-0.20, 0.74), (-0.56, 0.46), (-0.70, 0.02)]
_GROOVE += [(-0.60, -0.38), (-0.40, -0.62)]
# The crest of the helix itself.
_HELIX = [(0.66, 0.20), (0.70, 0.56), (0.34, 0.90), (-0.20, 0.92), (-0.68, 0.62), (-0.88, 0.06)]
_HELIX += [(-0.76, -0.42), (-0.50, -0.72)]
# The antihelix, from its fork round the hollow to the antitragus.
_ANTIHELIX = [
    (0.10, 0.56),
    (-0.20, 0.40),
    (-0.40, 0.10),
    (-0.42, -0.22),
    (-0.26, -0.46),
    (0.0, -0.52),
]
# The root of the helix, which parts the hollow.
_ROOT = [(0.50, 0.24), (0.38, 0.15), (0.22, 0.09), (0.06, 0.06)]
# The hollow's wall below the antihelix: its shadow.
_WALL = [(0.02, 0.34), (-0.16, 0.22), (-0.26, 0.0), (-0.26, -0.22), (-0.12, -0.38), (0.10, -0.44)]


def paint_ears(image: Array, skin: Skin, points: Array) -> Array:
    """Helix, antihelix, hollow, tragus and lobe, in shades of the skin's own colour."""
    forwards, upwards = ear_coordinates(points)
    radius = np.hypot(forwards, upwards)
    here = (radius < 1.5) & (np.abs(points[..., 0]) > 0.045)
    a, b, r = forwards[here], upwards[here], radius[here]
    # The flap's edge behind throws a shadow on the head; in front the ear grows out of the cheek.
    behind = np.exp(-(((r - 1.12) / 0.10) ** 2)) * soft(-a - 0.25 - 0.3 * b, 0.6)
    dark = 0.75 * _stroke(a, b, _GROOVE, 0.085) + 0.75 * _stroke(a, b, _WALL, 0.11)
    dark += 0.75 * spot(a, b, 0.08, -0.16, 0.26, 0.26) + 0.40 * spot(a, b, 0.14, 0.24, 0.20, 0.12)
    dark += 0.30 * spot(a, b, 0.20, 0.52, 0.20, 0.12) + 0.35 * spot(a, b, 0.18, -0.54, 0.08, 0.10)
    canal = spot(a, b, 0.27, -0.17, 0.10, 0.15)
    light = 0.9 * _stroke(a, b, _HELIX, 0.10) + 0.8 * _stroke(a, b, _ANTIHELIX, 0.09)
    light += 0.6 * _stroke(a, b, _ROOT, 0.07) + 0.8 * spot(a, b, 0.44, -0.17, 0.11, 0.17)
    light += 0.5 * spot(a, b, -0.06, -0.84, 0.28, 0.16)
    # Thin skin full of blood: the whole flap is redder than the cheek.
    flush = soft(1.02 - r, 0.25) * soft(0.75 - a, 0.4)

    def over(strength: Array) -> Array:
        weight = np.zeros(here.shape)
        weight[here] = np.clip(strength, 0.0, 0.9)
        return weight

    image = mix(
        image, skin.tone * [0.99, 0.84, 0.80], over(0.45 * flush * (0.4 + 0.6 * skin.blush))
    )
    image = mix(image, skin.tone * [0.56, 0.38, 0.34], over(0.70 * dark + 0.50 * behind))
    image = mix(image, skin.tone * [0.22, 0.12, 0.11], over(0.95 * canal))
    return mix(image, np.minimum(1.12 * skin.tone, 1.0), over(0.50 * light))


def _stroke(a: Array, b: Array, line: list[tuple[float, float]], width: float) -> Array:
    """A brush of ``width`` along a smooth line, thinning out over its ends; places (N,) and (N,)."""
    knots = np.array(line)
    along = np.linspace(0.0, 1.0, 60)
    curve = make_interp_spline(np.linspace(0.0, 1.0, len(knots)), knots)(along)
    distance, nearest = cKDTree(curve).query(
        np.column_stack([a, b]), distance_upper_bound=3 * width
    )
    ends = np.append(np.sin(np.pi * along) ** 0.5, 0.0)
    return np.where(np.isfinite(distance), np.exp(-((distance / width) ** 2)), 0.0) * ends[nearest]
