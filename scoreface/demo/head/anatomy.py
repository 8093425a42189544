"""Where things are on the template face: sizes, curves and the 51 landmarks.

Everything is given in the *face plane*, the orthographic front view of the template: x to the
picture's right (the person's left), y up, metres, the pupils at y = 0. Geometry and skin are both
made from these curves, so a painted eye lies on a modelled eye. The sizes are the usual adult
means of anthropometry (pupil distance 63 mm, eye opening 29 x 10 mm, mouth 50 mm, and so on).
"""

from __future__ import annotations

import numpy as np

from scoreface.demo.masks import Array

EYE_CENTRE = (0.0315, 0.0)
EYE_HALF_WIDTH = 0.0148
EYE_UPPER = 0.0058
EYE_LOWER = 0.0045
EYE_TILT = 0.05  # the outer corner stands a little higher: rise per metre outwards
IRIS_RADIUS = 0.0060

MOUTH_Y = -0.0700
MOUTH_HALF_WIDTH = 0.0255
UPPER_LIP = 0.0072
LOWER_LIP = 0.0092

NOSTRIL = (0.0072, -0.0455)

# The brow's centre line from its inner to its outer end, and its thickness there.
BROW_X = np.array([0.0095, 0.018, 0.028, 0.038, 0.046, 0.053])
BROW_Y = np.array([0.0170, 0.0188, 0.0208, 0.0218, 0.0200, 0.0155])
BROW_THICKNESS = np.array([0.0068, 0.0075, 0.0068, 0.0056, 0.0042, 0.0022])


def eye_margins(x: Array) -> tuple[Array, Array]:
    """Heights (m) of the upper and lower lid margins at ``x`` (any shape, either eye).

    Beyond the corners both are the corner's height, so ``upper - lower`` is 0 there.
    """
    out = (np.abs(x) - EYE_CENTRE[0]) / EYE_HALF_WIDTH
    t = np.clip(out, -1.0, 1.0)
    axis = EYE_CENTRE[1] + EYE_TILT * EYE_HALF_WIDTH * t
    # The upper lid peaks towards the nose, the lower one towards the temple.
    upper = axis + EYE_UPPER * (1.0 - np.abs(t) ** 2.3) ** 0.85 * (1.0 - 0.12 * t)
    lower = axis - EYE_LOWER * (1.0 - np.abs(t) ** 2.3) * (1.0 + 0.18 * t)
    return upper, lower


def mouth_curves(x: Array) -> tuple[Array, Array, Array]:
    """Heights (m) of the upper lip's edge, the mouth line and the lower lip's edge at ``x``."""
    t = np.clip(np.abs(x) / MOUTH_HALF_WIDTH, 0.0, 1.0)
    line = MOUTH_Y - 0.0008 * np.cos(np.pi * t) * (1.0 - t) + 0.0006 * t**2
    bow = 0.90 + 0.24 * np.exp(-(((t - 0.26) / 0.16) ** 2))
    upper = line + UPPER_LIP * bow * (1.0 - t**1.7) ** 0.95
    lower = line - LOWER_LIP * (1.0 - t**2.2) ** 0.9
    return upper, line, lower


def brow_curve(x: Array) -> tuple[Array, Array]:
    """Height of the brow's centre line and its thickness (m) at ``x``; thickness 0 beyond it."""
    ax = np.abs(x)
    height = np.interp(ax, BROW_X, BROW_Y)
    thickness = np.interp(ax, BROW_X, BROW_THICKNESS, left=0.0, right=0.0)
    return height, thickness


def jaw_edge(z: Array) -> Array:
    """Height (m) of the jaw's lower edge, from under the chin back to below the ear, at depths ``z``."""
    return -0.119 + 0.44 * np.clip(0.080 - z, 0.0, 0.10)


# The landmarks of the person's right half in millimetres: where dlib's predictor finds them, on
# the average of 80 random heads seen from the front and of both sides (deviations about 1 mm).
_BROW = [(-55.2, 16.7), (-45.7, 23.5), (-33.4, 25.6), (-21.2, 23.7), (-9.9, 18.5)]
_BRIDGE = [(0.0, 1.9), (0.0, -10.6), (0.0, -22.8), (0.0, -35.4)]
_BASE = [(-12.0, -47.7), (-6.1, -49.3), (0.0, -50.6)]
_EYE = [(-43.3, 1.2), (-35.3, 5.5), (-25.5, 5.0), (-17.8, -1.9), (-26.5, -4.8), (-36.4, -4.4)]
_LIP_TOP = [(-24.6, -71.1), (-14.9, -67.0), (-6.0, -63.9), (0.0, -65.6)]
_LIP_BOTTOM = [(0.0, -80.5), (-6.6, -79.8), (-15.1, -76.9)]
_INNER_TOP = [(-20.7, -71.2), (-6.1, -71.1), (0.0, -71.8)]
_INNER_BOTTOM = [(0.0, -71.9), (-6.1, -71.1)]


def landmarks() -> Array:
    """The 51 inner iBUG landmarks (17..67) in the face plane: (51, 2) metres, y up.

    Order and sides are dlib's: the person's right side, which is the picture's left, comes first.
    """

    def left(points: list[tuple[float, float]], *order: int) -> list[tuple[float, float]]:
        return [(-points[i][0], points[i][1]) for i in order]

    points = _BROW + left(_BROW, 4, 3, 2, 1, 0) + _BRIDGE + _BASE + left(_BASE, 1, 0)
    points += _EYE + left(_EYE, 3, 2, 1, 0, 5, 4)
    points += _LIP_TOP + left(_LIP_TOP, 2, 1, 0) + left(_LIP_BOTTOM, 2, 1) + _LIP_BOTTOM
    points += _INNER_TOP + left(_INNER_TOP, 1, 0) + left(_INNER_BOTTOM, 1) + _INNER_BOTTOM
    return 0.001 * np.array(points)
