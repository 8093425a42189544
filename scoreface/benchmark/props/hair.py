"""Long hair: strands from the crown over the skull that hang beside the face, and a fringe."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d, shift

from scoreface.benchmark.props.sitter import Layer, Sitter
from scoreface.parse.labels import HAIR

# Strands run in planes through this axis of the skull, in metres.
_AXIS = np.array([0.0, 0.02, -0.02])
_ON_SKULL, _HANGING = 16, 18


@dataclass(frozen=True)
class Style:
    """How long hair is worn.

    Attributes:
        edges: (2,) degrees from straight ahead at which it begins on the person's right and left: 45 hangs over the
            cheek, 80 over the ear, 115 behind it.
        length: height in metres at which it ends; the eyes are at 0, the chin at -0.115.
        lift: metres that it stands off the skull.
        wave, wavelength: metres.
        fringe: height in metres at which it ends on the forehead; None: there is none.
    """

    edges: tuple[float, float]
    length: float
    lift: float
    wave: float
    wavelength: float
    fringe: float | None


def sample_style(rng: np.random.Generator) -> Style:
    """Draw a style; one side in five is tucked behind the ear."""
    edges = [115.0 if rng.random() < 0.2 else float(rng.uniform(30.0, 80.0)) for _ in range(2)]
    return Style(
        (edges[0], edges[1]),
        float(rng.uniform(-0.24, -0.10)),
        float(rng.uniform(0.004, 0.012)),
        float(rng.uniform(0.0, 0.006)),
        float(rng.uniform(0.05, 0.10)),
        float(rng.uniform(0.022, 0.045)) if rng.random() < 0.35 else None,
    )


def long_hair(sitter: Sitter, style: Style, rng: np.random.Generator) -> tuple[Layer, Layer]:
    """What of the hair lies behind the head, and what before it."""
    strands = np.concatenate([_sides(sitter, style, rng), *_fringe(sitter, style, rng)])
    posed = sitter.posed(strands.reshape(-1, 3))
    normals = _outwards(sitter, strands)
    colours = _colours(sitter, strands, normals, rng)
    hidden = sitter.hidden(posed).reshape(strands.shape[:2])
    pixels = sitter.pixels(posed).reshape(*strands.shape[:2], 2)
    widths = rng.choice([0.0005, 0.0012, 0.0024], len(strands), p=[0.3, 0.4, 0.3])
    depth = posed[:, 2].reshape(strands.shape[:2]).mean(1)
    order = np.argsort(depth + rng.normal(0.0, 0.004, len(depth)))
    back, front = (
        _draw(sitter, order, pixels, colours, np.maximum(1, np.rint(widths * sitter.scale)), drawn)
        for drawn in (np.ones_like(hidden), ~hidden)
    )
    # Few leave a gap between hair and head; hair behind the head lies in its shade.
    back.colour[:] *= 0.72
    return back, front


def _sides(sitter: Sitter, style: Style, rng: np.random.Generator) -> np.ndarray:
    """(N, K, 3) upright strands of both sides and the back."""
    count = 1300
    side = np.repeat([-1.0, 1.0], count // 2)
    edge = np.where(side < 0, *style.edges)
    # Denser at the edge, where the hair parts from the face.
    share = rng.random(count) ** 1.35
    azimuth = np.deg2rad(side * (edge + (180.0 - edge) * share))
    lift = style.lift * rng.uniform(0.3, 1.2, count)
    end = np.deg2rad(rng.uniform(84.0, 94.0, count))
    skull = _on_skull(sitter, azimuth, end, lift)
    return _waved(np.concatenate([skull, _hanging(skull, style, rng)], 1), style, rng)


def _on_skull(sitter: Sitter, azimuth: np.ndarray, end: np.ndarray, lift: np.ndarray) -> np.ndarray:
    """Strands (N, ``_ON_SKULL``, 3) over the skull, from the crown to the angle ``end`` (N,) from it."""
    angle = np.linspace(0.02, 1.0, _ON_SKULL) * end[:, None]
    around = azimuth[:, None]
    out = np.stack(
        [np.sin(around) * np.sin(angle), np.cos(angle), np.cos(around) * np.sin(angle)], -1
    )
    flat = out.reshape(-1, 3)
    points, _ = sitter.surface(_AXIS + 0.4 * flat, -flat)
    points = points.reshape(out.shape) + lift[:, None, None] * out
    return gaussian_filter1d(points, 1.0, axis=1, mode="nearest")


def _hanging(skull: np.ndarray, style: Style, rng: np.random.Generator) -> np.ndarray:
    """Where the strands (N, K, 3) go on, down to their length."""
    last = skull[:, -1:]
    low = style.length + rng.normal(0.0, 0.012, (len(skull), 1))
    t = np.linspace(0.0, 1.0, _HANGING + 1)[1:]
    drop = np.minimum(low - last[..., 1], -0.02) * t
    points = np.repeat(last, _HANGING, 1)
    points[..., 1] += drop
    # It falls in towards the neck, behind it what comes from behind the ears.
    points[..., 0] *= 1.0 + 0.12 * np.sin(2.2 * t) - 0.22 * t**1.5
    behind = last[..., 2] < -0.02
    points[..., 2] += np.where(behind, -0.02, 0.006) * np.sin(1.6 * t)
    return points


def _waved(strands: np.ndarray, style: Style, rng: np.random.Generator) -> np.ndarray:
    """The strands with waves that neighbours have in common, and stray ones."""
    phase = 3.0 * strands[:, -1, 0] / 0.05 + rng.normal(0.0, 0.5, len(strands))
    turns = 2 * np.pi * strands[..., 1] / style.wavelength + phase[:, None]
    loose = np.linspace(0.0, 1.0, strands.shape[1]) ** 1.5
    # One in twenty-five has come loose.
    stray = (rng.random(len(strands)) < 0.04) * rng.normal(0.0, 0.02, len(strands))
    out = strands.copy()
    out[..., 0] += loose * (style.wave * np.sin(turns) + stray[:, None])
    out[..., 2] += loose * style.wave * np.cos(turns)
    return out


def _fringe(sitter: Sitter, style: Style, rng: np.random.Generator) -> list[np.ndarray]:
    """Strands over the forehead, as long as the others; nothing where the style has none."""
    if style.fringe is None:
        return []
    count = 420
    azimuth = np.deg2rad(rng.uniform(-60.0, 60.0, count))
    low = style.fringe + rng.normal(0.0, 0.004, count)
    # The forehead is about 0.1 from the axis.
    end = np.pi / 2 - np.arctan2(low - _AXIS[1], 0.105)
    strands = _on_skull(sitter, azimuth, end, 0.5 * style.lift * rng.uniform(0.4, 1.2, count))
    at = np.linspace(0, _ON_SKULL - 1, _ON_SKULL + _HANGING)
    under = np.floor(at).astype(int).clip(0, _ON_SKULL - 2)
    t = (at - under)[:, None]
    return [strands[:, under] * (1 - t) + strands[:, under + 1] * t]


def _outwards(sitter: Sitter, strands: np.ndarray) -> np.ndarray:
    """Unit normals of the hair as the camera sees it, away from the head's axis: like ``strands``."""
    out = strands - _AXIS
    out[..., 1] = np.clip(out[..., 1], 0.0, None)
    out /= np.linalg.norm(out, axis=-1, keepdims=True)
    return sitter.turned.apply(out.reshape(-1, 3)).reshape(out.shape)


