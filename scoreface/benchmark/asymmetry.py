"""People whose two sides differ, in light from one side: where the other side tells less of a face."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scoreface.demo.light import Light, sample_side_light
from scoreface.demo.photos import rotation
from scoreface.demo.skin.marks import Marks, paint_marks, sample_marks
from scoreface.demo.skin.paint import paint_skin
from scoreface.demo.skin.person import Skin

# Metres by which the hair line is higher on one side of the middle, and lower on the other.
_PARTING = (0.008, 0.014)


@dataclass(frozen=True)
class Asymmetry:
    """How a person's sides differ: which side is drawn for each, but a forehead's scar is where hair leaves it bare.

    Attributes:
        skin: the person's, but for the parting.
        marks: scar, freckled cheek and the parting's line.
        light: from one side, in the axes of the upright head.
    """

    skin: Skin
    marks: Marks
    light: Light

    def paint(self, size: int) -> np.ndarray:
        """The skin with its marks: (size, size, 3) float32 in [0, 1], sRGB, unlit."""
        return paint_marks(paint_skin(self.skin, size), self.marks, self.skin)

    def light_at(self, yaw: float) -> Light:
        """The light in the camera's axes where the photo sees the head turned by ``yaw`` degrees.

        The camera goes round the head, and the lamp stays: whatever the yaw, one half of the face is in shade. A lamp
        that stayed beside the camera would light half of the faces that are turned by 60 degrees from the front.
        """
        return replace(self.light, direction=rotation(yaw, 0.0, 0.0).apply(self.light.direction))


def sample_asymmetry(skin: Skin, rng: np.random.Generator) -> Asymmetry:
    """Draw what makes the sides of the person with this ``skin`` differ."""
    parting = rng.choice([-1.0, 1.0]) * rng.uniform(*_PARTING)
    # The marks are drawn anew.
    skin = replace(skin, parting=float(parting), marked=False)
    return Asymmetry(skin, sample_marks(skin, rng), sample_side_light(rng))
