"""Identity and expression shapes: smooth fields that move the template's vertices.

Each field is the displacement (m) of one standard deviation. They are written as a direction or a
scaling times a Gaussian window, so painted features move with the geometry.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scoreface.demo.head.anatomy import EYE_CENTRE, MOUTH_HALF_WIDTH, MOUTH_Y
from scoreface.demo.masks import Array, soft

Field = Callable[[Array], Array]
Triple = tuple[float, float, float]


def _window(p: Array, centre: Triple, radii: Triple, sides: str) -> Array:
    """Gaussian window (V,) about ``centre``; ``sides``: both, left (x > 0), right, or middle."""
    x = {"both": np.abs(p[:, 0]), "left": p[:, 0], "right": -p[:, 0], "middle": p[:, 0]}[sides]
    q = np.stack([x, p[:, 1], p[:, 2]], axis=1)
    return np.exp(-((((q - centre) / np.array(radii)) ** 2).sum(axis=1)))


def push(centre: Triple, radii: Triple, move: Triple, sides: str = "both") -> Field:
    """Move a window by ``move`` (m); its x component points outwards, away from the middle."""

    def field(p: Array) -> Array:
        weight = _window(p, centre, radii, sides)[:, None]
        moves = np.tile(move, (len(p), 1))
        if sides != "middle":
            moves[:, 0] *= np.tanh(p[:, 0] / 0.004)
        return weight * moves

    return field


def stretch(centre: Triple, radii: Triple, rate: Triple, sides: str = "both") -> Field:
    """Scale a window about its centre by 1 + ``rate`` on each axis."""

    def field(p: Array) -> Array:
        middle = np.tile(centre, (len(p), 1))
        middle[:, 0] *= np.where(p[:, 0] < 0.0, -1.0, 1.0)
        return _window(p, centre, radii, sides)[:, None] * (p - middle) * rate

    return field


def together(*fields: Field) -> Field:
    """The sum of several fields."""
    return lambda p: np.sum([field(p) for field in fields], axis=0)


def _eye_tilt(p: Array) -> Array:
    """Turn each eye about its centre so that the outer corner rises."""
    weight = _window(p, _EYE, (0.022, 0.014, 0.030), "both")
    out = np.zeros_like(p)
    out[:, 1] = 0.055 * weight * (np.abs(p[:, 0]) - EYE_CENTRE[0])
    return out


def _hair_volume(p: Array) -> Array:
    """The hairy part of the skull swells."""
    middle = np.array([0.0, 0.02, -0.02])
    ear = np.hypot((p[:, 2] + 0.005) / 0.030, (p[:, 1] + 0.012) / 0.045)
    above = soft(p[:, 1] - 0.06 + 0.9 * np.clip(0.03 - p[:, 2], 0.0, 0.09), 0.05)
    weight = above * np.where(p[:, 1] < 0.03, soft(ear - 1.2, 0.5), 1.0)
    outwards = (p - middle) / np.linalg.norm(p - middle, axis=1, keepdims=True)
    return 0.0045 * weight[:, None] * outwards


def _hair_sides(p: Array) -> Array:
    """The ears and what lies behind them, from the temples down to the nape, swells as hanging hair does."""
    longitude = np.abs(np.arctan2(p[:, 0], p[:, 2] + 0.01))
    weight = soft(longitude - np.deg2rad(82.0), np.deg2rad(30.0))
    weight = weight * soft(0.050 - p[:, 1], 0.06) * soft(p[:, 1] + 0.105, 0.07)
    out = np.zeros_like(p)
    out[:, 0] = 0.0065 * weight * np.tanh(p[:, 0] / 0.03)
    out[:, 2] = -0.0030 * weight * soft(-p[:, 2], 0.08)
    return out


def _face_height(p: Array) -> Array:
    """What is below the eyes gets longer; the neck goes down with the chin."""
    out = np.zeros_like(p)
    out[:, 1] = 0.030 * np.clip(p[:, 1], -0.11, 0.0)
    return out


_EYE: Triple = (EYE_CENTRE[0], 0.0, 0.072)
_EYE_R: Triple = (0.024, 0.013, 0.03)
_BROW: Triple = (0.030, 0.022, 0.083)
_TIP: Triple = (0.0, -0.038, 0.106)
_MOUTH: Triple = (0.0, MOUTH_Y, 0.09)
_MOUTH_R: Triple = (0.032, 0.016, 0.03)
_CORNER: Triple = (MOUTH_HALF_WIDTH, MOUTH_Y, 0.083)
_ALL: Triple = (9.0, 9.0, 9.0)
_EAR: Triple = (0.084, -0.014, -0.015)
_EAR_R: Triple = (0.016, 0.040, 0.030)

IDENTITY: dict[str, Field] = {
    "size": stretch((0.0, 0.0, 0.0), _ALL, (0.022, 0.022, 0.022)),
    "head width": stretch((0.0, 0.0, 0.0), _ALL, (0.030, 0.0, 0.0)),
    "head length": stretch((0.0, 0.0, 0.0), _ALL, (0.0, 0.0, 0.030)),
    "face height": _face_height,
    "crown": push((0.0, 0.12, -0.01), (0.09, 0.06, 0.10), (0.0, 0.0045, 0.0)),
    "occiput": push((0.0, 0.03, -0.10), (0.08, 0.06, 0.05), (0.0, 0.0, -0.004)),
    "forehead slope": push((0.0, 0.065, 0.08), (0.06, 0.030, 0.05), (0.0, 0.0, 0.0035)),
    "temples": push((0.070, 0.030, 0.035), (0.030, 0.035, 0.035), (0.0025, 0.0, 0.0)),
    "jaw width": push((0.052, -0.070, 0.020), (0.034, 0.040, 0.060), (0.0026, 0.0, 0.0)),
    "jaw angle": push((0.052, -0.075, 0.0), (0.028, 0.028, 0.036), (0.0006, -0.003, 0.0)),
    "chin projection": push((0.0, -0.100, 0.085), (0.030, 0.020, 0.030), (0.0, 0.0, 0.0030)),
    "chin length": push((0.0, -0.110, 0.075), (0.045, 0.022, 0.045), (0.0, -0.0032, 0.0)),
    "chin width": push((0.022, -0.100, 0.075), (0.016, 0.018, 0.025), (0.0024, 0.0, 0.0)),
    "cheekbones": push((0.054, -0.018, 0.048), (0.028, 0.030, 0.04), (0.0018, 0.0, 0.0016)),
    "cheek fullness": push((0.045, -0.050, 0.052), (0.030, 0.028, 0.036), (0.0018, 0.0, 0.0020)),
    "brow ridge": push(_BROW, (0.028, 0.009, 0.03), (0.0, 0.0, 0.0018)),
    "brow height": push(_BROW, (0.034, 0.010, 0.05), (0.0, 0.0013, 0.0)),
    "eye size": stretch(_EYE, _EYE_R, (0.055, 0.075, 0.0)),
    "eye opening": stretch(_EYE, _EYE_R, (0.0, 0.085, 0.0)),
    "eye spacing": push(_EYE, (0.026, 0.022, 0.03), (0.0012, 0.0, 0.0)),
    "eye height": push(_EYE, (0.034, 0.018, 0.04), (0.0, 0.0011, 0.0)),
    "eye tilt": _eye_tilt,
    "eye depth": push(_EYE, (0.024, 0.014, 0.03), (0.0, 0.0, 0.0012)),
    "nose length": push((0.0, -0.040, 0.10), (0.022, 0.018, 0.03), (0.0, -0.0018, 0.0)),
    "nose width": stretch((0.0, -0.040, 0.095), (0.024, 0.014, 0.025), (0.090, 0.0, 0.0)),
    "nose bridge width": stretch((0.0, -0.012, 0.09), (0.016, 0.018, 0.025), (0.070, 0.0, 0.0)),
    "nose bridge": push((0.0, -0.008, 0.092), (0.010, 0.016, 0.03), (0.0, 0.0, 0.0018)),
    "nose hump": push((0.0, -0.020, 0.098), (0.008, 0.007, 0.03), (0.0, 0.0, 0.0010)),
    "nose projection": push(_TIP, (0.015, 0.014, 0.025), (0.0, 0.0, 0.0024)),
    "nose tip": push(_TIP, (0.012, 0.010, 0.016), (0.0, 0.0016, 0.0004)),
    "mouth width": stretch(_MOUTH, (0.034, 0.020, 0.03), (0.055, 0.0, 0.0)),
    "mouth height": push(_MOUTH, (0.036, 0.018, 0.03), (0.0, 0.0012, 0.0)),
    "lip thickness": stretch(_MOUTH, (0.030, 0.012, 0.03), (0.0, 0.105, 0.0)),
    "lip projection": push(_MOUTH, (0.022, 0.014, 0.03), (0.0, 0.0, 0.0014)),
    "ear size": stretch(_EAR, _EAR_R, (0.06, 0.08, 0.08)),
    "ear flare": push(_EAR, _EAR_R, (0.0030, 0.0, 0.0)),
    "neck width": stretch((0.0, -0.16, -0.03), (0.09, 0.050, 0.09), (0.050, 0.0, 0.045)),
    "hair volume": _hair_volume,
    "hair sides": _hair_sides,
    "nose sideways": push((0.0, -0.035, 0.10), (0.020, 0.020, 0.03), (0.0007, 0.0, 0.0), "middle"),
    "chin sideways": push((0.0, -0.100, 0.07), (0.050, 0.030, 0.06), (0.0010, 0.0, 0.0), "middle"),
}


def _smile(side: str) -> Field:
    cheek: Triple = (0.040, -0.040, 0.065)
    return together(
        push(_CORNER, (0.016, 0.015, 0.03), (0.0018, 0.0026, -0.0010), side),
        push(cheek, (0.018, 0.016, 0.03), (0.0006, 0.0016, 0.0014), side),
    )


def _sided(name: str, make: Callable[[str], Field]) -> dict[str, Field]:
    return {f"{name} {side}": make(side) for side in ("left", "right")}


EXPRESSION: dict[str, Field] = {
    **_sided("smile", _smile),
    **_sided("corner down", lambda s: push(_CORNER, (0.013, 0.012, 0.03), (0.0004, -0.0022, 0), s)),
    **_sided("brow raise", lambda s: push(_BROW, (0.026, 0.011, 0.05), (0.0, 0.0024, 0.0), s)),
    **_sided(
        "brow frown",
        lambda s: push((0.013, 0.020, 0.088), (0.012, 0.010, 0.03), (-0.0010, -0.0016, 0.0006), s),
    ),
    **_sided("eye narrow", lambda s: stretch(_EYE, _EYE_R, (0.0, -0.13, 0.0), s)),
    **_sided(
        "cheek raise",
        lambda s: push((0.040, -0.024, 0.065), (0.018, 0.012, 0.03), (0.0, 0.0014, 0.0010), s),
    ),
    "pucker": together(
        stretch(_MOUTH, _MOUTH_R, (-0.09, 0.03, 0.0)),
        push(_MOUTH, (0.018, 0.014, 0.03), (0.0, 0.0, 0.0020)),
    ),
    "lips pressed": stretch(_MOUTH, (0.030, 0.012, 0.03), (0.02, -0.10, 0.0)),
    "upper lip raise": push((0.0, -0.062, 0.095), (0.020, 0.007, 0.03), (0.0, 0.0010, 0.0006)),
    "chin raise": push((0.0, -0.088, 0.088), (0.022, 0.014, 0.03), (0.0, 0.0018, 0.0008)),
    "cheeks puffed": push((0.040, -0.060, 0.060), (0.022, 0.022, 0.03), (0.0026, 0.0, 0.0016)),
    "nose wrinkle": push((0.0, -0.030, 0.098), (0.020, 0.016, 0.03), (0.0, 0.0010, 0.0)),
}


def displacements(fields: dict[str, Field], vertices: Array) -> Array:
    """The fields at ``vertices`` (V, 3): (V, 3, number of fields), metres a standard deviation."""
    return np.stack([field(vertices) for field in fields.values()], axis=-1)
