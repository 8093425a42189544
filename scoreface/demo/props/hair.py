"""Long hair: strands from the parting and the crown over the skull that hang beside the face, and a fringe."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d, shift

from scoreface.demo.masks import Array
from scoreface.demo.props.sitter import Layer, Sitter
from scoreface.parse.labels import HAIR

# Strands run over the skull on great circles about this point, in metres.
_AXIS = np.array([0.0, 0.02, -0.02])
# Points of a strand on the skull and below it.
_ON_SKULL, _HANGING = 14, 14
# How far the parting reaches forwards from the crown, in radians: to the hair line.
_PARTED = 1.12


@dataclass(frozen=True)
class Style:
    """How long hair is worn.

    Attributes:
        edges: (2,) degrees from straight ahead at which it begins on the person's right and left: 45 hangs over the
            cheek, 80 over the ear, 115 behind it.
        length: height in metres at which it ends; the eyes are at 0, the chin at -0.115.
        lift: metres that it stands off the skull.
        wave, wavelength: metres.
        parting: metres by which it is parted off the middle, to the person's left.
        fringe: height in metres at which it ends on the forehead; None: there is none.
    """

    edges: tuple[float, float]
    length: float
    lift: float
    wave: float
    wavelength: float
    parting: float
    fringe: float | None


def sample_style(rng: np.random.Generator) -> Style:
    """Draw a style; one side in five is tucked behind the ear."""
    edges = [115.0 if rng.random() < 0.2 else float(rng.uniform(30.0, 80.0)) for _ in range(2)]
    return Style(
        (edges[0], edges[1]),
        float(rng.uniform(-0.24, -0.10)),
        float(rng.uniform(0.009, 0.020)),
        float(rng.uniform(0.0, 0.007)),
        float(rng.uniform(0.05, 0.10)),
        float(rng.uniform(-0.035, 0.035)),
        float(rng.uniform(0.022, 0.045)) if rng.random() < 0.35 else None,
    )


def long_hair(sitter: Sitter, style: Style, rng: np.random.Generator) -> tuple[Layer, Layer]:
    """What of the hair lies behind the head, and what before it."""
    groups = [_sides(sitter, style, rng), _parted(sitter, style, rng), *_fringe(sitter, style, rng)]
    strands, lifts = (np.concatenate(parts) for parts in zip(*groups, strict=True))
    posed = sitter.posed(strands.reshape(-1, 3))
    normals = _outwards(sitter, strands)
    colours = _colours(sitter, strands, normals, rng)
    # Little light gets in under the topmost strands.
    colours *= np.interp(lifts, [0.0, style.lift], [0.65, 1.0])[:, None, None]
    hidden = sitter.hidden(posed).reshape(strands.shape[:2])
    pixels = sitter.pixels(posed).reshape(*strands.shape[:2], 2)
    widths = rng.choice([0.0005, 0.0010, 0.0018], len(strands), p=[0.35, 0.4, 0.25])
    depth = posed[:, 2].reshape(strands.shape[:2]).mean(1)
    order = np.argsort(depth + lifts + rng.normal(0.0, 0.004, len(depth)))
    # Of a strand that is partly behind, all of it is drawn there: few leave a gap between hair and head.
    behind = np.zeros_like(hidden)
    behind[np.nonzero(hidden)[0]] = True
    back, front = (
        _draw(sitter, order, pixels, colours, widths * sitter.scale, drawn)
        for drawn in (behind, ~hidden)
    )
    # Hair behind the head lies in its shade.
    back.colour[:] *= 0.72
    return back, front


def _sides(sitter: Sitter, style: Style, rng: np.random.Generator) -> tuple[Array, Array]:
    """Upright strands (N, K, 3) from the crown down both sides and the back, and how far they are lifted (N,)."""
    count = 1500
    side = np.repeat([-1.0, 1.0], count // 2)
    edge = np.where(side < 0, *style.edges)
    # Denser at the edge, where the hair parts from the face.
    azimuth = np.deg2rad(side * (edge + (180.0 - edge) * rng.random(count) ** 1.35))
    crown = _directions(np.deg2rad(rng.uniform(0.0, 8.0, count)), azimuth)
    ends = _directions(np.deg2rad(rng.uniform(84.0, 94.0, count)), azimuth)
    return _hung(sitter, crown, ends, style, rng)


def _parted(sitter: Sitter, style: Style, rng: np.random.Generator) -> tuple[Array, Array]:
    """As ``_sides``, those from the parting over temples and ears: the face is framed by them."""
    count = 900
    side = np.repeat([-1.0, 1.0], count // 2)
    edge = np.where(side < 0, *style.edges)
    forwards = _PARTED * rng.random(count) ** 0.8
    foot = _directions(forwards, np.zeros(count)) + rng.normal(0.0, 0.015, (count, 3))
    # The skull's radius is about 0.1.
    foot[:, 0] += style.parting / 0.1
    azimuth = np.deg2rad(side * np.clip(edge + 30.0 * rng.random(count), 52.0, 140.0))
    ends = _directions(np.deg2rad(rng.uniform(84.0, 98.0, count)), azimuth)
    return _hung(sitter, foot, ends, style, rng)


def _directions(away: Array, azimuth: Array) -> Array:
    """(N, 3) unit vectors by their angle from upwards and round from straight ahead, radians."""
    flat = np.sin(away)
    return np.stack([np.sin(azimuth) * flat, np.cos(away), np.cos(azimuth) * flat], -1)


def _hung(
    sitter: Sitter, feet: Array, ends: Array, style: Style, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Strands (N, K, 3) over the skull from directions to directions (N, 3) and down, and their lifts (N,)."""
    lift = style.lift * rng.uniform(0.15, 1.2, len(feet))
    skull = _on_skull(sitter, feet, ends, lift)
    return _waved(np.concatenate([skull, _hanging(skull, style, rng)], 1), style, rng), lift


