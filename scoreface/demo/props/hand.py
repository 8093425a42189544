"""A hand before chin or cheek: fingers and palm as one smooth relief, of the person's own skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates, shift

from scoreface.demo.head.model import build_model, landmark_points
from scoreface.demo.masks import soft
from scoreface.demo.props.sitter import Layer, Sitter
from scoreface.parse.labels import CLOTHES, OTHER

# A hand seen from its back, fingers up, in metres: knuckles, lengths and radii of the fingers.
_KNUCKLES = np.array([[-0.029, 0.036], [-0.010, 0.042], [0.010, 0.040], [0.028, 0.031]])
_LENGTHS = np.array([0.066, 0.074, 0.068, 0.053])
_RADII = np.array([0.0084, 0.0087, 0.0083, 0.0073])
_WRIST = np.array([0.0, -0.055])
# Where the sleeve begins below the wrist.
_SLEEVE = -0.105


@dataclass(frozen=True)
class Pose:
    """Where a hand is.

    Attributes:
        at: (2,) metres in the picture, of the middle of the palm.
        angle: radians by which the fingers are turned from upwards, counter-clockwise.
        size: 1 is an average hand.
        bends: (4,) share of each finger's length that is seen.
        spread: radians between outer fingers.
        mirrored: the thumb is on the picture's right.
    """

    at: np.ndarray
    angle: float
    size: float
    bends: np.ndarray
    spread: float
    mirrored: bool


def sample_pose(sitter: Sitter, rng: np.random.Generator) -> Pose:
    """Before the chin or a cheek, with the arm below it."""
    points = landmark_points(build_model(), sitter.posed(sitter.upright))[:, :2]
    mouth, eyes = points[31:43].mean(0), points[19:31].mean(0)
    up = (eyes - mouth) / np.linalg.norm(eyes - mouth)
    right = np.array([up[1], -up[0]])
    side = float(rng.choice([-1.0, 1.0]))
    fist = rng.random() < 0.3
    size = float(rng.uniform(0.88, 1.08))
    if rng.random() < 0.5:
        tips = mouth + rng.uniform(-0.035, 0.010) * up + side * rng.uniform(0.0, 0.03) * right
        lean = side * rng.uniform(0.05, 0.7)
    else:
        tips = mouth + side * rng.uniform(0.030, 0.055) * right + rng.uniform(0.01, 0.06) * up
        lean = side * rng.uniform(-0.15, 0.6)
    bends = rng.uniform(0.25, 0.4, 4) if fist else np.clip(rng.normal(0.95, 0.08, 4), 0.6, 1.05)
    reach = size * (0.042 + 0.072 * float(bends.mean()))
    along = np.array([-np.sin(lean), np.cos(lean)])
    return Pose(
        tips - reach * along,
        float(lean),
        size,
        bends,
        float(rng.uniform(0.0, 0.30)),
        bool(side < 0),
    )


def hand(sitter: Sitter, pose: Pose, rng: np.random.Generator) -> Layer:
    """The hand with its forearm and sleeve."""
    layer = sitter.empty(OTHER)
    y, x = (np.mgrid[0 : sitter.size, 0 : sitter.size] + 0.5) / sitter.scale
    y = sitter.size / sitter.scale - y
    place = _own(np.stack([x, y], -1), pose)
    height, inside, lines, nails, tips = _relief(place, pose)
    pixel = 1.0 / (sitter.scale * pose.size)
    layer.alpha[:] = np.clip(0.5 + inside / pixel, 0.0, 1.0)
    normals = _normals(height, pixel)

    grain = _grain(place, 0.0016, rng)
    blotch = _grain(place, 0.012, rng)
    albedo = (
        sitter.skin.tone * rng.uniform(0.94, 1.04) * (1.0 + 0.03 * grain + 0.04 * blotch)[..., None]
    )
    albedo = albedo * (1.0 - 0.8 * np.clip(tips, 0, 1)[..., None] * [0.02, 0.10, 0.09])
    albedo = albedo * (1.0 - 0.22 * lines[..., None] * [0.8, 1.0, 1.0])
    albedo = albedo + nails[..., None] * (0.75 * sitter.skin.tone + [0.20, 0.13, 0.13] - albedo)
    # Between fingers little light gets in.
    hollow = np.clip((gaussian_filter(height, 0.006 / pixel) - height) / 0.006, 0.0, 1.0)
    lit = sitter.lit(np.clip(albedo, 0.0, 1.0), normals, sitter.light.gloss * 0.4)
    layer.colour[:] = lit * (1.0 - 0.55 * hollow[..., None])
    sleeve = place[..., 1] < _SLEEVE
    cloth = sitter.skin.garment_colour * (1.0 + 0.05 * _grain(place, 0.002, rng))[..., None]
    folds = 0.08 * np.sin(2 * np.pi * place[..., 1] / 0.025 + 2 * blotch)
    cloth = sitter.lit(np.clip(cloth * (1.0 + folds)[..., None], 0.02, 1.0), normals)
    layer.colour[sleeve] = cloth[sleeve]
    layer.label[sleeve] = CLOTHES
    to = 0.008 * sitter.scale * sitter.light.direction[:2] * [-1, 1]
    dark = shift(gaussian_filter(layer.alpha, 0.006 * sitter.scale), to[::-1], order=1)
    layer.shadow[:] = 0.55 * dark
    return layer


def _own(points: np.ndarray, pose: Pose) -> np.ndarray:
    """Points (..., 2) of the picture in the hand's own axes."""
    d = points - pose.at
    c, s = np.cos(pose.angle), np.sin(pose.angle)
    across, along = d[..., 0] * c + d[..., 1] * s, -d[..., 0] * s + d[..., 1] * c
    if pose.mirrored:
        across = -across
    return np.stack([across, along], -1) / pose.size