def _colours(
    sitter: Sitter, strands: np.ndarray, normals: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """(N, K, 3) lit colours along the strands."""
    own = sitter.skin.hair_mean * rng.uniform(0.65, 1.3, (len(strands), 1))
    own = own * (1.0 + rng.normal(0.0, 0.03, (len(strands), 3)))
    along = np.repeat(np.clip(own, 0.0, 1.0)[:, None], strands.shape[1], 1)
    lit = sitter.lit(along, normals)
    # Hair shines in a band where it bends away from the light, never all along.
    tangents = np.gradient(strands, axis=1)
    tangents = sitter.turned.apply(tangents.reshape(-1, 3)).reshape(strands.shape)
    tangents /= np.linalg.norm(tangents, axis=-1, keepdims=True) + 1e-9
    half = sitter.light.direction + np.array([0.0, 0.0, 1.0])
    across = np.sqrt(np.clip(1.0 - (tangents @ (half / np.linalg.norm(half))) ** 2, 0.0, 1.0))
    gleam = across**40 * np.clip(normals[..., 2], 0.0, 1.0) * rng.uniform(0.3, 1.0, (len(own), 1))
    return np.clip(lit + 0.22 * gleam[..., None] * (0.3 + lit), 0.0, 1.0)


def _draw(
    sitter: Sitter,
    order: np.ndarray,
    pixels: np.ndarray,
    colours: np.ndarray,
    widths: np.ndarray,
    drawn: np.ndarray,
) -> Layer:
    """Strands (N, K, 2) in their order, where both ends of a piece are to be drawn (N, K)."""
    layer = sitter.empty(HAIR)
    colour, mask = layer.colour, np.zeros((sitter.size, sitter.size), np.uint8)
    at = np.round(pixels * 16).astype(int)
    pieces = drawn[:, 1:] & drawn[:, :-1]
    for strand in order:
        # Strands end in a point.
        taper = np.linspace(1.0, 0.4, pixels.shape[1])
        for k in np.flatnonzero(pieces[strand]):
            thick = max(1, round(widths[strand] * taper[k]))
            ends = at[strand, k].tolist(), at[strand, k + 1].tolist()
            cv2.line(colour, *ends, colours[strand, k].tolist(), thick, cv2.LINE_8, 4)
            cv2.line(mask, *ends, 255, thick, cv2.LINE_8, 4)
    layer.alpha[:] = mask > 0
    # Its shadow falls away from the lamp.
    to = -0.004 * sitter.scale * sitter.light.direction[:2] * [1, -1]
    soft = gaussian_filter(layer.alpha, 0.004 * sitter.scale)
    layer.shadow[:] = 0.45 * shift(soft, to[::-1], order=1)
    return layer