def _on_skull(sitter: Sitter, feet: Array, ends: Array, lift: Array) -> Array:
    """Strands (N, ``_ON_SKULL``, 3) over the skull from directions ``feet`` (N, 3) to ``ends`` (N, 3)."""
    t = np.linspace(0.0, 1.0, _ON_SKULL)[:, None]
    # Nearly a great circle, and nearly evenly.
    out = feet[:, None] * (1.0 - t) + ends[:, None] * t
    out /= np.linalg.norm(out, axis=-1, keepdims=True)
    flat = out.reshape(-1, 3)
    points, _ = sitter.surface(_AXIS + 0.4 * flat, -flat)
    # Flat on the head where it is parted, it stands off where it bends down.
    off = lift[:, None, None] * (0.3 + 0.7 * np.sin(0.5 * np.pi * np.clip(1.6 * t, 0.0, 1.0)))
    points = points.reshape(out.shape) + off * out
    return gaussian_filter1d(points, 1.0, axis=1, mode="nearest")


def _hanging(skull: Array, style: Style, rng: np.random.Generator) -> Array:
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


def _waved(strands: Array, style: Style, rng: np.random.Generator) -> Array:
    """The strands with waves that neighbours have in common, and stray ones."""
    phase = 3.0 * strands[:, -1, 0] / 0.05 + rng.normal(0.0, 0.5, len(strands))
    turns = 2 * np.pi * strands[..., 1] / style.wavelength + phase[:, None]
    loose = np.linspace(0.0, 1.0, strands.shape[1]) ** 1.5
    # One in twenty-five has come loose.
    stray = (rng.random(len(strands)) < 0.04) * rng.normal(0.0, 0.012, len(strands))
    out = strands.copy()
    out[..., 0] += loose * (style.wave * np.sin(turns) + stray[:, None])
    out[..., 2] += loose * style.wave * np.cos(turns)
    return out


def _fringe(sitter: Sitter, style: Style, rng: np.random.Generator) -> list[tuple[Array, Array]]:
    """Strands over the forehead with as many points as the others; nothing where the style has none."""
    if style.fringe is None:
        return []
    count = 700
    azimuth = np.deg2rad(rng.uniform(-62.0, 62.0, count))
    low = style.fringe + rng.normal(0.0, 0.005, count)
    # The forehead is about 0.1 from the axis.
    end = np.pi / 2 - np.arctan2(low - _AXIS[1], 0.105)
    lift = 0.5 * style.lift * rng.uniform(0.3, 1.2, count)
    feet = _directions(np.full(count, 0.1), azimuth)
    # They sweep a little to one side.
    ends = _directions(end, azimuth + rng.choice([-1.0, 1.0]) * rng.uniform(0.0, 0.25))
    strands = _on_skull(sitter, feet, ends, lift)
    at = np.linspace(0, _ON_SKULL - 1, _ON_SKULL + _HANGING)
    under = np.floor(at).astype(int).clip(0, _ON_SKULL - 2)
    t = (at - under)[:, None]
    return [(strands[:, under] * (1 - t) + strands[:, under + 1] * t, lift)]


def _outwards(sitter: Sitter, strands: Array) -> Array:
    """Unit normals of the hair as the camera sees it, away from the head's axis: like ``strands``."""
    out = strands - _AXIS
    out[..., 1] = np.clip(out[..., 1], 0.0, None)
    out /= np.linalg.norm(out, axis=-1, keepdims=True)
    return sitter.turned.apply(out.reshape(-1, 3)).reshape(out.shape)


def _colours(sitter: Sitter, strands: Array, normals: Array, rng: np.random.Generator) -> Array:
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