def _limb(
    place: np.ndarray, a: np.ndarray, b: np.ndarray, ra: float, rb: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A capsule: signed distance (positive inside), relief, and how far along it each place is."""
    axis = b - a
    t = np.clip((place - a) @ axis / max(float(axis @ axis), 1e-12), 0.0, 1.0)
    distance = np.linalg.norm(place - a - t[..., None] * axis, axis=-1)
    radius = ra + t * (rb - ra)
    return radius - distance, np.sqrt(np.clip(radius**2 - distance**2, 0.0, None)), t


def _join(one: np.ndarray, other: np.ndarray, k: float) -> np.ndarray:
    """The larger of two, rounded over ``k`` where they are about equal."""
    h = np.clip(k - np.abs(one - other), 0.0, None) / k
    return np.maximum(one, other) + 0.25 * k * h * h


def _relief(
    place: np.ndarray, pose: Pose
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Height, signed distance inside, creases, nails and tips at places (..., 2) of the hand."""
    # The palm: bones from the wrist to each knuckle.
    inside = np.full(place.shape[:-1], -1.0)
    height = np.zeros(place.shape[:-1])
    lines, nails, tips = (np.zeros_like(height) for _ in range(3))
    foot = _WRIST + np.array([0.0, 0.010])
    for knuckle in _KNUCKLES:
        depth, bone, _ = _limb(place, foot + knuckle * [0.5, 0.0], knuckle, 0.017, 0.0125)
        inside, height = _join(inside, depth, 0.010), _join(height, bone, 0.006)
        knob = np.exp(-(((place - knuckle) / 0.006) ** 2).sum(-1))
        height = height + 0.0012 * knob
        tips += 0.4 * np.exp(-(((place - knuckle) / 0.008) ** 2).sum(-1))
    arm, round_, _ = _limb(place, _WRIST, np.array([0.0, -0.40]), 0.0265, 0.036)
    inside, height = _join(inside, arm, 0.020), _join(height, 0.8 * round_, 0.010)
    cuff, wide, _ = _limb(place, np.array([0.0, _SLEEVE]), np.array([0.0, -0.45]), 0.036, 0.050)
    cuff = np.where(place[..., 1] < _SLEEVE, cuff, -1.0)
    inside = np.maximum(inside, cuff)
    height = np.maximum(height, np.where(cuff > 0, 0.8 * wide + 0.002, 0.0))

    fans = np.linspace(0.5, -0.5, 4) * pose.spread
    fingers = zip(_KNUCKLES, pose.bends * _LENGTHS, _RADII, fans, strict=True)
    for knuckle, long, radius, fan in fingers:
        tip = knuckle + long * np.array([-np.sin(fan), np.cos(fan)])
        depth, bone, t = _limb(place, knuckle, tip, radius * 1.1, 0.88 * radius)
        over = (
            1.0
            + 0.10 * np.exp(-(((t - 0.42) / 0.09) ** 2))
            + 0.06 * np.exp(-(((t - 0.74) / 0.07) ** 2))
        )
        finger = bone * over + 0.004
        inside = _join(inside, depth, 0.0012)
        height = np.where(depth > 0, _join(height, finger, 0.0015), height)
        on = soft(depth, 0.003)
        for joint in (0.36, 0.42, 0.48, 0.72, 0.76):
            lines += 0.7 * on * np.exp(-(((t - joint) * long / 0.0007) ** 2))
        # Fingers that touch have a dark line between them.
        lines += (
            0.9 * np.exp(-((depth / 0.0009) ** 2)) * (inside > 0.0015) * (place[..., 1] > 0.045)
        )
        end = tip + 0.1 * radius * np.array([np.sin(fan), -np.cos(fan)])
        off = place - end
        along = off @ np.array([-np.sin(fan), np.cos(fan)])
        across = off @ np.array([np.cos(fan), np.sin(fan)])
        plate = np.hypot(across / (0.62 * radius), along / (0.85 * radius))
        nails = np.maximum(nails, soft(1.0 - plate, 0.25) * (long > 0.03))
        tips += np.exp(-((off / 0.010) ** 2).sum(-1))
    for a, b, ra, rb in (
        ([-0.020, -0.040], [-0.050, -0.002], 0.0165, 0.0110),
        ([-0.050, -0.002], [-0.054, 0.030], 0.0105, 0.0092),
    ):
        depth, bone, _ = _limb(place, np.array(a), np.array(b), ra, rb)
        inside, height = _join(inside, depth, 0.006), _join(height, bone + 0.002, 0.004)
    return height, inside, np.clip(lines, 0, 1), nails, tips


def _normals(height: np.ndarray, pixel: float) -> np.ndarray:
    """(S, S, 3) unit normals of a relief."""
    smooth = gaussian_filter(height, 0.0009 / pixel)
    down, across = np.gradient(smooth, pixel)
    normals = np.stack([-across, down, np.ones_like(down)], -1)
    return normals / np.linalg.norm(normals, axis=-1, keepdims=True)


def _grain(place: np.ndarray, cell: float, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise of about unit deviation that lies on the hand."""
    grid = 1.6 * rng.standard_normal((64, 64)).astype(np.float32)
    return map_coordinates(grid, np.moveaxis(place / cell, -1, 0), order=1, mode="grid-wrap")
