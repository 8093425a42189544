"""Complete a photo's texture from what stands in it already, in colours without the photo's light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoreface.base.regions import FACE
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import frontal
from scoreface.parse.labels import EARS, NECK, SKIN
from scoreface.texture.carried import Carried
from scoreface.texture.complete import complete
from scoreface.texture.kinds import texel_kinds
from scoreface.texture.layout import TextureLayout, make_layout
from scoreface.texture.light import Shading, complete_delit, estimate, texel_normals


@dataclass(frozen=True)
class Completion:
    """A head with a photo on it: what completes any of its textures of S texels a side.

    Attributes:
        layout: the texel table, N texels.
        faces: (F, 3) of the mesh.
        upright: (V, 3) vertices of the upright head.
        observed: (S, S) bool, the texels that the photo shows.
        carried: what is known of them besides.
        shading: the photo's light on the head.
        shade: (N,) its factors at the texels.
    """

    layout: TextureLayout
    faces: np.ndarray
    upright: np.ndarray
    observed: np.ndarray
    carried: Carried
    shading: Shading
    shade: np.ndarray

    @classmethod
    def of(
        cls,
        mesh: Mesh,
        axis_angle: np.ndarray,
        photo: np.ndarray,
        known: np.ndarray,
        carried: Carried,
    ) -> Completion:
        """Estimate the light of a photo on its head.

        Args:
            mesh: the head, as it stands in the photo.
            axis_angle: (3,) its global rotation in radians.
            photo: (S, S, 3) uint8, lifted from the photo.
            known: (S, S) bool, its known texels.
            carried: what is known of the texels besides.
        """
        layout = make_layout(mesh.vt, mesh.ft, mesh.faces, len(photo))
        observed = known & layout.chart
        normals = texel_normals(mesh.vertices, mesh.faces, layout)
        skin = np.isin(carried.labels, [SKIN, NECK, EARS])
        if not carried.labels.any():
            skin = carried.regions == FACE
        colours = photo.reshape(-1, 3)[layout.texels]
        shading = estimate(colours, normals, (observed & skin).ravel()[layout.texels])
        shade, upright = shading.at(normals), frontal(mesh, axis_angle)
        return cls(layout, mesh.faces, upright, observed, carried, shading, shade)

    def __call__(self, colours: np.ndarray, filled: np.ndarray) -> np.ndarray:
        """Complete ``colours`` (S, S, 3) in [0, 1], of which the texels ``filled`` (S, S) bool are given.

        Returns:
            (S, S, 3) in [0, 1]; filled texels are untouched.
        """
        kinds = texel_kinds(self.carried, self.observed, filled, colours)

        def fill(delit: np.ndarray) -> np.ndarray:
            return complete(delit, filled, self.upright, self.faces, self.layout, kinds)

        return complete_delit(colours, filled, self.shade, self.layout, fill)
