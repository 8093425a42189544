"""The keys of the pictures for training and testing recognisers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from scoreface.base.errors import InputError
from scoreface.base.settings import chosen, key

FULL, ARCFACE = "none", "arcface"
BLACK, PHOTO, FOLDER = "black", "photo", "folder"
AS_IS, VARIED = "photo", "varied"


@dataclass(frozen=True)
class NoPoses:
    """No pictures."""


@dataclass(frozen=True)
class DrawnPoses:
    """Poses that are drawn.

    Attributes:
        views: how many.
        yaw, pitch, roll: degrees, the largest to either side.
    """

    views: int = key("augment.views")
    yaw: float = key("augment.yaw")
    pitch: float = key("augment.pitch")
    roll: float = key("augment.roll")

    @property
    def furthest(self) -> tuple[float, float, float]:
        """The largest yaw, pitch and roll there can be."""
        return self.yaw, self.pitch, self.roll


@dataclass(frozen=True)
class UniformPoses(DrawnPoses):
    """Every angle within the limits is as likely."""


@dataclass(frozen=True)
class NormalPoses(DrawnPoses):
    """Normal laws about the frontal pose, cut off at the limits, which are two of their deviations."""


@dataclass(frozen=True)
class GridPoses:
    """Every yaw with every pitch and every roll, in degrees."""

    yaws: tuple[float, ...] = key("augment.grid.yaws")
    pitches: tuple[float, ...] = key("augment.grid.pitches")
    rolls: tuple[float, ...] = key("augment.grid.rolls")

    @property
    def views(self) -> int:
        """How many there are."""
        return len(self.angles)

    @property
    def angles(self) -> tuple[tuple[float, float, float], ...]:
        """Yaw, pitch and roll of each."""
        return tuple(product(self.yaws, self.pitches, self.rolls))

    @property
    def furthest(self) -> tuple[float, float, float]:
        """The largest yaw, pitch and roll of them."""
        yaw, pitch, roll = (max(map(abs, a)) for a in (self.yaws, self.pitches, self.rolls))
        return yaw, pitch, roll


POSES = {"none": NoPoses, "uniform": UniformPoses, "normal": NormalPoses, "grid": GridPoses}


@dataclass(frozen=True)
class AugmentSettings:
    """What the pictures show.

    Attributes:
        poses: of the head.
        size: pixels along a side, where nothing is aligned.
        alignment: ``none``, or ``arcface``: five points lie on its template, in 112 x 112 pixels.
        background: ``black``, ``photo`` (blurred) or ``folder``.
        backgrounds: the folder.
        light: ``photo``: as it is; ``varied``: another one for each picture.
        average_flipped: whether a picture is the mean of itself and its mirror image.
        seed: of the run.
        texture_light: of the texture: the ``photo``'s, or ``removed``.
        engine: of the fit; only FLAME's landmarks are known.
    """

    poses: NoPoses | UniformPoses | NormalPoses | GridPoses = chosen("augment.poses", POSES)
    size: int = key("augment.size")
    alignment: str = key("augment.alignment")
    background: str = key("augment.background")
    backgrounds: str = key("augment.backgrounds")
    light: str = key("augment.light")
    average_flipped: bool = key("augment.average_flipped")
    seed: int = key("seed", borrowed=True)
    texture_light: str = key("texture.light", borrowed=True)
    engine: str = key("fit.engine", borrowed=True)

    def __post_init__(self) -> None:
        if isinstance(self.poses, NoPoses):
            return
        if self.background == FOLDER and not self.backgrounds:
            raise InputError(
                "augment.backgrounds: name the folder with the pictures for augment.background: folder"
            )
        yaw, pitch, roll = self.poses.furthest
        if self.average_flipped and (yaw or roll):
            raise InputError(
                "augment.average_flipped: only a head that is seen from the front lies on its mirror image; set "
                "augment.poses: grid with yaws: [0] and rolls: [0], or this to false"
            )
        if self.alignment == ARCFACE:
            self._check_alignment(max(yaw, pitch))

    def _check_alignment(self, furthest: float) -> None:
        if self.engine != "flame":
            raise InputError(
                f"augment.alignment: where the landmarks of a head are is not known with fit.engine: {self.engine}; "
                "set it to none, or fit.engine to flame"
            )
        if furthest > 90:
            raise InputError(
                f"augment.alignment: a head turned by {furthest:g} degrees shows no face that could be aligned; turn "
                "it less, or set this to none"
            )

    @property
    def views(self) -> int:
        """Pictures of a face; 0: none."""
        return 0 if isinstance(self.poses, NoPoses) else self.poses.views
