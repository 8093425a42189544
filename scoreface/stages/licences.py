"""Write what the run's models, photos and code permit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scoreface.base.settings import key
from scoreface.config.assets import Assets
from scoreface.config.detector import DetectorSettings
from scoreface.parse import engines

VERSION = "2"


@dataclass(frozen=True)
class Settings:
    """The keys that name models and photos; they belong to the stages.

    Attributes:
        assets: the models.
        parse: what tells what each pixel of a photo is.
        detector: who finds the faces, and whether another fitter made the heads.
        images: path of a photo with ``{id}`` in it, or ``sampled``.
    """

    assets: Assets
    parse: engines.Settings
    detector: DetectorSettings
    images: str = key("images", borrowed=True)


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    ids: the id list.
    """

    ids: Path


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: Markdown page.
    """

    out: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Write the page.

    Raises:
        InputError: the id list is missing or wrong, or a model cannot be read.
    """
    from scoreface.base.files import write_text
    from scoreface.config.assets import DEMO_PHOTOS_FOLDER
    from scoreface.config.ids import image_of, read_ids
    from scoreface.config.sampled import SAMPLED
    from scoreface.doctor.licences import models_in_use, render

    photos = [image_of(face, settings.images) for face in read_ids(inputs.ids)]
    sampled = len(photos) if settings.images == SAMPLED else 0
    demo = sum(photo.parent == Path(DEMO_PHOTOS_FOLDER) for photo in photos)
    models = list(models_in_use(settings.assets, settings.parse.parser, settings.detector))
    write_text(outputs.out, render(models, len(photos) - demo - sampled, demo, sampled))
