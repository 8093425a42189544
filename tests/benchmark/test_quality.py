"""The quality benchmark from photo to table, small."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scoreface import cli
from scoreface.base.angles import head_angles
from scoreface.base.arrays import read_image, read_mask, write_image
from scoreface.base.errors import InputError
from scoreface.base.regions import EARS, FACE, FOREHEAD, NECK, SCALP
from scoreface.base.settings import read
from scoreface.benchmark import cases, quality
from scoreface.benchmark.cases import Case, held_out, make_case, take_photo
from scoreface.benchmark.chain import Rejected
from scoreface.benchmark.measure import Judge
from scoreface.benchmark.plan import Face, make_plan
from scoreface.demo.people import sample_head
from scoreface.geometry.settings import LensSettings
from scoreface.geometry.views import view_grid
from scoreface.score.gaussian import GaussianScore

pytestmark = pytest.mark.heavy

SETTINGS = """
assets: {{score_model: {model}}}
texture: {{large: 128, small: 32}}
views: {{elevations: [0], azimuths: [-20, 20]}}
inpaint: {{joint: {{noise_levels: 5}}, face_size: 32, rounds: 1, gpu: 0}}
"""


@pytest.fixture(scope="module")
def configfile(tmp_path_factory):
    """A small configuration with a prior that knows nothing."""
    folder = tmp_path_factory.mktemp("benchmark")
    images = np.random.default_rng(0).random((4, 3, 32, 32)).astype(np.float32)
    GaussianScore.fit(images, 2).save(folder / "prior.npz")
    path = folder / "config.yaml"
    path.write_text(SETTINGS.format(model=folder / "prior.npz"))
    return path


@pytest.fixture(scope="module")
def plan(configfile):
    """Two heads at one yaw, by a pipeline and a baseline."""
    return make_plan([configfile], [], ["mean"], 2, [30], 0, False, configfile.parent / "out")


@pytest.fixture(scope="module")
def finished(configfile, plan):
    """The folder of the plan's results, made by the command."""
    command = ["benchmark", "quality", "--configfile", str(configfile), "--baselines", "mean"]
    command += ["--heads", "2", "--yaws", "30", "--out", str(plan.out)]
    cli.main(command)
    return plan.out


@pytest.fixture(scope="module")
def case(plan):
    return make_case(plan, Face(0, 30))


def test_one_row_a_face_and_method(finished, plan):
    table = pd.read_csv(finished / "results.csv")
    faces = [face.id for face in plan.faces]
    assert list(zip(table.face, table.method, strict=True)) == [
        (face, method) for face in faces for method in ("scoreface", "mean")
    ]
    pipeline, mean = table[table.method == "scoreface"], table[table.method == "mean"]
    # Two views, five levels.
    assert list(pipeline.evaluations) == [10, 10]
    assert (mean.evaluations == 0).all()
    assert (mean.share_filled == 1).all()
    assert (pipeline.share_filled < 1).all()
    assert pipeline.view_disagreement.notna().all()
    assert mean.view_disagreement.isna().all()
    figures = ["psnr_texels", "ssim_texels", "psnr_views", "ssim_views", "identity_views"]
    assert np.isfinite(table[figures]).all(axis=None)
    # Photo and true render show the same head, the two heads do not look alike.
    assert (table.identity_truth < 0.6).all()


