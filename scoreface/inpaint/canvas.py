"""The texels that several views share: the views' pixels as means of them, and the way back."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch

from scoreface.geometry.mesh import vertex_normals
from scoreface.geometry.views import View, frontal
from scoreface.inpaint.scene import Scene
from scoreface.texture.layout import make_layout
from scoreface.texture.state import TextureState

# Least cosine that counts: what a view sees at more of a slant is smeared along its rim.
_LEAST_COSINE = 0.1


@dataclass(frozen=True)
class Canvas:
    """T unknown texels of N textures in V views of H x W pixels each.

    A pixel is the mean of the samples on it. What known texels and the background have in it is fixed.

    Attributes:
        texels: (T,) int64, ascending, their row-major indices in the textures.
        fixed: (N V, 3, H, W) float32, what known texels contribute to each pixel; the background is black.
        share: (V H W, T) sparse, the share of each pixel that shows a texel.
        gather: (T, V H W) sparse, by which the views' pixels make a texel's colour; rows sum to 1, or to 0 where the
            texel shows only at a slant, or in pixels that the head does not cover wholly: those have the background in
            them.
        nearest: the same with only the view that has most weight.
        seen: (T,) bool, the texels whose rows sum to 1.
        shown: (V, T) bool, the views that have weight in them.
        whole: (V, 1, H, W) bool, the pixels that the head covers wholly.
    """

    texels: torch.Tensor
    fixed: torch.Tensor
    share: torch.Tensor
    gather: torch.Tensor
    nearest: torch.Tensor
    seen: torch.Tensor
    shown: torch.Tensor
    whole: torch.Tensor

    @property
    def unknown(self) -> torch.Tensor:
        """(V, 1, H, W) bool, the whole pixels that show unknown texels."""
        ones = torch.ones(len(self.texels), 1, device=self.fixed.device)
        return ((self.share @ ones).reshape(self.whole.shape) > 0) & self.whole

    def render(self, colours: torch.Tensor) -> torch.Tensor:
        """The views (N V, 3, H, W) with the texels' ``colours`` (N, T, 3)."""
        count, texels, channels = colours.shape
        across = colours.permute(1, 0, 2).reshape(texels, -1)
        views, _, height, width = self.whole.shape
        pixels = (self.share @ across).reshape(views, height, width, count, channels)
        return self.fixed + pixels.permute(3, 0, 4, 1, 2).reshape(self.fixed.shape)

    def collect(self, pictures: torch.Tensor, nearest: bool) -> torch.Tensor:
        """What the views (N V, 3, H, W) show of the texels: (N, T, 3), 0 where they are not seen.

        Args:
            pictures: the views.
            nearest: a texel's colour in the view that has most weight; else the weighted mean of all.
        """
        views, _, height, width = self.whole.shape
        pixels = pictures.reshape(-1, views, 3, height, width).permute(1, 3, 4, 0, 2)
        across = (self.nearest if nearest else self.gather) @ pixels.reshape(
            views * height * width, -1
        )
        return across.reshape(len(self.texels), -1, 3).permute(1, 0, 2)

    def to(self, device: torch.device) -> Canvas:
        """The same canvas on ``device``."""
        return Canvas(**{name: value.to(device) for name, value in vars(self).items()})


@dataclass(frozen=True)
class _Seen:
    """What one view shows: ``fixed`` (N, 3, H, W); ``whole`` (H, W); for each pixel and unknown texel in it, (E,) each,
    the ``pixel``, the ``texel``, the ``share`` of the pixel and the ``weight`` of the pixel for the texel.
    """

    fixed: np.ndarray
    whole: np.ndarray
    pixel: np.ndarray
    texel: np.ndarray
    share: np.ndarray
    weight: np.ndarray


