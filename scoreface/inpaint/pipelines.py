"""The pipelines by name, each with its keys of the configuration.

The configuration's check, the rules and the benchmark read them here, so nothing heavy is imported: what a pipeline
does stands in its own module, which is imported when :func:`scoreface.inpaint.pipeline.make_pipeline` makes one.
"""

from __future__ import annotations

from dataclasses import dataclass

from scoreface.base.errors import InputError
from scoreface.base.settings import key

TEXTURES = ("two", "one")
COMBINE = ("every", "first", "mean", "nearest")


@dataclass(frozen=True)
class PipelineSettings:
    """What every pipeline reads (paper section 4.2).

    Attributes:
        face_size: pixels along a side of a view; must be the score model's.
        noise_levels: number of noise levels.
        corrector_steps: Langevin steps at each level.
        snr: their signal-to-noise ratio.
        correction_threshold: gray of 0..1 below which a border texel is given back in round 1; 0 gives none back.
        keep_silhouette: hold the prior to the head's outline, see :mod:`scoreface.inpaint.silhouette`.
    """

    face_size: int = key("inpaint.face_size")
    noise_levels: int = key("inpaint.noise_levels")
    corrector_steps: int = key("inpaint.corrector_steps")
    snr: float = key("inpaint.snr")
    correction_threshold: float = key("inpaint.correction_threshold")
    keep_silhouette: bool = key("inpaint.keep_silhouette")

    @property
    def evaluations(self) -> int:
        """Network evaluations of one view: the corrector's."""
        return self.noise_levels * self.corrector_steps


@dataclass(frozen=True)
class ImageSettings(PipelineSettings):
    """What image space reads beside.

    Attributes:
        predictor: take a predictor step at each level; without, annealed Langevin dynamics is left.
    """

    predictor: bool = key("inpaint.image.predictor")

    def __post_init__(self) -> None:
        if not self.predictor and self.corrector_steps < 1:
            raise InputError(
                "inpaint.corrector_steps: 0, and inpaint.image.predictor is off, so that no step is left; turn one of "
                "them on"
            )

    @property
    def evaluations(self) -> int:
        """Network evaluations of one view: predictor and corrector at each level."""
        return self.noise_levels * (self.predictor + self.corrector_steps)


@dataclass(frozen=True)
class TextureSettings(PipelineSettings):
    """What texture space reads beside.

    Attributes:
        textures: ``two``: the large texture's texels are sampled, and the small one keeps their averages;
            ``one``: the small texture's own texels are sampled.
    """

    textures: str = key("inpaint.texture.textures")

    def __post_init__(self) -> None:
        _check_textures("inpaint.texture.textures", self.textures, self.corrector_steps)


@dataclass(frozen=True)
class MultiviewSettings(PipelineSettings):
    """What multiview reads beside.

    Attributes:
        textures: as in :class:`TextureSettings`.
        combine: whose gradient moves a texel. ``every``: that of each view that sees it, one view after the other;
            ``first``: of the first in the order only; ``mean``: the mean of all; ``nearest``: of the one whose
            camera is nearest. With the last two all texels take one step at once.
    """

    textures: str = key("inpaint.multiview.textures")
    combine: str = key("inpaint.multiview.combine")

    def __post_init__(self) -> None:
        _check_textures("inpaint.multiview.textures", self.textures, self.corrector_steps)
        if self.combine not in COMBINE:
            raise InputError(
                f"inpaint.multiview.combine: {self.combine!r} is none of {', '.join(COMBINE)}"
            )


def _check_textures(path: str, textures: str, corrector_steps: int) -> None:
    if textures not in TEXTURES:
        raise InputError(f"{path}: {textures!r} is none of {', '.join(TEXTURES)}")
    if corrector_steps < 1:
        raise InputError(
            "inpaint.corrector_steps: 0, but texture space has no other steps; take 1 or more"
        )


@dataclass(frozen=True)
class Registered:
    """A pipeline that can be asked for.

    Attributes:
        settings: its settings class.
        place: module and class, as in ``scoreface.inpaint.image_space:ImageSpace``.
        whole_round: it samples all views of a round together, which no two jobs can share.
    """

    settings: type[PipelineSettings]
    place: str
    whole_round: bool = False


PIPELINES = {
    "image": Registered(ImageSettings, "scoreface.inpaint.image_space:ImageSpace"),
    "texture": Registered(TextureSettings, "scoreface.inpaint.texture_space:TextureSpace"),
    "multiview": Registered(MultiviewSettings, "scoreface.inpaint.multiview:MultiView", True),
}
