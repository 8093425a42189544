"""The benchmark on real photos from folder to table, small."""

import numpy as np
import pandas as pd
import pytest
import skimage.data

from scoreface import cli
from scoreface.base.arrays import read_image, write_image
from scoreface.base.errors import InputError
from scoreface.benchmark.holdout import run
from scoreface.benchmark.holdout.plan import make_holdout_plan
from scoreface.score.gaussian import GaussianScore

pytestmark = pytest.mark.heavy

SETTINGS = """
assets: {{score_model: {model}}}
texture: {{large: 128, small: 32}}
views: {{elevations: [0], azimuths: [-20, 20]}}
inpaint: {{joint: {{noise_levels: 3}}, face_size: 32, rounds: 1, gpu: 0}}
fit: {{detector: dlib}}
parse: {{engine: none}}
"""
YAWS = (45, 100)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A configuration with a prior that knows nothing, and two photos: of a face and of none."""
    folder = tmp_path_factory.mktemp("holdout")
    images = np.random.default_rng(0).random((4, 3, 32, 32)).astype(np.float32)
    GaussianScore.fit(images, 2).save(folder / "prior.npz")
    (folder / "config.yaml").write_text(SETTINGS.format(model=folder / "prior.npz"))
    write_image(folder / "photos" / "astronaut.png", skimage.data.astronaut())
    write_image(folder / "photos" / "nobody.png", np.full((64, 64, 3), 90, np.uint8))
    return folder


@pytest.fixture(scope="module")
def finished(folder):
    """The folder of results, made by the command."""
    command = ["benchmark", "holdout", "--configfile", str(folder / "config.yaml")]
    command += ["--photos", str(folder / "photos"), "--out", str(folder / "out")]
    cli.main([*command, "--baselines", "mean", "--yaws", *map(str, YAWS)])
    return folder / "out"


@pytest.fixture(scope="module")
def plan(folder):
    """The same run."""
    places = folder / "photos", YAWS, folder / "out"
    return make_holdout_plan([folder / "config.yaml"], [], ["mean"], *places)


def test_one_row_a_photo_yaw_and_method(finished):
    table = pd.read_csv(finished / "results.csv", keep_default_na=False)
    assert list(zip(table.photo, table.yaw, table.method, strict=True)) == [
        (photo, yaw, method)
        for photo in ("astronaut", "nobody")
        for yaw in YAWS
        for method in ("scoreface", "mean")
    ]
    assert list(table.reason[:2]) == ["", ""]
    done = pd.read_csv(finished / "results.csv")[:2]
    figures = ["psnr", "psnr_gain", "ssim", "ssim_gain", "identity", "identity_gain"]
    assert np.isfinite(done[figures]).all(axis=None)
    assert (done.psnr_gain >= done.psnr - 1e-3).all()
    assert (done.share_hidden > 0.02).all()
    # The person is known again, and without a parser's network there is no such figure.
    assert (done.identity_truth < 0.6).all()
    assert done.features.isna().all()


def test_what_is_left_out_says_why(finished):
    table = pd.read_csv(finished / "results.csv")
    assert table.reason[2:4].str.contains("its face away").all()
    assert table.reason[4:].str.contains("face").all()
    assert table.psnr[2:].isna().all()
    summary = (finished / "summary.md").read_text()
    assert "Left out: astronaut at +100: the head would be turned by" in summary
    assert "Left out: nobody at +45, +100: " in summary


def test_a_picture_a_photo(finished):
    # One row; photo, what is kept, truth and two methods.
    assert read_image(finished / "pictures" / "astronaut.png").shape == (256 + 22, 5 * 256, 3)
    assert read_image(finished / "pictures" / "nobody.png").std() > 0


def test_the_photo_s_hidden_part_is_tinted(finished, folder):
    tile = read_image(finished / "pictures" / "astronaut.png")[22:, :256].astype(int)
    red = tile[..., 0] - tile[..., 1] > 60
    # The head turns to the right, so that what lies there goes out of sight.
    face = np.argwhere(red[40:200, 40:216])
    assert face[:, 1].mean() > 176 / 2


def test_what_is_finished_is_not_done_again(finished, plan, monkeypatch):
    rows = [row for photo in plan.photos for row in run.finished_rows(plan, photo)]

    def never(*arguments):
        raise AssertionError("a finished photo was done again")

    monkeypatch.setattr(run, "run_chain", never)
    assert run.run_holdout(plan, None, 1) == rows
    assert len(rows) == 8


def test_what_was_cut_short_goes_on(finished, plan, monkeypatch):
    (trial, _) = plan.trials("astronaut")
    record = finished / "faces" / trial.id / "scoreface.json"
    before = record.read_text()
    record.unlink()
    asked = []
    methods = run.run_methods

    def watched(plan, scene, id, records, names, measure):
        asked.append((id, list(names)))
        methods(plan, scene, id, records, names, measure)

    monkeypatch.setattr(run, "run_methods", watched)
    rows = run.run_holdout(plan, ["astronaut"], 1)
    assert asked == [(trial.id, ["scoreface"])]
    assert len(rows) == 8
    # The same noise, and so the same texture and figures.
    texture = ['"psnr":', '"ssim_gain":', '"identity":']
    kept = [line for line in before.splitlines() if line.strip().startswith(tuple(texture))]
    assert len(kept) == 3
    assert set(kept) <= set(record.read_text().splitlines())


def test_an_unknown_photo_is_named(plan):
    with pytest.raises(InputError, match=r"--ids: somebody: no such photo; .* as astronaut"):
        run.run_holdout(plan, ["somebody"], 1)
