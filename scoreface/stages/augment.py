"""Pictures of the complete head for training and testing recognisers, with what of them is evidence."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scoreface.base.command import option
from scoreface.base.errors import InputError
from scoreface.base.settings import key
from scoreface.geometry.settings import LensSettings
from scoreface.results.augmented.settings import ARCFACE, VARIED, AugmentSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from scoreface.geometry.views import View
    from scoreface.results.display import Snapshot, Studio

VERSION = "1"


@dataclass(frozen=True)
class Settings:
    """Attributes:
    pictures: what they show.
    camera: of the pictures.
    rasteriser: as the pipeline's.
    """

    pictures: AugmentSettings
    camera: LensSettings
    rasteriser: str = key("camera.rasteriser", borrowed=True)


@dataclass(frozen=True)
class Inputs:
    """Attributes:
    id: of the face, from which, with the seed, all that is drawn comes.
    mesh: OBJ of the fitted head.
    axis_angle: npy (3,), its global rotation in radians.
    texture: the complete texture.
    provenance: where each of its texels comes from.
    light: JSON with the photo's light.
    photo: that was fitted.
    landmark_embedding: where the landmarks are on FLAME's surface, for aligned pictures.
    """

    id: str
    mesh: Path
    axis_angle: Path
    texture: Path
    provenance: Path
    light: Path
    photo: Path
    landmark_embedding: Path | None = option("FLAME's landmark embedding, a pickle", None)


@dataclass(frozen=True)
class Outputs:
    """Attributes:
    out: folder for ``000.png``, ``000_confidence.png`` and so on, and ``views.json``; whatever is in it goes.
    """

    out: Path


def run(inputs: Inputs, outputs: Outputs, settings: Settings) -> None:
    """Render the pictures of a face.

    Raises:
        InputError: no poses are asked for, a file is missing or damaged, or the rasteriser is unknown.
    """
    from scoreface.base.arrays import write_image
    from scoreface.base.files import atomic, sha256_of
    from scoreface.results.augmented.background import Backgrounds
    from scoreface.results.augmented.picture import load_evidence, take
    from scoreface.results.augmented.poses import Drawn, generator, views_of
    from scoreface.results.augmented.record import Record, Shown, write_record
    from scoreface.results.augmented.relight import Lamp, read_own_light
    from scoreface.results.render import load_studio

    wanted = settings.pictures
    if not wanted.views:
        raise InputError("augment.poses: none; name the poses to render: uniform, normal or grid")
    studio = load_studio(inputs.mesh, inputs.axis_angle, settings.camera, settings.rasteriser)
    size, look = _camera(studio, inputs, wanted)
    evidence = load_evidence(inputs.texture, inputs.provenance)
    backgrounds = Backgrounds.of(wanted, inputs.photo, size)
    removed = wanted.texture_light == "removed"
    own = read_own_light(inputs.light, studio.mesh.vertex_normals(), removed)
    shown = []
    with atomic(outputs.out) as folder:
        folder.mkdir()
        for number, view in enumerate(views_of(wanted.poses, wanted.seed, inputs.id)):
            behind = backgrounds.draw(generator(wanted.seed, inputs.id, number, Drawn.BACKGROUND))
            lamp = None
            if wanted.light == VARIED:
                lamp = Lamp.drawn(generator(wanted.seed, inputs.id, number, Drawn.LIGHT))
            taken = take(look(view), evidence, behind.pixels, own, lamp)
            if wanted.average_flipped:
                taken = taken.averaged_with_its_mirror()
            light = lamp.record() if lamp else None
            yaw, pitch, roll = (round(angle + 0.0, 4) for angle in view.angles_of_head)
            one = Shown(number, yaw, pitch, roll, round(taken.share, 4), light, behind.name)
            write_image(folder / one.picture, taken.picture)
            write_image(folder / one.confidence, taken.confidence)
            shown.append(one)
        texture = sha256_of(inputs.texture)
        made_with = {"version": VERSION, **asdict(settings)}
        write_record(folder, Record(inputs.id, wanted.seed, texture, size, made_with, shown))


def _camera(
    studio: Studio, inputs: Inputs, wanted: AugmentSettings
) -> tuple[int, Callable[[View], Snapshot]]:
    """Pixels along a picture's side, and what looks at the head from a view.

    Raises:
        InputError: the embedding is not given, missing, or of another head.
    """
    from scoreface.fitting.flame import load_embedding
    from scoreface.results.aligned import SIZE, aligned_snapshot

    if wanted.alignment != ARCFACE:
        return wanted.size, lambda view: studio.snapshot(view, wanted.size)
    if inputs.landmark_embedding is None:
        raise InputError("augment.alignment: give --landmark-embedding")
    embedding = load_embedding(str(inputs.landmark_embedding), len(studio.mesh.faces))
    return SIZE, lambda view: aligned_snapshot(studio, view, embedding)
