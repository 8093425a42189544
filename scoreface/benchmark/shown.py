"""What a photo shows of a head, and the face that methods are given of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scoreface.base.settings import read
from scoreface.benchmark.chain import Lifted
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh
from scoreface.inpaint.scene import Scene
from scoreface.parse.labels import UNKNOWN
from scoreface.stages import inpaint, preprocess
from scoreface.texture.carried import Carried
from scoreface.texture.preprocess import known_texels


class Shown(NamedTuple):
    """What a photo shows of a head, L texels a side.

    Attributes:
        mesh: the head, posed, its mouth closed.
        axis_angle: (3,) its global rotation in radians.
        texture: (L, L, 3) uint8, lifted from the photo.
        seen: (L, L) bool, the texels that the photo shows.
        carried: what is known of the texels besides.
    """

    mesh: Mesh
    axis_angle: np.ndarray
    texture: np.ndarray
    seen: np.ndarray
    carried: Carried

    @classmethod
    def of(cls, lifted: Lifted) -> Shown:
        """What the stages have made of a photo."""
        head, layout = lifted.head, lifted.layout
        mesh = Mesh(head.vertices, head.faces, layout.vt, layout.ft)
        return cls(mesh, head.axis_angle, lifted.texture, lifted.observed, lifted.carried)

    def within(self, part: np.ndarray) -> Shown:
        """The same photo, had it shown a ``part`` (L, L) bool of the head only: of the rest nothing stays."""
        seen = self.seen & part
        labels = np.where(seen, self.carried.labels, UNKNOWN).astype(np.uint8)
        texture = np.where(seen[..., None], self.texture, 0).astype(np.uint8)
        return self._replace(
            texture=texture, seen=seen, carried=self.carried._replace(labels=labels)
        )

    def scene(self, config: dict[str, Any]) -> Scene:
        """The head with the texels that count as known, as a configuration's pipelines are given it."""
        cleaning, seeing = read(preprocess.Settings, config), read(inpaint.Settings, config)
        dark = cleaning.dark_threshold, cleaning.dark_texels
        known = known_texels(self.texture, self.seen, *dark)
        return Scene(
            self.mesh,
            self.axis_angle,
            np.where(known[..., None], self.texture, 0).astype(np.uint8),
            known,
            seeing.small_size,
            PerspectiveCamera(seeing.camera.distance, seeing.camera.field_of_view),
            seeing.camera.rasteriser,
            self.carried,
        )
