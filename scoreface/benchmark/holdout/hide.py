"""What of a photo's texels a camera elsewhere would see too: those stay, the others are hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from scoreface.base.angles import head_angles
from scoreface.base.errors import PhotoError
from scoreface.base.settings import read
from scoreface.benchmark.chain import Lifted
from scoreface.benchmark.shown import Shown
from scoreface.inpaint.scene import Scene
from scoreface.stages import project
from scoreface.texture.project import turned_to_camera

# Degrees by which a head can be turned and still show its face.
_FARTHEST = 90.0


@dataclass(frozen=True)
class Held:
    """A face of which a part is hidden; L texels a side.

    Attributes:
        scene: the face as it is given to the methods, who know nothing of the hidden texels.
        whole: the same with all that the photo shows.
        hidden: (L, L) bool, the texels that the photo shows and ``scene`` lacks.
    """

    scene: Scene
    whole: Scene
    hidden: np.ndarray

    @property
    def chart(self) -> np.ndarray:
        """(L, L) bool, the texels inside the UV chart."""
        return self.whole.charts[len(self.hidden)]


def hide(lifted: Lifted, config: dict[str, Any], yaw: float) -> Held:
    """Hide what a camera that stands ``yaw`` degrees beside the photo's would not see.

    Geometry, camera and parser's labels stay the photo's: it is the completion alone that has less to go by.

    Raises:
        PhotoError: such a camera would not see the face, or nothing would be hidden or left.
    """
    turned = head_angles(lifted.head.axis_angle)["yaw"] + yaw
    if abs(turned) > _FARTHEST:
        raise PhotoError(f"the head would be turned by {turned:.0f} degrees, its face away")
    shown, sees = Shown.of(lifted), seen_from(lifted, read(project.Settings, config), yaw)
    scene, whole = shown.within(sees).scene(config), shown.scene(config)
    hidden = whole.known & ~sees & lifted.layout.chart
    if not hidden.any():
        raise PhotoError("of what the photo shows nothing would be hidden")
    if not scene.known.any():
        raise PhotoError("of what the photo shows nothing would be left")
    return Held(scene, whole, hidden)


def seen_from(lifted: Lifted, settings: project.Settings, yaw: float) -> np.ndarray:
    """The texels (L, L) bool that the photo's camera would see, had it gone around the head.

    Args:
        lifted: the photo's head, its mouth as it was looked up.
        settings: by which rules a texel is seen: ``project.occlusion`` and ``project.min_cosine``.
        yaw: degrees about the photo's vertical; positive sees the head turned to the picture's right.
    """
    vertices = Rotation.from_euler("y", yaw, degrees=True).apply(lifted.shown)
    seen = turned_to_camera(
        vertices, lifted.head.faces, lifted.layout, settings.occlusion, settings.min_cosine
    )
    return lifted.layout.picture(seen)
