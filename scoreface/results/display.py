"""Smooth pictures of a textured head: bilinear lookup, antialiased edges, no light added.

The pipeline's own renders take the nearest texel, because they are index maps; these are for people
and for face recognition networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh, vertex_normals
from scoreface.geometry.rasterise import rasterise
from scoreface.geometry.views import View, frontal

Colour = tuple[int, int, int]

BLACK: Colour = (0, 0, 0)
PAPER: Colour = (238, 238, 240)

# Samples along a pixel's side.
SUPERSAMPLING = 2


@dataclass(frozen=True)
class Snapshot:
    """What one view sees of the head, ``SUPERSAMPLING`` times finer than its picture.

    Attributes:
        inside: (H, W) bool, true where the head is hit; N samples.
        uv: (N, 2) texture coordinates of those samples, v up.
        normal: (N, 3) surface normals there in the view's axes, z towards the camera.
    """

    inside: np.ndarray
    uv: np.ndarray
    normal: np.ndarray

    def develop(self, colours: np.ndarray, background: Colour) -> np.ndarray:
        """Average the samples into a picture.

        Args:
            colours: (N, 3) colours of the samples inside, 0..255.
            background: the colour of the others.

        Returns:
            (H / SUPERSAMPLING, W / SUPERSAMPLING, 3) uint8.
        """
        canvas = np.full((*self.inside.shape, 3), background, np.float32)
        canvas[self.inside] = colours
        return np.rint(_box_reduced(canvas, SUPERSAMPLING)).clip(0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Studio:
    """A head and the camera before it, for pictures at any view.

    Attributes:
        mesh: the fitted head.
        axis_angle: (3,) its global rotation in radians, undone before the view's.
        camera: the camera.
        back_end: the rasteriser's.
    """

    mesh: Mesh
    axis_angle: np.ndarray
    camera: PerspectiveCamera
    back_end: str = "auto"

    def snapshot(self, view: View, size: int) -> Snapshot:
        """Look at the head for a picture of ``size`` x ``size`` pixels.

        Raises:
            InputError: the rasteriser is unknown or cannot be imported.
        """
        vertices = view.rotation().apply(frontal(self.mesh, self.axis_angle))
        side = SUPERSAMPLING * size
        fragments = rasterise(vertices, self.mesh.faces, self.camera, (side, side), self.back_end)
        inside = ~fragments.background
        normals = vertex_normals(vertices, self.mesh.faces)
        return Snapshot(
            inside,
            fragments.interpolate(self.mesh.vt, self.mesh.ft)[inside],
            fragments.interpolate(normals, self.mesh.faces)[inside],
        )

    def picture(self, texture: np.ndarray, view: View, size: int, background: Colour) -> np.ndarray:
        """Picture (size, size, 3) uint8 of the head with ``texture`` (S, S, 3), 0..255, at a view.

        The texture's texels outside the chart should continue those inside: see :func:`scoreface.texture.chart.padded`.
        """
        snapshot = self.snapshot(view, size)
        colours = lookup(reduced(texture, SUPERSAMPLING * size), snapshot.uv)
        return snapshot.develop(colours, background)


def reduced(texture: np.ndarray, raster: int) -> np.ndarray:
    """Halve a texture (S, S, C) until a raster of ``raster`` pixels skips none of its texels.

    Bilinear lookup reads four texels: were they much finer than the samples, the picture would
    flicker from view to view. At most half of a chart's width faces a camera, so a texture of twice
    the raster's width has about one texel a sample.
    """
    while len(texture) > 2 * raster and len(texture) % 2 == 0:
        texture = _box_reduced(texture, 2)
    return texture


def lookup(texture: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Bilinear interpolation of a texture (S, S, C) at ``uv`` (N, 2), v up: (N, C) float32."""
    size = len(texture)
    x = np.clip(uv[:, 0] * size - 0.5, 0, size - 1)
    y = np.clip((1 - uv[:, 1]) * size - 0.5, 0, size - 1)
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    right, bottom = np.minimum(left + 1, size - 1), np.minimum(top + 1, size - 1)
    across = (x - left).astype(np.float32)[:, None]
    down = (y - top).astype(np.float32)[:, None]
    upper = texture[top, left] * (1 - across) + texture[top, right] * across
    lower = texture[bottom, left] * (1 - across) + texture[bottom, right] * across
    return upper * (1 - down) + lower * down


def _box_reduced(pixels: np.ndarray, factor: int) -> np.ndarray:
    height, width, channels = pixels.shape
    blocks = pixels.reshape(height // factor, factor, width // factor, factor, channels)
    return blocks.mean((1, 3), dtype=np.float32)