def test_the_summary_is_the_mean_over_the_faces(finished):
    table = pd.read_csv(finished / "results.csv")
    lines = (finished / "summary.md").read_text().splitlines()
    row = next(line for line in lines if line.startswith("| mean |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1] == "2"
    assert float(cells[2]) == pytest.approx(
        table[table.method == "mean"].psnr_texels.mean(), abs=6e-3
    )


def test_pictures_of_each_face_and_of_all(finished, plan):
    for face in plan.faces:
        # Photo, the photo's texels, truth and two methods.
        assert read_image(finished / "pictures" / f"{face.id}.png").shape[1] == 5 * 256
    assert read_image(finished / "error_by_yaw.png").std() > 0


def test_what_is_finished_is_not_done_again(finished, plan, monkeypatch):
    def never(*arguments):
        raise AssertionError("a finished face was done again")

    rows = [row for face in plan.faces for row in quality.finished_rows(plan, face)]
    monkeypatch.setattr(quality, "make_case", never)
    assert quality.run_quality(plan, None, 1) == rows
    assert len(rows) == 4


def test_figures_of_other_settings_are_not_mixed_in(finished, configfile, plan):
    other = make_plan(
        [configfile],
        [["scoreface", "inpaint.joint.noise_levels=6"]],
        ["mean"],
        *(2, [30], 0, False, plan.out),
    )
    # The baseline's still hold, the pipeline's do not.
    assert [row["method"] for row in quality.finished_rows(other, plan.faces[0])] == ["mean"]
    before = quality.finished_rows(plan, plan.faces[1])
    rows = quality.run_quality(other, [plan.faces[0].id], 1)
    assert [(row["head"], row["method"]) for row in rows] == [
        *((0, "scoreface"), (0, "mean")),
        (1, "mean"),
    ]
    assert rows[0]["evaluations"] == 12
    assert quality.finished_rows(plan, plan.faces[1]) == before


def test_each_row_has_the_groups_of_its_head(finished, plan):
    table = pd.read_csv(finished / "results.csv", keep_default_na=False)
    people = [sample_head(cases.generator_of(plan.seed, head, 0)) for head in table["head"]]
    for name in ("type", "hair", "glasses", "beard"):
        assert list(table[name]) == [person.labels[name] for person in people]
    assert set(table.light) == {"soft"}
    row = quality.finished_rows(plan, plan.faces[0])[0]
    assert row["light"] == "soft"
    assert cases.groups_of(plan.seed, 0, True) == {**people[0].labels, "light": "side"}


def test_heads_of_the_other_kind_are_not_mixed_in(finished, plan):
    other = replace(plan, asymmetric=True)
    assert not any(quality.finished_rows(other, face) for face in plan.faces)


def test_the_command_asks_for_heads_whose_sides_differ(configfile, tmp_path, monkeypatch):
    asked = []

    def look(plan, ids, jobs):
        asked.append(plan.asymmetric)
        raise InputError("seen enough")

    monkeypatch.setattr(quality, "run_quality", look)
    command = ["benchmark", "quality", "--configfile", str(configfile), "--out", str(tmp_path)]
    for options in ([], ["--asymmetric"]):
        with pytest.raises(SystemExit):
            cli.main([*command, *options])
    assert asked == [False, True]


def test_a_case_of_an_asymmetric_head_has_its_truth(plan):
    face = Face(0, 30)
    made = make_case(replace(plan, asymmetric=True), face)
    photo = take_photo(plan.seed, face, 128, asymmetric=True)
    assert (made.truth == np.rint(photo.truth * 255).astype(np.uint8)).all()


def test_an_unknown_id_is_named(plan):
    with pytest.raises(InputError, match=r"--ids: nobody: no such face"):
        quality.run_quality(plan, ["nobody"], 1)


def test_the_truth_itself_is_perfect(plan, case):
    figures = Judge(case, held_out(plan.config), read(LensSettings, plan.config)).measure(
        case.truth
    )
    assert figures["psnr_texels"] == figures["psnr_views"] == np.inf
    assert figures["ssim_texels"] == pytest.approx(1)
    assert figures["ssim_views"] == pytest.approx(1)
    assert figures["identity_views"] == 0


def test_what_is_measured_is_what_the_photo_did_not_show(case):
    assert not (case.region & case.scene.known).any()
    assert not (case.region & ~case.chart).any()
    # The photo's texels are the truth, but for the camera's sampling; the head's own pose was given.
    seen = case.scene.known & case.chart
    error = np.abs(case.scene.large.astype(int) - case.truth)[seen]
    assert np.median(error) <= 4


def test_without_the_fit_nothing_is_known_of_the_texels_but_the_part_of_the_head(case):
    assert not case.scene.carried.labels.any()
    assert set(np.unique(case.scene.carried.regions[case.chart])) == {
        FACE,
        FOREHEAD,
        SCALP,
        EARS,
        NECK,
    }


@pytest.fixture(scope="module")
def fitted_plan(configfile):
    """One photo at one yaw, by the stages of the workflow, with a parser that needs no network."""
    path = configfile.parent / "fitted.yaml"
    path.write_text(configfile.read_text() + "fit: {detector: dlib}\nparse: {engine: none}\n")
    return make_plan([path], [], ["mean"], 1, [30], 0, True, configfile.parent / "fitted")


def test_with_the_fit_the_stages_make_the_case(fitted_plan, case):
    made = make_case(fitted_plan, fitted_plan.faces[0])
    assert isinstance(made, Case)
    (folder,) = (fitted_plan.out / "stages" / made.face.id).glob("project-*")
    # Nothing dark is taken away by default.
    assert (made.scene.known == read_mask(folder / "texture" / "seen.png")).all()
    assert (made.scene.large == read_image(folder / "texture" / "photo.png")).all()
    assert (made.scene.carried.regions[made.chart] == case.scene.carried.regions[made.chart]).all()
    # The head is the fitted one, near the true one and not it.
    axis_angles = [made.scene.axis_angle, made.photo.axis_angle]
    fitted, true = (head_angles(axis_angle)["yaw"] for axis_angle in axis_angles)
    assert 0 < abs(fitted - true) < 10


def test_of_a_rejected_photo_there_are_the_reason_and_the_fit_s_picture(
    fitted_plan, tmp_path, monkeypatch
):
    overlay = np.full((8, 8, 3), 77, np.uint8)
    write_image(tmp_path / "overlay.png", overlay)
    rejected = Rejected("no face, alas", tmp_path / "overlay.png")
    monkeypatch.setattr(cases, "run_chain", lambda *arguments: rejected)
    plan = replace(fitted_plan, out=tmp_path)
    quality.run_face(plan, plan.faces[0])
    rows = quality.finished_rows(plan, plan.faces[0])
    assert [(row["method"], row["reason"]) for row in rows] == [
        ("scoreface", "no face, alas"),
        ("mean", "no face, alas"),
    ]
    picture = read_image(tmp_path / "pictures" / f"{plan.faces[0].id}.png")
    assert (picture == overlay).all()


def test_held_out_views_lie_between_the_others():
    views = {"elevations": [-10, 10, 0], "azimuths": [-20, 20], "start": "photo"}
    assert held_out({"views": views}) == view_grid([-5, 5], [0])
    views = {"elevations": [0], "azimuths": [-20, 0, 20], "start": "photo"}
    assert held_out({"views": views}) == view_grid([0], [-10, 10])


def test_photos_of_a_head_share_camera_and_background_and_those_of_others_do_not(case):
    turned, other = (take_photo(0, face, 128) for face in (Face(0, -10), Face(1, 30)))
    corner = np.s_[:40, :40]
    assert turned.scale == case.photo.scale != other.scale
    assert (turned.image[corner] == case.photo.image[corner]).all()
    assert (other.image[corner] != case.photo.image[corner]).any()
    # The light stays where it is when the head turns, so the lit texture does not.
    assert np.abs(turned.truth - case.photo.truth).max() > 0.1
