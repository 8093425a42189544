"""The project stage from files to files, and on photos of which it is known what each pixel shows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scoreface.api.models import write_models
from scoreface.base.arrays import read_image, read_mask, write_image, write_labels, write_npz
from scoreface.base.errors import InputError
from scoreface.base.regions import FACE, NECK, SCALP
from scoreface.base.settings import read
from scoreface.benchmark.chain import Lifted
from scoreface.benchmark.evidence import measure
from scoreface.benchmark.scenes import make_recipe, make_scene
from scoreface.config.schema import checked_config
from scoreface.demo.head.model import build_model
from scoreface.fitting.flame import load_embedding, load_flame
from scoreface.fitting.regions import find_regions
from scoreface.geometry.fitted import FittedHead
from scoreface.geometry.mesh import load_head
from scoreface.parse.labels import BACKGROUND, COLOURS, HAIR, LEGEND, SKIN
from scoreface.parse.labels import NECK as NECK_LABEL
from scoreface.stages.project import Inputs, Outputs, Settings, lift, run
from scoreface.texture.carried import read_carried
from scoreface.texture.layout import make_layout

from .conftest import in_photo

SIDE, SCALE = 80, 30.0
SETTINGS = Settings(
    size=64,
    occlusion="rays",
    sampling="bilinear",
    min_cosine=0.2,
    mouth="fitted",
    erosion=0.016,
    glasses=False,
)
FILES = {
    "mesh": "head.obj",
    "axis_angle": "axis_angle.npy",
    "texture": "texture.png",
    "seen": "seen.png",
    "texel_labels": "texel_labels.png",
    "regions": "regions.png",
}


class Ball:
    """A ball in the middle of its photo, whose lower half is moved to one side where the mouth is open."""

    def __init__(self, folder: Path, sphere) -> None:
        self.folder, self.sphere = folder, sphere
        self.closed = sphere.vertices + SIDE / SCALE / 2
        self.open = self.closed + np.where(sphere.vertices[:, 1:2] < 0, [0.2, 0, 0], 0.0)
        height = sphere.vertices[:, 1]
        self.regions = np.select([height > 0.4, height > -0.4], [SCALP, FACE], NECK)
        ramp = np.broadcast_to(np.arange(SIDE, dtype=np.uint8) * 3, (SIDE, SIDE))
        self.photo = np.stack([ramp, ramp, ramp], -1)
        fit = {"vertices": self.closed, "faces": sphere.faces, "axis_angle": np.zeros(3)}
        more = {**in_photo(self.open), "regions": self.regions.astype(np.uint8)}
        write_npz(folder / "fit.npz", status="accepted", scale=SCALE, **fit, **more)
        write_image(folder / "photo.png", self.photo)
        self.layout = make_layout(sphere.vt, sphere.ft, sphere.faces, 64)
        self.layout.save(folder / "layout.npy")

    def lifted(self, labels: np.ndarray, settings: Settings = SETTINGS) -> Outputs:
        write_labels(self.folder / "labels.png", labels.astype(np.uint8), LEGEND, COLOURS)
        names = ("photo.png", "fit.npz", "labels.png", "layout.npy")
        inputs = Inputs(*(self.folder / name for name in names))
        outputs = Outputs(**{name: self.folder / file for name, file in FILES.items()})
        run(inputs, outputs, settings)
        return outputs

    def places(self, vertices: np.ndarray) -> np.ndarray:
        """Where the texels of the chart lie: pixels x and y, centres at halves."""
        points = self.layout.interpolate(vertices)[:, :2] * SCALE
        return np.stack([points[:, 0], SIDE - points[:, 1]], 1)


@pytest.fixture
def ball(tmp_path, sphere) -> Ball:
    return Ball(tmp_path, sphere)


@pytest.mark.parametrize("mouth", ["fitted", "closed"])
def test_the_photo_is_looked_up_with_the_mouth_as_asked(ball: Ball, mouth: str) -> None:
    outputs = ball.lifted(np.zeros((SIDE, SIDE)), replace(SETTINGS, mouth=mouth))
    seen = read_mask(outputs.seen).ravel()[ball.layout.texels]
    lifted = read_image(outputs.texture).reshape(-1, 3)[ball.layout.texels][seen]
    x = ball.places(ball.open if mouth == "fitted" else ball.closed)[seen, 0]
    assert seen.sum() > 500
    np.testing.assert_allclose(lifted[:, 0], 3 * (x - 0.5), atol=0.51)
    # What comes out has its mouth closed.
    np.testing.assert_allclose(load_head(outputs.mesh).vertices, ball.closed, atol=1e-6)


def test_labels_and_regions_are_carried_to_the_texels(ball: Ball) -> None:
    labels = np.full((SIDE, SIDE), SKIN)
    labels[:25], labels[60:] = HAIR, NECK_LABEL
    labels[:, 55:] = BACKGROUND
    outputs = ball.lifted(labels, replace(SETTINGS, erosion=0.1))
    carried = read_carried(outputs.texel_labels, outputs.regions, 64)
    region = carried.regions.ravel()[ball.layout.texels]
    height = ball.layout.interpolate(ball.sphere.vertices)[:, 1]
    # An edge of the mesh is 0.13.
    for value, inside in (
        (SCALP, height > 0.54),
        (FACE, np.abs(height) < 0.26),
        (NECK, height < -0.54),
    ):
        assert (region[inside] == value).all()
    assert (carried.regions[~ball.layout.chart] == 0).all()
    seen = read_mask(outputs.seen).ravel()[ball.layout.texels]
    shown = carried.labels.ravel()[ball.layout.texels]
    assert (shown[~seen] == 0).all()
    columns, rows = np.floor(ball.places(ball.open)).astype(int).T
    np.testing.assert_array_equal(shown[seen], labels[rows[seen], columns[seen]])
    # Eyes 20 pixels apart: a rim of two, and hair on the scalp alone.
    assert columns[seen].max() == 52
    assert (region[seen & (shown == HAIR)] == SCALP).all()
    assert (seen & (shown == HAIR)).any()


def test_labels_of_another_photo_are_refused(ball: Ball) -> None:
    with pytest.raises(InputError, match=r"labels\.png: the labels of another photo than .*photo"):
        ball.lifted(np.zeros((SIDE, SIDE + 1)))


def test_a_photo_that_shows_nothing_of_the_head_is_named(ball: Ball) -> None:
    with pytest.raises(InputError, match=r"fit\.npz: the photo shows no texel"):
        ball.lifted(np.full((SIDE, SIDE), BACKGROUND))


def test_an_unknown_mouth_is_refused(ball: Ball) -> None:
    with pytest.raises(InputError, match=r"project\.mouth: 'ajar' is none of fitted, closed"):
        ball.lifted(np.zeros((SIDE, SIDE)), replace(SETTINGS, mouth="ajar"))


@pytest.mark.heavy
def test_with_true_head_and_labels_next_to_nothing_is_wrong_or_lost(tmp_path: Path) -> None:
    model = build_model()
    faces = model.f.astype(np.int64)
    files = write_models(tmp_path, 64)
    flame = load_flame(str(files.flame_model))
    regions = find_regions(flame, load_embedding(str(files.landmark_embedding), len(flame.faces)))
    layout = make_layout(model.vt, model.ft, faces, 256)
    settings = replace(read(Settings, checked_config([])), size=256)
    figures = []
    for number in range(6):
        scene = make_scene(7, make_recipe(7, number), 256)
        head = FittedHead(
            scene.vertices,
            faces,
            scene.axis_angle,
            scene.scale,
            Path("fit.npz"),
            scene.vertices,
            regions,
            scene.landmarks[17:],
        )
        lifted = lift(scene.image, scene.labels, head, layout, settings)
        made = Lifted(
            photo=tmp_path / "photo.png",
            head=head,
            shown=scene.vertices,
            layout=layout,
            texture=lifted.texture,
            observed=lifted.seen,
            carried=lifted.carried,
            seconds={},
        )
        figures.append(measure(scene, made, settings.min_cosine))
    # Hair is left out: where it begins on the scalp, scene and head's regions differ a little.
    wrong = [
        f["wall_observed"] + f["clothes_observed"] + f["glasses_observed"] + f["other_observed"]
        for f in figures
    ]
    assert max(wrong) <= 0.0005
    assert np.mean([f["skin_lost"] for f in figures]) <= 0.02
