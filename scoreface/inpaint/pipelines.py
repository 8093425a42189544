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
EVIDENCE = ("photo", "none")


@dataclass(frozen=True)
class PipelineSettings:
    """What every pipeline reads (paper section 4.2).

    Attributes:
        face_size: pixels along a side of a view; must be the score model's.
        noise_levels: number of noise levels.
        correction_threshold: gray of 0..1 below which a border texel is given back in round 1; 0 gives none back.
        keep_silhouette: hold the prior to the head's outline, see :mod:`scoreface.inpaint.silhouette`.
        supersampling: samples along a side of a pixel, over which known colours are averaged; 1 reads one texel a
            pixel, as published.
        samples: completions of a face.
    """

    face_size: int = key("inpaint.face_size")
    noise_levels: int = key("inpaint.noise_levels")
    correction_threshold: float = key("inpaint.correction_threshold")
    keep_silhouette: bool = key("inpaint.keep_silhouette")
    supersampling: int = key("inpaint.supersampling")
    samples: int = key("inpaint.samples")

    def __post_init__(self) -> None:
        if self.samples > 1 and not self.several:
            raise InputError(
                f"inpaint.samples: {self.samples}, but only the joint pipeline makes several completions; set it to 1, "
                "or inpaint.pipeline: joint"
            )

    @property
    def several(self) -> bool:
        """Whether the pipeline can make several completions."""
        return False

    @property
    def texels(self) -> int:
        """Most texels along a side of the small texture that its views can fill."""
        return self.face_size

    @property
    def evaluations(self) -> int:
        """Network evaluations of one view."""
        raise NotImplementedError


@dataclass(frozen=True)
class JointSettings(PipelineSettings):
    """What joint reads, see :mod:`scoreface.inpaint.joint`.

    Attributes:
        noise_levels: of its own: it needs fewer.
        sigma_start: the first noise level; ``max``: the largest that the score model knows.
        spacing: exponent of the levels' spacing (Karras et al. 2022, equation 5).
        stochasticity: share of the noise that is drawn anew at each level, 0 to 1.
        nearest_levels: share of the levels, the last ones, at which a texel has the colour of the view that sees it
            best, and not the mean of all.
        weight_power: of the cosine between a texel's normal and the direction to the camera, in a view's weight.
        evidence: what is believed beside the prior, a name in :data:`EVIDENCE`.
        prior_deviation: standard deviation of a texel under the prior.
        prior_error: standard deviation of what the prior makes of a picture that has no noise.
    """

    noise_levels: int = key("inpaint.joint.noise_levels")
    sigma_start: float | int | str = key("inpaint.joint.sigma_start")
    spacing: float = key("inpaint.joint.spacing")
    stochasticity: float = key("inpaint.joint.stochasticity")
    nearest_levels: float = key("inpaint.joint.nearest_levels")
    weight_power: float = key("inpaint.joint.weight_power")
    evidence: str = key("inpaint.joint.evidence")
    prior_deviation: float = key("inpaint.joint.prior_deviation")
    prior_error: float = key("inpaint.joint.prior_error")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.evidence not in EVIDENCE:
            raise InputError(
                f"inpaint.joint.evidence: {self.evidence!r} is none of {', '.join(EVIDENCE)}"
            )

    @property
    def several(self) -> bool:
        """See :attr:`PipelineSettings.several`."""
        return True

    @property
    def texels(self) -> int:
        """Twice the pixels: of two views that see a texel, each has another part of it in a pixel."""
        return 2 * self.face_size

    @property
    def evaluations(self) -> int:
        """Network evaluations of one view, in all its completions."""
        return self.noise_levels * self.samples


@dataclass(frozen=True)
class LangevinSettings(PipelineSettings):
    """What the published pipelines read beside.

    Attributes:
        corrector_steps: Langevin steps at each level.
        snr: their signal-to-noise ratio.
    """

    corrector_steps: int = key("inpaint.corrector_steps")
    snr: float = key("inpaint.snr")

    @property
    def evaluations(self) -> int:
        """Network evaluations of one view: the corrector's."""
        return self.noise_levels * self.corrector_steps


@dataclass(frozen=True)
class ImageSettings(LangevinSettings):
    """What image space reads beside.

    Attributes:
        predictor: take a predictor step at each level; without, annealed Langevin dynamics is left.
    """

    predictor: bool = key("inpaint.image.predictor")

    def __post_init__(self) -> None:
        super().__post_init__()
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
class TextureSettings(LangevinSettings):
    """What texture space reads beside.

    Attributes:
        textures: ``two``: the large texture's texels are sampled, and the small one keeps their averages;
            ``one``: the small texture's own texels are sampled.
    """

    textures: str = key("inpaint.texture.textures")

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_textures("inpaint.texture.textures", self.textures, self.corrector_steps)


@dataclass(frozen=True)
class MultiviewSettings(LangevinSettings):
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
        super().__post_init__()
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
    "joint": Registered(JointSettings, "scoreface.inpaint.joint:Joint", True),
    "image": Registered(ImageSettings, "scoreface.inpaint.image_space:ImageSpace"),
    "texture": Registered(TextureSettings, "scoreface.inpaint.texture_space:TextureSpace"),
    "multiview": Registered(MultiviewSettings, "scoreface.inpaint.multiview:MultiView", True),
}
