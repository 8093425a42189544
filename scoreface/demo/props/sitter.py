"""The person in a photo as the props see it: where the head is, what hides behind it, and the light on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from scoreface.demo.head.model import build_model
from scoreface.demo.light import Light, apply
from scoreface.demo.skin.person import Skin
from scoreface.geometry.rasterise import first_hits

# What is less than this before the head, in metres, is on it.
_ON_IT = 0.001


@dataclass(frozen=True)
class Layer:
    """Something in the picture, painted over what lies beneath; S pixels a side.

    Attributes:
        colour: (S, S, 3) float32 in [0, 1].
        alpha: (S, S) float32, how much of a pixel it covers.
        label: (S, S) uint8, what it is, where it covers more than half.
        shadow: (S, S) float32, what share of their light the things beneath lose.
        clear: (S, S) bool, where it lets the head be seen through it although it covers it.
    """

    colour: np.ndarray
    alpha: np.ndarray
    label: np.ndarray
    shadow: np.ndarray
    clear: np.ndarray


@dataclass(frozen=True)
class Sitter:
    """A posed head before the camera.

    Attributes:
        upright: (V, 3) the head in metres before it was turned.
        turned: its rotation.
        shift: (3,) metres by which it is moved then.
        skin: the person's.
        light: about the head.
        scale: pixels a metre.
        size: S, pixels a side of the picture.
    """

    upright: np.ndarray
    turned: Rotation
    shift: np.ndarray
    skin: Skin
    light: Light
    scale: float
    size: int

    def posed(self, points: np.ndarray) -> np.ndarray:
        """Points (N, 3) of the upright head where the camera sees them."""
        return self.turned.apply(points) + self.shift

    def pixels(self, posed: np.ndarray) -> np.ndarray:
        """Posed points (N, 3) as pixels (N, 2), x to the right and y down."""
        flat = self.scale * posed[:, :2]
        return np.column_stack([flat[:, 0], self.size - flat[:, 1]])

    def hidden(self, posed: np.ndarray) -> np.ndarray:
        """(N,) bool, which posed points (N, 3) have the head before them."""
        towards = np.broadcast_to([0.0, 0.0, 1.0], posed.shape)
        vertices = self.posed(self.upright)
        start = posed + _ON_IT * towards
        return first_hits(vertices, build_model().f, start, towards).face >= 0

    def surface(self, origins: np.ndarray, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where rays from outside meet the upright head: (N, 3), and (N,) bool where they do."""
        hits = first_hits(self.upright, build_model().f, origins, directions)
        met = np.isfinite(hits.distance)
        return origins + np.where(met, hits.distance, 0.0)[:, None] * directions, met

    def empty(self, label: int) -> Layer:
        """A layer with nothing on it yet."""
        square = (self.size, self.size)
        return Layer(
            np.zeros((*square, 3), np.float32),
            np.zeros(square, np.float32),
            np.full(square, label, np.uint8),
            np.zeros(square, np.float32),
            np.zeros(square, bool),
        )

    def lit(self, albedo: np.ndarray, normals: np.ndarray, gloss: float = 0.0) -> np.ndarray:
        """Painted colours (..., 3) in the light that falls on surfaces with these unit normals (..., 3)."""
        light = self.light
        # Sky above and ground below, each seen by as much of the surface's half space as faces it.
        ambient = light.ground + (0.5 + normals[..., 1:2] / 3.0) * (light.sky - light.ground)
        diffuse = ambient + np.clip(normals @ light.direction, 0.0, None)[..., None] * light.lamp
        half = light.direction + np.array([0.0, 0.0, 1.0])
        facing = np.clip(normals @ (half / np.linalg.norm(half)), 0.0, None)[..., None]
        return apply(albedo, diffuse, gloss * (0.5 * facing**14 + 0.5 * facing**60))
