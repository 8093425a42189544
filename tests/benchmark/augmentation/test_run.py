"""The augmentation benchmark from heads to tables, small: what is kept apart, what is shared, and what is done once."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from scoreface import cli
from scoreface.base.arrays import read_image
from scoreface.base.errors import InputError
from scoreface.base.files import read_json
from scoreface.benchmark.augmentation import heads, plan
from scoreface.benchmark.augmentation import run as runs
from scoreface.benchmark.augmentation.plan import make_augmentation
from scoreface.benchmark.augmentation.recogniser import Training
from scoreface.benchmark.augmentation.tables import measure_all, summarise
from scoreface.score.gaussian import GaussianScore

SETTINGS = """
assets: {{score_model: {model}}}
texture: {{large: 128, small: 32}}
views: {{elevations: [0], azimuths: [-20, 20]}}
inpaint: {{joint: {{noise_levels: 3}}, face_size: 32, rounds: 1, gpu: 0}}
"""
SETS = ("frontal", "more-frontal", "scoreface", "mirror", "truth")
VIEWS = SETS[2:]


@pytest.fixture(scope="module")
def configfile(tmp_path_factory):
    """A small configuration with a prior that knows nothing."""
    folder = tmp_path_factory.mktemp("augmentation")
    images = np.random.default_rng(0).random((4, 3, 32, 32)).astype(np.float32)
    GaussianScore.fit(images, 2).save(folder / "prior.npz")
    path = folder / "config.yaml"
    path.write_text(SETTINGS.format(model=folder / "prior.npz"))
    return path


def planned(configfile, **changed):
    """Two heads to train on and two to test at two yaws, by one training of two steps a set."""
    settings = {
        "variants": [],
        "baselines": ["mirror"],
        "sets": None,
        "identities": 2,
        "tests": 2,
        "yaws": (0.0, 30.0),
        "photos": 2,
        "views": 2,
        "training": Training(2, 4),
        "seeds": 1,
        "seed": 0,
        "out": configfile.parent / "out",
    }
    return make_augmentation([configfile], **{**settings, **changed})


def test_no_head_is_trained_on_and_tested(configfile):
    run = planned(configfile, identities=plan.TESTED_FROM, tests=5, yaws=(0.0, 30.0, 60.0))
    trained = {face.head for face in run.plan.faces}
    tested = {face.head for face in run.tested}
    assert len(trained) == plan.TESTED_FROM
    assert len(tested) == 5
    assert len(run.tested) == 15
    assert not trained & tested
    with pytest.raises(InputError, match="--identities: 100001; give 2 to 100,000"):
        planned(configfile, identities=plan.TESTED_FROM + 1)


def test_all_sets_begin_with_the_frontal_photos(configfile):
    run = planned(configfile, sets=["truth", "mirror"])
    assert run.sets == ("frontal", "mirror", "truth")
    assert run.augmented == ("mirror", "truth")
    assert [run.size(name) for name in run.sets] == [4, 8, 8]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"sets": ["telea"]}, "--sets: 'telea' is none of frontal, more-frontal, scoreface"),
        ({"views": 0}, "--views: too few; give 1 or more"),
        ({"training": Training(3, 1)}, "--batch: too few; give 2 or more"),
        ({"tests": 1}, "--tests, --yaws: give two heads and two yaws or more"),
        ({"yaws": (0.0, 30.0, 30.0)}, "each yaw once"),
    ],
)
def test_what_cannot_be_is_named(configfile, changed, message):
    with pytest.raises(InputError, match=message):
        planned(configfile, **changed)


def test_pictures_depend_on_what_they_show(configfile):
    run = planned(configfile)
    face = run.plan.faces[0]
    before = run.hashes(face)
    assert len(set(before.values())) == len(SETS)

    def differ(**changed):
        after = planned(configfile, **changed).hashes(face)
        return {name for name in SETS if after[name] != before[name]}

    assert differ(photos=3) == {"frontal", "more-frontal"}
    assert differ(views=3) == {"more-frontal", *VIEWS}
    assert differ(seed=1) == set(SETS)
    # Other heads, other yaws of the tests and longer trainings leave a head's pictures as they are.
    assert differ(identities=3, tests=4, yaws=(0.0, 60.0), training=Training(9)) == set()
    # A completed texture does not depend on how often it is shown.
    assert planned(configfile, views=3).completions(face) == run.completions(face)


def test_figures_are_means_over_trainings_and_differences_are_paired(configfile):
    """Two trainings on each set: of truth's both are right, of frontal's one takes each head for the other."""
    run = planned(configfile, baselines=[], sets=["truth"], seeds=2)
    right = np.repeat(np.eye(2), 2, axis=0)
    wrong = right[[0, 2, 2, 0]]
    vectors = {
        ("frontal", 0): right,
        ("frontal", 1): wrong,
        ("truth", 0): right,
        ("truth", 1): right,
    }
    results = measure_all(run, vectors, 40)
    frontal, truth = (results[30.0][name] for name in ("frontal", "truth"))
    assert list(frontal.each[:, 1]) == [1.0, 0.0]
    assert frontal.values[1] == 0.5
    assert (truth.drawn[:, 1] == 1).all()
    # A draw takes the first training twice, the second twice, or both.
    assert set(frontal.drawn[:, 1]) == {0.0, 0.5, 1.0}
    summary = summarise(run, results, 40)
    assert "## Yaw 0 against 30" in summary
    assert "| less frontal's |" in summary
    # That set is not there.
    assert "less more-frontal's" not in summary


@pytest.fixture(scope="module")
def finished(configfile):
    """The folder that the command leaves."""
    out = configfile.parent / "finished"
    with pytest.MonkeyPatch.context() as patch:
        # The photos' size is the half of what they take.
        patch.setattr("scoreface.benchmark.varied.PHOTO_SIZE", 128)
        command = ["benchmark", "augmentation", "--configfile", str(configfile), "--out", str(out)]
        numbers = {"identities": 2, "tests": 2, "photos": 1, "views": 2, "steps": 2, "batch": 4}
        for name, number in {**numbers, "seeds": 1, "bootstrap": 5}.items():
            command += [f"--{name}", str(number)]
        cli.main([*command, "--yaws", "0", "30"])
    return out


@pytest.fixture
def run_of(configfile, finished):
    return planned(configfile, photos=1, out=finished)


@pytest.mark.heavy
def test_a_row_a_set_and_training(finished):
    with (finished / "results.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    assert [(row["set"], row["pictures"]) for row in rows] == [
        ("frontal", "2"),
        *((name, "6") for name in SETS[1:]),
    ]
    assert all(0 <= float(row["EER"]) <= 1 for row in rows)
    compared = (finished / "summary.md").read_text().partition("| less more-frontal's |")[2]
    assert [line.split()[1] for line in compared.splitlines()[2:] if line[:1] == "|"] == list(VIEWS)
    assert read_image(finished / "by_yaw.png").std() > 0
    # Two heads in four sets, with a photo and two views; two tested ones, at two yaws.
    assert read_image(finished / "sheets" / "trained.png").shape == (8 * 112, 3 * 112, 3)
    assert read_image(finished / "sheets" / "tested.png").shape == (2 * 112, 2 * 112, 3)


@pytest.mark.heavy
def test_sets_show_the_same_poses_with_other_textures(finished, run_of):
    face = run_of.plan.faces[1]
    folder = finished / "heads" / "001" / "pictures"
    poses = {}
    for name in VIEWS:
        record = read_json(folder / name / "views.json")
        poses[name] = [(view["yaw"], view["light"]) for view in record["views"]]
    assert poses["scoreface"] == poses["mirror"] == poses["truth"]
    shown = {name: heads.pictures_of(run_of, face, name).astype(float) for name in run_of.sets}
    assert shown["frontal"].shape == (1, 112, 112, 3)
    for name in run_of.augmented:
        # The photo, then the views.
        assert (shown[name][0] == shown["frontal"][0]).all()
    assert 0 < np.abs(shown["mirror"] - shown["truth"])[1:].mean() < 30


@pytest.mark.heavy
def test_what_is_finished_is_not_done_again(run_of, monkeypatch):
    before = runs.run_augmentation(run_of, 1)
    for module, name in ((heads, "varied_photo"), (heads, "complete_by"), (runs, "train")):
        monkeypatch.setattr(module, name, None)
    again = runs.run_augmentation(run_of, 1)
    assert set(again) == {(name, 0) for name in SETS}
    for which, vectors in before.items():
        np.testing.assert_array_equal(vectors, again[which])
    # Another training is.
    with pytest.raises(TypeError):
        runs.run_augmentation(replace(run_of, training=Training(3, 4)), 1)
