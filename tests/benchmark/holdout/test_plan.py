"""What a run on real photos is made of."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.benchmark.holdout.plan import Trial, make_holdout_plan
from scoreface.score.gaussian import GaussianScore


@pytest.fixture(scope="module")
def configfile(tmp_path_factory):
    """A configuration with a prior and a parser that need nothing."""
    folder = tmp_path_factory.mktemp("plan")
    images = np.random.default_rng(0).random((4, 3, 16, 16)).astype(np.float32)
    GaussianScore.fit(images, 2).save(folder / "prior.npz")
    path = folder / "config.yaml"
    path.write_text(
        f"assets: {{score_model: {folder / 'prior.npz'}}}\ntexture: {{small: 16}}\ninpaint: {{face_size: 16}}\n"
        "parse: {engine: none}\n"
    )
    return path


@pytest.fixture
def photos(tmp_path):
    """Two files that are called as photos are."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.jpg", "b c.png"):
        (folder / name).write_bytes(name.encode())
    return folder


def plan_of(configfile, photos, yaws=(30, -45.5), out=None, variants=()):
    return make_holdout_plan(
        [configfile], variants, ["mean"], photos, yaws, out or photos.parent / "out"
    )


def test_every_photo_at_every_yaw(configfile, photos):
    plan = plan_of(configfile, photos)
    assert plan.photos == {"a": photos / "a.jpg", "b_c": photos / "b c.png"}
    ids = [trial.id for photo in plan.photos for trial in plan.trials(photo)]
    assert ids == ["a_yaw+30", "a_yaw-45.5", "b_c_yaw+30", "b_c_yaw-45.5"]
    assert plan.methods == ("scoreface", "mean")


def test_results_in_the_photos_folder_are_no_photos(configfile, photos):
    out = photos / "out"
    (out / "pictures").mkdir(parents=True)
    (out / "pictures" / "a.png").touch()
    assert list(plan_of(configfile, photos, out=out).photos) == ["a", "b_c"]
    with pytest.raises(InputError, match="all photos in it are results of this benchmark"):
        plan_of(configfile, out / "pictures", out=out)


@pytest.mark.parametrize("yaw", [0, 180, -200])
def test_a_camera_that_is_nowhere_is_named(configfile, photos, yaw):
    with pytest.raises(InputError, match=f"--yaws: {yaw} is not beside the photo's camera"):
        plan_of(configfile, photos, [30, yaw])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fit: {engine: external}", r"fit\.engine: of another fitter's heads the camera"),
        ("assets: {flame_model: nowhere.pkl}", r"assets\.flame_model: no such file"),
        ("parse: {engine: onnx}", r"parse\.onnx\.model: empty"),
    ],
)
def test_what_cannot_be_run_is_named(configfile, photos, tmp_path, text, message):
    other = tmp_path / "other.yaml"
    other.write_text(text)
    with pytest.raises(InputError, match=message):
        make_holdout_plan([configfile, other], [], [], photos, [30], tmp_path / "out")


def test_a_figure_holds_as_long_as_what_it_depends_on(configfile, photos, tmp_path):
    plan = plan_of(configfile, photos, variants=[["one"], ["two", "inpaint.rounds=1"]])
    trial = plan.trials("a")[0]
    keys = plan.keys(trial)
    assert set(keys) == {"face", "one", "two", "mean"}
    assert len(set(keys.values())) == 4
    # Of its own settings.
    other = plan_of(configfile, photos, variants=[["one"], ["two", "inpaint.rounds=2"]])
    assert {name for name, key in other.keys(trial).items() if key != keys[name]} == {"two"}
    # Of the yaw, the photo, and how it is fitted.
    assert not set(plan.keys(replace(trial, yaw=31)).values()) & set(keys.values())
    assert not set(plan.keys(plan.trials("b_c")[0]).values()) & set(keys.values())
    (tmp_path / "fit.yaml").write_text("fit: {max_error: 0.2}")
    fitted = make_holdout_plan(
        [configfile, tmp_path / "fit.yaml"], [["one"]], ["mean"], photos, [30], plan.out
    )
    assert not set(fitted.keys(trial).values()) & set(keys.values())
    (photos / "a.jpg").write_bytes(b"another photo")
    assert not set(plan.keys(trial).values()) & set(keys.values())


def test_landmarks_of_one_s_own_count(configfile, photos, tmp_path):
    (tmp_path / "own.yaml").write_text(f"fit: {{landmarks: '{tmp_path}/{{id}}.npy'}}")
    np.save(tmp_path / "a.npy", np.zeros((51, 2)))
    own = make_holdout_plan(
        [configfile, tmp_path / "own.yaml"], [], [], photos, [30], tmp_path / "out"
    )
    keys = own.keys(own.trials("a")[0])
    np.save(tmp_path / "a.npy", np.ones((51, 2)))
    assert not set(own.keys(own.trials("a")[0]).values()) & set(keys.values())


def test_a_trial_is_called_by_its_photo_and_yaw():
    assert Trial("x", None, 0.0 * -1).id == "x_yaw+00"
    assert Trial("x", None, -7.0).id == "x_yaw-07"
