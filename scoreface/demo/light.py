"""Soft light on a posed head: sky, ground, one wide lamp, with each vertex's own view of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scoreface.demo.masks import Array
from scoreface.geometry.mesh import vertex_normals
from scoreface.geometry.rasterise import first_hits

DIRECTIONS = 72
# Gamma of the photos: colours are painted as they look, light adds up linearly.
GAMMA = 2.2
# What skin lets through of the light from hidden directions: red goes deepest.
_THROUGH = np.array([0.20, 0.11, 0.09])


@dataclass(frozen=True)
class Light:
    """Light about a head, in the camera's axes.

    sky, ground, lamp: (3,) linear RGB radiance. direction: (3,) unit vector towards the lamp.
    width: radians over which the lamp falls off. gloss: strength of the skin's sheen.
    """

    sky: Array
    ground: Array
    lamp: Array
    direction: Array
    width: float
    gloss: float


# The share of photos with their light from one side.
_FROM_ONE_SIDE = 0.15


def sample_photo_light(rng: np.random.Generator) -> Light:
    """Draw a light as photos have it: mostly soft, in one of seven from one side."""
    soft = sample_light(rng)
    return sample_side_light(rng) if rng.random() < _FROM_ONE_SIDE else soft


def sample_light(rng: np.random.Generator) -> Light:
    """Draw a soft light from the front half, mostly from above, a little coloured."""
    direction = _direction(rng.uniform(-1.0, 1.0), rng.uniform(0.15, 0.95))
    warmth = rng.normal(0.0, 0.03) * np.array([1.0, 0.0, -1.0])
    ambient = rng.uniform(0.45, 0.64)
    return Light(
        sky=ambient * (1.0 - 0.6 * warmth),
        ground=ambient * rng.uniform(0.35, 0.65) * (1.0 + 0.6 * warmth),
        lamp=rng.uniform(0.50, 0.85) * (1.0 + warmth),
        direction=direction,
        width=float(rng.uniform(0.35, 0.6)),
        gloss=float(rng.uniform(0.05, 0.40)),
    )


def sample_side_light(rng: np.random.Generator) -> Light:
    """Draw a light with the lamp 50 to 75 degrees to one side, and little from elsewhere: half a face is in shade."""
    soft = sample_light(rng)
    azimuth = rng.choice([-1.0, 1.0]) * np.deg2rad(rng.uniform(50.0, 75.0))
    ambient = rng.uniform(0.20, 0.40)
    return replace(
        soft,
        sky=ambient * soft.sky,
        ground=ambient * soft.ground,
        # Stronger, so that the lit half looks as bright as in a soft light.
        lamp=rng.uniform(1.4, 1.8) * soft.lamp,
        direction=_direction(azimuth, rng.uniform(0.10, 0.60)),
        # Sheen does not know the lamp's strength; at a flat angle it would veil hair and temple.
        gloss=0.6 * soft.gloss,
    )


def _direction(azimuth: float, height: float) -> Array:
    """(3,) unit vector, radians from straight ahead to the picture's right and up."""
    direction = np.array([np.sin(azimuth) * np.cos(height), np.sin(height), 0.0])
    direction[2] = np.cos(azimuth) * np.cos(height)
    return direction


def _sphere(count: int) -> Array:
    """(count, 3) unit vectors spread evenly (the Fibonacci lattice)."""
    i = np.arange(count) + 0.5
    y = 1.0 - 2.0 * i / count
    turn = np.pi * (1.0 + 5.0**0.5) * i
    flat = np.sqrt(1.0 - y * y)
    return np.stack([flat * np.cos(turn), y, flat * np.sin(turn)], axis=1)


def _radiance(light: Light, directions: Array) -> Array:
    """What comes from each of ``directions`` (N, 3): (N, 3) linear RGB."""
    up = 0.5 + 0.5 * directions[:, 1:2]
    angle = np.arccos(np.clip(directions @ light.direction, -1.0, 1.0))
    lobe = np.exp(-0.5 * (angle / light.width) ** 2)
    # A lamp of radiance 1 gives a surface that faces it a light of 1, however wide it is.
    lobe = lobe / max(4.0 / len(directions) * (lobe * np.clip(np.cos(angle), 0, 1)).sum(), 1e-9)
    return light.ground + up * (light.sky - light.ground) + lobe[:, None] * light.lamp


def shade(vertices: Array, faces: np.ndarray, light: Light) -> tuple[Array, Array]:
    """Diffuse light and sheen at each vertex of a posed head.

    Args:
        vertices: (V, 3), camera on +z.
        faces: (F, 3).

    Returns:
        (V, 3) linear factors of the skin's colour, and (V, 1) linear additions, >= 0.
    """
    directions = _sphere(DIRECTIONS)
    normals = vertex_normals(vertices, faces)
    cosine = np.clip(normals @ directions.T, 0.0, None)
    vertex, direction = np.nonzero(cosine > 0.02)
    # Start a little off the surface so that a vertex does not shade itself.
    origins = vertices[vertex] + 0.0015 * normals[vertex]
    hidden = first_hits(vertices, faces, origins, directions[direction]).face >= 0
    shut = np.zeros_like(cosine)
    shut[vertex[hidden], direction[hidden]] = cosine[vertex[hidden], direction[hidden]]
    seen = cosine - shut
    radiance = _radiance(light, directions)
    diffuse = 4.0 / DIRECTIONS * (seen @ radiance + _THROUGH * (shut @ radiance))
    return diffuse, light.gloss * _mirrored(normals, light, seen, cosine, directions)


def _mirrored(normals: Array, light: Light, seen: Array, cosine: Array, directions: Array) -> Array:
    """The lamp and, at grazing angles, the sky in the skin's oily film: (V, 1), >= 0.

    Args:
        normals: (V, 3) unit.
        light: what shines.
        seen, cosine: (V, D), with and without what hides ``directions`` (D, 3) from a vertex.
        directions: (D, 3) unit.
    """
    half = light.direction + np.array([0.0, 0.0, 1.0])
    half = half / np.linalg.norm(half)
    facing = np.clip(normals @ half, 0.0, 1.0)
    # A wide lobe of the rough skin and a narrow one of the oil on it.
    lobes = 0.45 * facing**14 + 0.75 * facing**60
    lamp = np.exp(-0.5 * (np.arccos(np.clip(directions @ light.direction, -1, 1)) / 0.5) ** 2)
    open_to_it = (seen @ lamp) / np.maximum(cosine @ lamp, 1e-9)
    grazing = 0.35 * (1.0 - np.clip(normals[:, 2], 0.0, 1.0)) ** 4 * (normals[:, 2] > 0.0)
    open_sky = seen.sum(axis=1) / np.maximum(cosine.sum(axis=1), 1e-9)
    return (lobes * open_to_it + grazing * open_sky)[:, None]


def apply(albedo: Array, diffuse: Array, sheen: Array) -> Array:
    """The lit colours (..., 3) in [0, 1] of painted colours; light is linear, colours are not."""
    # The film on any skin shines alike, but dark hair and pupils scatter less of it.
    lit = albedo**GAMMA * diffuse + sheen * np.clip(2.2 * albedo.max(axis=-1, keepdims=True), 0, 1)
    return np.clip(lit, 0.0, 1.0).astype(np.float32) ** np.float32(1.0 / GAMMA)
