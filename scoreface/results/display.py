"""Smooth pictures of a textured head: bilinear lookup, antialiased edges, no light added.

The pipeline's own renders take the nearest texel, because they are index maps; these are for people
and for face recognition networks.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np

from scoreface.geometry.camera import Camera, PerspectiveCamera
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.rasterise import rasterise, weighted
from scoreface.geometry.views import View, frontal

Colour = tuple[int, int, int]

BLACK: Colour = (0, 0, 0)
PAPER: Colour = (238, 238, 240)

# Samples along a pixel's side.
SUPERSAMPLING = 2


@dataclass(frozen=True)
class Snapshot:
    """What a camera sees of the head, several times finer than its picture.

    Attributes:
        mesh: the head, turned as the camera sees it.
        inside: (H, W) bool, true where the head is hit; N samples.
        face: (N,) the face that each of them hits.
        weights: (N, 3) barycentric, of its corners.
        samples: along a pixel's side.
    """

    mesh: Mesh
    inside: np.ndarray
    face: np.ndarray
    weights: np.ndarray
    samples: int = SUPERSAMPLING

    @classmethod
    def taken(
        cls, mesh: Mesh, camera: Camera, size: int, back_end: str, samples: int = SUPERSAMPLING
    ) -> Snapshot:
        """Look at a mesh through a camera, for a picture of ``size`` x ``size`` pixels.

        Raises:
            InputError: the rasteriser is unknown or cannot be imported.
        """
        side = samples * size
        fragments = rasterise(mesh.vertices, mesh.faces, camera, (side, side), back_end)
        inside = ~fragments.background
        hit = np.flatnonzero(inside)
        face, weights = fragments.face.ravel()[hit], fragments.barycentric.reshape(-1, 3)
        return cls(mesh, inside, face, weights.take(hit, axis=0), samples)

    @functools.cached_property
    def uv(self) -> np.ndarray:
        """Texture coordinates (N, 2) of the samples, v up."""
        return weighted(self.mesh.vt, self.mesh.ft, self.face, self.weights)

    @functools.cached_property
    def normal(self) -> np.ndarray:
        """Surface normals (N, 3) at the samples in the view's axes, z towards the camera."""
        return weighted(self.mesh.vertex_normals(), self.mesh.faces, self.face, self.weights)

    def picture(self, texture: np.ndarray, background: Colour) -> np.ndarray:
        """The picture, uint8, of the head with a texture; see :meth:`Studio.picture`."""
        colours = lookup(reduced(texture, len(self.inside)), self.uv)
        return self.develop(colours, background)

    def develop(self, colours: np.ndarray, background: Colour) -> np.ndarray:
        """Average the samples into a picture.

        Args:
            colours: (N, 3) colours of the samples inside, 0..255.
            background: the colour of the others.

        Returns:
            (H / samples, W / samples, 3) uint8.
        """
        return np.rint(self.averaged(colours, background)).clip(0, 255).astype(np.uint8)

    def averaged(self, values: np.ndarray, outside: Colour | float) -> np.ndarray:
        """Means (H / samples, W / samples, C) float32 of the pixels' samples.

        Args:
            values: (N, C) of the samples inside.
            outside: of the others.
        """
        canvas = np.full((*self.inside.shape, values.shape[1]), outside, np.float32)
        canvas[self.inside] = values
        return _box_reduced(canvas, self.samples)


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
        return Snapshot.taken(self.turned(view), self.camera, size, self.back_end)

    def turned(self, view: View) -> Mesh:
        """The normalised head as a view sees it."""
        return replace(self.mesh, vertices=view.rotation().apply(self.upright))

    @functools.cached_property
    def upright(self) -> np.ndarray:
        """Vertices (V, 3) of the normalised upright head."""
        return frontal(self.mesh, self.axis_angle)

    def picture(self, texture: np.ndarray, view: View, size: int, background: Colour) -> np.ndarray:
        """Picture (size, size, 3) uint8 of the head with ``texture`` (S, S, 3), 0..255, at a view.

        The texture's texels outside the chart should continue those inside: see :func:`scoreface.texture.chart.padded`.
        """
        return self.snapshot(view, size).picture(texture, background)


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
    # No number is negative: what is cut off is rounded down.
    left, top = x.astype(np.int64), y.astype(np.int64)
    right, bottom = np.minimum(left + 1, size - 1), np.minimum(top + 1, size - 1)
    across = (x - left).astype(np.float32)[:, None]
    down = (y - top).astype(np.float32)[:, None]
    # Numbers of the texels and products in place: this takes half as long as rows, columns and one expression.
    texels = texture.reshape(size * size, -1)
    texels = texels.astype(np.float32) if texels.dtype == np.uint8 else texels
    upper, lower = (_mixed(texels, row * size, left, right, across) for row in (top, bottom))
    upper *= 1 - down
    lower *= down
    upper += lower
    return upper


def _mixed(
    texels: np.ndarray, row: np.ndarray, left: np.ndarray, right: np.ndarray, across: np.ndarray
) -> np.ndarray:
    """Each (N, C) of a row's two texels, mixed by how far (N, 1) it is to the second."""
    mixed = texels.take(row + left, axis=0)
    mixed *= 1 - across
    second = texels.take(row + right, axis=0)
    second *= across
    mixed += second
    return mixed


def _box_reduced(pixels: np.ndarray, factor: int) -> np.ndarray:
    """Means (H / factor, W / factor, C) float32 of squares of pixels."""
    # Summed square by square, as numpy's mean over both axes does, but in long runs.
    within = [pixels[i::factor, j::factor] for i in range(factor) for j in range(factor)]
    total = within[0].astype(np.float32)
    for each in within[1:]:
        total += each.astype(np.float32, copy=False)
    total /= factor**2
    return total
