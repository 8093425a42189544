"""The augment stage from files to files."""

import json
from dataclasses import replace

import numpy as np
import pytest

from scoreface.base.arrays import read_image, read_labels, write_image, write_labels
from scoreface.base.errors import InputError
from scoreface.base.files import sha256_of, write_json
from scoreface.fitting.flame import load_embedding
from scoreface.geometry.mesh import load_head, save_obj
from scoreface.geometry.settings import LensSettings
from scoreface.geometry.views import View
from scoreface.results.aligned import SIZE, TEMPLATE, aligned_camera, five_points
from scoreface.results.augmented.record import read_record
from scoreface.results.augmented.settings import (
    AugmentSettings,
    GridPoses,
    NoPoses,
    UniformPoses,
)
from scoreface.results.render import portrait_studio
from scoreface.stages.augment import Inputs, Outputs, Settings, run
from scoreface.texture.state import GENERATED_1, LEGEND, OBSERVED

from .conftest import write_five_points

LENS = LensSettings(field_of_view=30.0, distance=4.0)
PICTURES = AugmentSettings(
    poses=UniformPoses(views=3, yaw=60.0, pitch=15.0, roll=10.0),
    size=32,
    alignment="none",
    background="black",
    backgrounds="",
    light="photo",
    average_flipped=False,
    seed=0,
    texture_light="photo",
    engine="flame",
)


def asking(**changes) -> Settings:
    return Settings(replace(PICTURES, **changes), LENS, "embree")


@pytest.fixture
def inputs(tmp_path, sphere) -> Inputs:
    """A sphere, red where the photo shows it, on its left half, and green where not."""
    save_obj(sphere, tmp_path / "head.obj", "texture.png")
    np.save(tmp_path / "axis_angle.npy", np.zeros(3))
    labels = np.full((64, 64), GENERATED_1, np.uint8)
    labels[:, :32] = OBSERVED
    texture = np.where((labels == OBSERVED)[..., None], (200, 20, 0), (0, 200, 20))
    write_image(tmp_path / "texture.png", texture.astype(np.uint8))
    write_labels(tmp_path / "provenance.png", labels, LEGEND, [(0, 0, 0)] * 5)
    write_json(tmp_path / "light.json", {"coefficients": [0.0, 0.1, 0.1, 0.2, *[0.0] * 5]})
    write_image(tmp_path / "photo.png", np.full((40, 60, 3), 99, np.uint8))
    return Inputs(
        id="anna",
        mesh=tmp_path / "head.obj",
        axis_angle=tmp_path / "axis_angle.npy",
        texture=tmp_path / "texture.png",
        provenance=tmp_path / "provenance.png",
        light=tmp_path / "light.json",
        photo=tmp_path / "photo.png",
    )


@pytest.fixture
def out(tmp_path):
    return tmp_path / "augment"


def test_each_picture_has_its_confidence_and_its_record(inputs, out):
    run(inputs, Outputs(out), asking())
    record = read_record(out)
    names = [name for view in record.views for name in (view.picture, view.confidence)]
    assert sorted(path.name for path in out.iterdir()) == sorted([*names, "views.json"])
    assert (record.id, record.seed, record.size) == ("anna", 0, 32)
    assert record.texture == sha256_of(inputs.texture)
    for view in record.views:
        picture = read_image(out / view.picture).astype(int)
        confidence = read_labels(out / view.confidence)
        assert picture.shape == (32, 32, 3)
        # Where all that a pixel shows was observed, it is red; where nothing was, and it is head, green.
        assert (picture[confidence == 255] == (200, 20, 0)).all()
        sure = (confidence == 0) & (picture[..., 1] == 200)
        assert sure.any()
        head = picture.sum(2) / 220
        assert view.share == pytest.approx(confidence.sum() / 255 / head.sum(), abs=0.01)
        assert view.light is None
        assert view.background == "black"
        # The sphere's left half is seen the more, the further the head is turned to the picture's right.
        assert (view.yaw > 0) == (view.share > 0.5)


