"""What of the configuration bears on models and machine."""

from __future__ import annotations

from dataclasses import dataclass

from scoreface.base.errors import InputError
from scoreface.base.settings import key
from scoreface.config.assets import Assets
from scoreface.config.detector import DetectorSettings
from scoreface.config.sampled import SAMPLED
from scoreface.parse import engines
from scoreface.score.gpu import check_claim


@dataclass(frozen=True)
class Settings:
    """The keys that the checks look at; they belong to the stages.

    Attributes:
        assets: the models.
        parse: what tells what each pixel of a photo is.
        detector: who finds the faces.
        engine: ``flame``, or ``external`` where another fitter made the heads.
        prior_size: pixels along a side of the Gaussian prior's faces.
        large: texels along a side of the texture.
        small: of the one that is inpainted.
        face_size: pixels along a side of a view.
        gpu: what one job computes on: ``auto``, 0, 1, or a share of a GPU.
        rasteriser: ``embree``, ``pytorch3d`` or ``auto``.
        images: path of a photo, or ``sampled``.
        poses: of the pictures for recognisers, or ``none``: their manifest needs a package.
        results: folder of the results.
    """

    assets: Assets
    parse: engines.Settings
    detector: DetectorSettings
    engine: str = key("fit.engine", borrowed=True)
    prior_size: int = key("demo.prior_size", borrowed=True)
    large: int = key("texture.large", borrowed=True)
    small: int | str = key("texture.small", borrowed=True)
    face_size: int = key("inpaint.face_size", borrowed=True)
    gpu: int | float | str = key("inpaint.gpu", borrowed=True)
    rasteriser: str = key("camera.rasteriser", borrowed=True)
    images: str = key("images", borrowed=True)
    poses: str = key("augment.poses", borrowed=True)
    results: str = key("results", borrowed=True)

    def __post_init__(self) -> None:
        check_claim(self.gpu)
        if self.images == SAMPLED and self.engine == "external":
            raise InputError(
                "images: sampled draws photos of which fit.engine: external has no heads; take fit.engine: flame"
            )
        # Here, where both sizes are read and nothing is made anew when one of them changes.
        if not isinstance(self.small, str) and self.small > self.large:
            raise InputError(
                f"texture.small: {self.small} is more than texture.large, {self.large}; the texture that is inpainted "
                "is the smaller one"
            )
