"""A view as an index map: rendering is a gather, its transpose a scatter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.rasterise import rasterise
from scoreface.geometry.views import View, frontal


@dataclass(frozen=True)
class ViewMap:
    """For each pixel of a view, the texel that it shows.

    Attributes:
        texels: (H, W) int64 tensor of row-major texel indices, -1 on the background.
        size: texels along a side of the texture.
    """

    texels: torch.Tensor
    size: int

    @classmethod
    def from_uv(cls, uv: np.ndarray, background: np.ndarray, size: int) -> ViewMap:
        """Nearest texels of pixels' UV coordinates.

        Args:
            uv: (H, W, 2) in [0, 1], v up.
            background: (H, W) bool.
            size: texels along a side.
        """
        columns = np.clip(np.floor(uv[..., 0] * size), 0, size - 1).astype(np.int64)
        rows = np.clip(np.floor((1 - uv[..., 1]) * size), 0, size - 1).astype(np.int64)
        return cls(torch.from_numpy(np.where(background, -1, rows * size + columns)), size)

    @property
    def background(self) -> torch.Tensor:
        """(H, W) bool, true where no texel is seen."""
        return self.texels < 0

    def snapped(self, nearest: np.ndarray) -> ViewMap:
        """Pixels on the rim of the chart moved to the nearest texel inside it.

        A pixel just inside a UV island may round to a texel whose centre is outside: nobody ever fills that one.

        Args:
            nearest: (S * S,) int64 of the chart, see :func:`scoreface.texture.chart.nearest_texels`.
        """
        texels = torch.from_numpy(nearest)[self.texels]
        return ViewMap(torch.where(self.background, -1, texels), self.size)

    def to(self, device: torch.device) -> ViewMap:
        """The same map on ``device``."""
        return ViewMap(self.texels.to(device), self.size)

    def render(self, texture: torch.Tensor, background: float = 0.0) -> torch.Tensor:
        """Look the texture up: (S, S, C) -> (H, W, C), ``background`` where no texel is seen."""
        pixels = texture.reshape(self.size * self.size, -1)[self.texels]
        return pixels.masked_fill(self.background[..., None], background)

    def scatter_add(self, face: torch.Tensor) -> torch.Tensor:
        """The transpose of :meth:`render`: (H, W, C) -> (S, S, C), sums of the pixels that show each texel."""
        seen = ~self.background
        total = face.new_zeros(self.size * self.size, face.shape[-1])
        total.index_add_(0, self.texels[seen], face[seen])
        return total.reshape(self.size, self.size, -1)

    def average(
        self, face: torch.Tensor, pixels: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Average a view back into the texture (paper section 3.6).

        Args:
            face: (H, W, C) the view.
            pixels: (H, W) bool, the pixels that take part.

        Returns:
            the means (S, S, C), 0 where no pixel falls, and (S, S) bool, true where one does.
        """
        weights = (pixels & ~self.background)[..., None].to(face.dtype)
        count = self.scatter_add(weights)
        mean = self.scatter_add(face * weights) / count.clamp(min=1)
        return mean, count[..., 0] > 0


def view_map(
    mesh: Mesh,
    axis_angle: np.ndarray,
    view: View,
    camera: PerspectiveCamera,
    face_size: int,
    textures: dict[int, np.ndarray],
    back_end: str = "auto",
) -> dict[int, ViewMap]:
    """Rasterise one view once, and look its pixels up in textures of several sizes.

    Args:
        mesh: the fitted head.
        axis_angle: (3,) its global rotation in radians, undone before the view's.
        view: elevation and azimuth.
        camera: the camera.
        face_size: pixels along a side of the view.
        textures: for each texture size S the nearest texels inside its chart, see :meth:`ViewMap.snapped`.
        back_end: the rasteriser's.

    Returns:
        for each size its map, snapped to the chart.
    """
    vertices = view.rotation().apply(frontal(mesh, axis_angle))
    fragments = rasterise(vertices, mesh.faces, camera, (face_size, face_size), back_end)
    uv = fragments.interpolate(mesh.vt, mesh.ft)
    return {
        size: ViewMap.from_uv(uv, fragments.background, size).snapped(nearest)
        for size, nearest in textures.items()
    }