def test_the_same_run_gives_the_same_and_another_id_other_pictures(inputs, out, tmp_path):
    asked = asking(light="varied", background="photo")
    run(inputs, Outputs(out), asked)
    run(inputs, Outputs(tmp_path / "again"), asked)
    files = sorted(path.name for path in out.iterdir())
    assert len(files) == 7
    for name in files:
        assert (out / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    run(replace(inputs, id="ben"), Outputs(tmp_path / "ben"), asked)
    yaws = [{view.yaw for view in read_record(f).views} for f in (out, tmp_path / "ben")]
    assert not yaws[0] & yaws[1]


def test_light_and_background_leave_the_poses_as_they_are(inputs, out, tmp_path):
    run(inputs, Outputs(out), asking())
    run(inputs, Outputs(tmp_path / "other"), asking(light="varied", background="photo"))
    plain, varied = read_record(out).views, read_record(tmp_path / "other").views
    for one, other in zip(plain, varied, strict=True):
        assert (one.yaw, one.pitch, one.roll, one.share) == other[1:5]
        assert set(other.light) == {"azimuth", "elevation", "strength"}
        picture = read_image(tmp_path / "other" / other.picture)
        assert abs(int(picture[0, 0, 0]) - 99) <= 1
    assert len({view.light["azimuth"] for view in varied}) == 3


def test_a_second_run_takes_away_what_the_first_one_left(inputs, out):
    run(inputs, Outputs(out), asking())
    run(inputs, Outputs(out), asking(poses=GridPoses((0.0,), (0.0,), (0.0,))))
    assert sorted(p.name for p in out.iterdir()) == ["000.png", "000_confidence.png", "views.json"]


def test_aligned_pictures_have_the_five_points_on_the_template(inputs, out, tmp_path):
    """The points are where a camera of the same pose projects them: within what a similarity can do."""
    mesh = load_head(inputs.mesh)
    embedding = write_five_points(mesh, tmp_path / "embedding.pkl")
    asked = asking(alignment="arcface", poses=GridPoses((0.0, 40.0), (0.0,), (0.0, 20.0)))
    with pytest.raises(InputError, match="--landmark-embedding"):
        run(inputs, Outputs(out), asked)
    run(replace(inputs, landmark_embedding=embedding), Outputs(out), asked)
    studio = portrait_studio(mesh, np.zeros(3), LENS)
    points = load_embedding(str(embedding), len(mesh.faces))
    for view in read_record(out).views:
        picture = read_image(out / view.picture).astype(int)
        assert picture.shape == (SIZE, SIZE, 3)
        pose = View.of_head(view.yaw, view.pitch, view.roll)
        camera = aligned_camera(studio, pose, points)
        seen = camera.project(five_points(studio.turned(pose), points), SIZE, SIZE)[:, :2]
        assert np.abs(seen - TEMPLATE).max() < 16
        # Red and green meet on the meridian of the nose: there the picture changes from one to the other.
        x, y = seen[2]
        assert picture[int(y), int(x) - 7, 0] == 200
        assert picture[int(y), int(x) + 7, 1] == 200


def test_the_mean_with_the_mirror_image_is_written(inputs, out):
    frontal = GridPoses((0.0,), (0.0,), (0.0,))
    run(inputs, Outputs(out), asking(poses=frontal, average_flipped=True))
    picture = read_image(out / "000.png")
    assert (picture == picture[:, ::-1]).all()
    assert picture[16, 16].tolist() == [100, 110, 10]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"background": "folder"}, "augment.backgrounds: name the folder"),
        ({"average_flipped": True}, "only a head that is seen from the front"),
        ({"alignment": "arcface", "engine": "external"}, "fit.engine: external"),
        (
            {"alignment": "arcface", "poses": GridPoses((-120.0,), (0.0,), (0.0,))},
            "turned by 120 degrees",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(changes, problem):
    with pytest.raises(InputError, match=problem):
        asking(**changes)
    # Nobody minds where no pictures are asked for.
    asking(**{**changes, "poses": NoPoses()})


def test_without_poses_there_is_nothing_to_do(inputs, out):
    with pytest.raises(InputError, match=r"augment\.poses: none"):
        run(inputs, Outputs(out), asking(poses=NoPoses()))


def test_a_record_that_is_none_is_named(out):
    out.mkdir()
    for content in ([], {"views": [{}]}, {"views": []}):
        (out / "views.json").write_text(json.dumps(content))
        with pytest.raises(InputError, match=r"views\.json: no record of pictures"):
            read_record(out)