def make_canvas(
    scene: Scene,
    state: TextureState,
    views: Sequence[View],
    face_size: int,
    samples: int,
    weight_power: float,
) -> Canvas:
    """Look at the unknown texels of a state's textures from several views.

    Args:
        scene: the head.
        state: its textures.
        views: V of them.
        face_size: pixels along a side of a view.
        samples: along a side of a pixel.
        weight_power: a view's pixel has the weight of its samples of a texel, times the cosine between the texel's
            normal and the direction to the camera to this power.
    """
    facing = _Facing(scene, state.labels.shape[0])
    seen = [_look(scene, state, view, face_size, samples, weight_power, facing) for view in views]
    pixels, count = face_size**2, len(views)
    row = np.concatenate([one.pixel + index * pixels for index, one in enumerate(seen)])
    texels, column = np.unique(np.concatenate([one.texel for one in seen]), return_inverse=True)
    weight = np.concatenate([one.weight for one in seen])
    shape = (len(texels), count * pixels)
    share = np.concatenate([one.share for one in seen])
    by_view = np.zeros((len(texels), count))
    np.add.at(by_view, (column, row // pixels), weight)
    own = weight * (row // pixels == by_view.argmax(1)[column])
    fixed = np.stack([one.fixed for one in seen], axis=1)
    return Canvas(
        torch.from_numpy(texels),
        torch.from_numpy(fixed.reshape(-1, *fixed.shape[2:])),
        _sparse(row, column, share, shape[::-1]),
        _sparse(column, row, _rows_to_one(column, weight), shape),
        _sparse(column, row, _rows_to_one(column, own), shape),
        torch.from_numpy(by_view.sum(1) > 0),
        torch.from_numpy(by_view.T > 0),
        torch.from_numpy(np.stack([one.whole for one in seen])[:, None]),
    )


class _Facing:
    """Cosines between the normals of a texture's texels and the directions to a view's camera."""

    def __init__(self, scene: Scene, size: int):
        layout = make_layout(scene.mesh.vt, scene.mesh.ft, scene.mesh.faces, size)
        upright = frontal(scene.mesh, scene.axis_angle)
        normals = vertex_normals(upright, scene.mesh.faces)
        self._points = layout.picture(layout.interpolate(upright)).reshape(-1, 3)
        self._normals = layout.picture(layout.interpolate(normals)).reshape(-1, 3)
        self._scene = scene

    def cosine(self, view: View, texels: np.ndarray) -> np.ndarray:
        """(K,), of the row-major ``texels`` (K,)."""
        away = self._scene.camera_position(view) - self._points[texels]
        normals = self._normals[texels]
        lengths = np.linalg.norm(away, axis=1) * np.linalg.norm(normals, axis=1)
        return np.einsum("kc,kc->k", normals, away) / np.maximum(lengths, 1e-12)


def _look(
    scene: Scene,
    state: TextureState,
    view: View,
    face_size: int,
    samples: int,
    weight_power: float,
    facing: _Facing,
) -> _Seen:
    large, small = (one.texels.numpy().ravel() for one in scene.maps(view, face_size * samples))
    axis = np.arange(face_size * samples) // samples
    pixel, pixels = (axis[:, None] * face_size + axis).ravel(), face_size**2
    inside = small >= 0
    in_photo = inside & scene.known.ravel()[large]
    known = in_photo | (inside & state.filled.ravel()[small])
    photo = scene.large.reshape(-1, 3)[large[known]].astype(np.float32) / 255
    fixed = np.zeros((len(state.textures), 3, pixels), np.float32)
    for texture, view_of_it in zip(state.textures, fixed, strict=True):
        painted = texture.reshape(-1, 3)[small[known]].astype(np.float32)
        colours = np.where(in_photo[known][:, None], photo, painted)
        for channel in range(3):
            sums = np.bincount(pixel[known], colours[:, channel], pixels)
            view_of_it[channel] = sums / samples**2
    whole = np.bincount(pixel[inside], minlength=pixels) == samples**2
    free = inside & ~known
    # Each pixel and texel once, with the number of its samples.
    pair, count = np.unique(pixel[free] * state.labels.size + small[free], return_counts=True)
    at, texel = np.divmod(pair, state.labels.size)
    cosine = facing.cosine(view, texel)
    weight = np.where(cosine < _LEAST_COSINE, 0, cosine.clip(0, 1) ** weight_power)
    return _Seen(
        fixed.reshape(-1, 3, face_size, face_size),
        whole.reshape(face_size, face_size),
        at,
        texel,
        count / samples**2,
        count * weight * whole[at],
    )


def _rows_to_one(row: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Weights (E,) so that those of a row have the sum 1, where it is not 0."""
    sums = np.bincount(row, weight)[row]
    return np.divide(weight, sums, out=np.zeros_like(weight), where=sums > 0)


def _sparse(
    row: np.ndarray, column: np.ndarray, values: np.ndarray, shape: tuple[int, int]
) -> torch.Tensor:
    """A matrix in compressed rows, in which every product sums in the same order."""
    matrix = sp.csr_matrix((values.astype(np.float32), (row, column)), shape)
    matrix.eliminate_zeros()
    rows, columns, entries = map(torch.from_numpy, (matrix.indptr, matrix.indices, matrix.data))
    with warnings.catch_warnings():
        # That the format is a beta version of torch's.
        warnings.filterwarnings("ignore", "Sparse", UserWarning)
        return torch.sparse_csr_tensor(rows, columns, entries, shape, check_invariants=True)
