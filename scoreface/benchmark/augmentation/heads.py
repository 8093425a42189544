"""The pictures of a head: photos, and the views that stage ``augment`` renders of it once its texture is complete."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np

from scoreface.api.models import write_models
from scoreface.base.arrays import read_image, write_image
from scoreface.base.files import atomic, write_json
from scoreface.base.settings import read
from scoreface.benchmark.augmentation.plan import FRONTAL, MORE, TRUTH, Augmentation
from scoreface.benchmark.cases import Case, case_of
from scoreface.benchmark.chain import Rejected
from scoreface.benchmark.methods import complete_by
from scoreface.benchmark.plan import Face
from scoreface.benchmark.records import FACE, Records
from scoreface.benchmark.varied import RIM, varied_photo
from scoreface.demo.photos import Photo
from scoreface.fitting.detection import N_JAW
from scoreface.geometry.mesh import save_obj
from scoreface.stages import augment, project
from scoreface.texture.carried import nothing
from scoreface.texture.completion import Completion
from scoreface.texture.state import COMPLETED, OBSERVED, OUTSIDE
from scoreface.verify.recognisers import align

# Folder of the files that all heads share.
_MODELS = "models"


def make_pictures(run: Augmentation, face: Face) -> None:
    """Make a head's pictures to train on, in all sets, but for those that an earlier run made with the same settings.

    Under ``heads/{id}/`` of the run's folder lie the head as the stages leave it, the textures of each method, and a
    folder of pictures a set.

    Raises:
        InputError: a stage cannot run.
    """
    records = _pictures(run, face)
    # Lifted onto its texture once for all sets, and not at all where all textures are there.
    case = functools.cache(lambda: _case(run, face))
    for name in records.missing:
        folder = records.folder / name
        if name == FRONTAL:
            _take(run, face, range(run.photos), folder)
        elif name == MORE:
            _take(run, face, range(run.photos, run.photos + run.views), folder)
        else:
            _render(run, face, name, case, folder)
        records.write(name, {})


def photograph(run: Augmentation, face: Face) -> None:
    """Make the picture to test on of a face, unless it is there."""
    records = _tested(run, face)
    if records.missing:
        write_image(records.texture(face.id), _aligned(_photo(run, face)))
        records.write(face.id, {})


def pictures_of(run: Augmentation, face: Face, name: str) -> np.ndarray:
    """What a set shows of a head, (N, 112, 112, 3) uint8: its photos, and the set's own behind them."""
    folder = _pictures(run, face).folder
    folders = [folder / part for part in dict.fromkeys((FRONTAL, name))]
    # Beside each view lies its confidence.
    paths = [path for part in folders for path in sorted(part.glob("[0-9][0-9][0-9].png"))]
    return np.stack([read_image(path) for path in paths])


def tested_pictures(run: Augmentation) -> np.ndarray:
    """Those to test on, (N, 112, 112, 3) uint8, in the order of the run's tested faces."""
    return np.stack([read_image(_tested(run, face).texture(face.id)) for face in run.tested])


def _pictures(run: Augmentation, face: Face) -> Records:
    return Records(_folder(run, face) / "pictures", run.hashes(face))


def _tested(run: Augmentation, face: Face) -> Records:
    return Records(run.folder / "tested", {face.id: run.photographed(face)})


def _folder(run: Augmentation, face: Face) -> Path:
    return run.folder / "heads" / f"{face.head:03d}"


def _photo(run: Augmentation, face: Face, take: int = 0) -> Photo:
    plan = run.plan
    size = plan.config["texture"]["large"]
    return varied_photo(plan.seed, face, size, plan.asymmetric, take)


def _aligned(photo: Photo) -> np.ndarray:
    """A photo's face on ArcFace's template, (112, 112, 3) uint8; its landmarks are known."""
    return align(photo.image, np.pad(photo.landmarks_2d, ((N_JAW, 0), (0, 0))))


def _take(run: Augmentation, face: Face, takes: range, out: Path) -> None:
    """Take some of a head's photos."""
    with atomic(out) as folder:
        folder.mkdir()
        for take in takes:
            write_image(folder / f"{take:03d}.png", _aligned(_photo(run, face, take)))


def _render(run: Augmentation, face: Face, name: str, case: Callable[[], Case], out: Path) -> None:
    """Render the views of a head with the texture of a method, or the true one."""
    plan, folder = run.plan, _folder(run, face)
    keys = run.completions(face)
    records = Records(folder, {FACE: keys[FACE], name: keys.get(name, keys[FACE])})
    for missing in records.missing:
        if missing == FACE:
            _write_head(case(), folder)
        else:
            write_image(records.texture(name), _texture(run, case(), name))
        records.write(missing, {})
    models = write_models(plan.out / _MODELS, read(project.Settings, plan.config).size)
    inputs = augment.Inputs(
        face.id,
        folder / "head.obj",
        folder / "axis_angle.npy",
        records.texture(name),
        folder / "provenance.png",
        folder / "light.json",
        folder / "photo.png",
        models.landmark_embedding,
    )
    augment.run(inputs, augment.Outputs(out), read(augment.Settings, plan.config))


def _texture(run: Augmentation, case: Case, name: str) -> np.ndarray:
    if name == TRUTH:
        return case.truth
    return complete_by(run.plan, case.scene, case.face.id, name).textures[0]


def _case(run: Augmentation, face: Face) -> Case:
    """The head's first photo, lifted onto its texture."""
    case = case_of(run.plan, face, _photo(run, face), RIM)
    # Nothing rejects a head whose geometry is given.
    assert not isinstance(case, Rejected)
    return case


def _write_head(case: Case, folder: Path) -> None:
    """Write what the stages leave of a head beside its texture."""
    scene, chart = case.scene, case.chart
    save_obj(scene.mesh, folder / "head.obj", "photo.png")
    with atomic(folder / "axis_angle.npy") as temporary:
        np.save(temporary, scene.axis_angle)
    given = scene.mesh, scene.axis_angle, scene.large, scene.known
    carried = scene.carried or nothing(len(scene.large))
    write_json(folder / "light.json", Completion.of(*given, carried).shading.report())
    labels = np.where(chart, np.where(scene.known, OBSERVED, COMPLETED), OUTSIDE)
    write_image(folder / "provenance.png", labels.astype(np.uint8))
    write_image(folder / "photo.png", case.photo.image)
