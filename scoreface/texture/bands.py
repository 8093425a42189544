"""The coarse and the fine band of what texels show, told apart on the surface and not on the picture of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from scoreface.texture.layout import TextureLayout


@dataclass(frozen=True)
class Lowpass:
    """A window of about Gaussian shape on a head's surface, for values at some of its texels.

    UV seams do not cut it, and texels that lie side by side only in the chart do not mix.

    Attributes:
        weights: (N, V) sparse, by which the N texels hang on the mesh's vertices; rows sum to 1.
        smooth: takes values (V, C) at the vertices to smoother ones.
    """

    weights: sp.csr_matrix
    smooth: Callable[[np.ndarray], np.ndarray]

    @classmethod
    def on_surface(
        cls, vertices: np.ndarray, faces: np.ndarray, layout: TextureLayout, width: float
    ) -> Lowpass:
        """The window at the layout's texels.

        Args:
            vertices: (V, 3) of the head.
            faces: (F, 3).
            layout: the texel table.
            width: standard deviation of the window, in the units of ``vertices``.
        """
        texels = np.repeat(np.arange(len(layout.texels)), 3)
        entries = (layout.barycentric.ravel(), (texels, layout.vertices.ravel()))
        weights = sp.csr_matrix(entries, (len(layout.texels), len(vertices)))
        # exp(-t L) with t = width^2 / 2 is a Gaussian of that width; (I + t L / 2)^-2 has its variance, and no kernel
        # that could be cut off.
        system = sp.identity(len(vertices)) + width**2 / 4 * _laplacian(vertices, faces)
        solve = splu(system.tocsc()).solve
        return cls(weights, lambda values: solve(solve(values)))

    def at(self, texels: np.ndarray) -> Lowpass:
        """The same window for the texels of some rows (K,) alone."""
        return Lowpass(self.weights[texels], self.smooth)

    def __call__(self, values: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
        """The coarse band of ``values`` (N, C): weighted means of those around; ``weight`` (N,) None: 1 for all."""
        weight = np.ones(len(values)) if weight is None else weight
        sums = np.concatenate([values * weight[:, None], weight[:, None]], axis=1)
        means = self.weights @ self.smooth(self.weights.T @ sums)
        return means[:, :-1] / np.maximum(means[:, -1:], 1e-9)


def _laplacian(vertices: np.ndarray, faces: np.ndarray) -> sp.csr_matrix:
    """Minus the Laplacian of a triangle mesh (V, V), from differences along its edges.

    Each neighbour at distance l counts (x_i - x_j) / l^2; the mean over the neighbours times 4 is that of two
    dimensions, whatever their number.
    """
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.unique(np.sort(edges, axis=1), axis=0)
    length = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    # Two vertices may coincide in another fitter's mesh.
    inverse = 1 / np.maximum(length, 1e-3 * length.mean()) ** 2
    count = len(vertices)
    ends = (np.concatenate([edges[:, 0], edges[:, 1]]), np.concatenate([edges[:, 1], edges[:, 0]]))
    adjacency = sp.coo_matrix((np.tile(inverse, 2), ends), (count, count)).tocsr()
    neighbours = np.maximum(np.bincount(edges.ravel(), minlength=count), 1)
    scale = sp.diags(4 / neighbours)
    return (scale @ (sp.diags(np.asarray(adjacency.sum(1)).ravel()) - adjacency)).tocsr()
