"""The measures of evidence against cases whose answers are known, and the command that makes its tables."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.transform import Rotation

from scoreface import cli
from scoreface.base.arrays import read_image, read_labels
from scoreface.base.errors import InputError
from scoreface.benchmark import evidence, evidence_run
from scoreface.benchmark.chain import chain_keys
from scoreface.benchmark.evidence_run import (
    COLUMNS,
    SUMMARY,
    make_evidence_plan,
    run_evidence,
    summarise,
    write_results,
    write_summary,
)
from scoreface.benchmark.evidence_sheets import draw_sheet
from scoreface.benchmark.scenes import Recipe, make_scene
from scoreface.config.schema import checked_config
from scoreface.demo.head.model import build_model
from scoreface.geometry.fitted import FittedHead
from scoreface.parse.labels import BACKGROUND, BARE, CLOTHES, HAIR, OTHER
from scoreface.texture.layout import make_layout
from scoreface.texture.project import lift_photo

SIZE = 192
COSINE = 0.2


@pytest.fixture(scope="module")
def scene():
    """A plain scene."""
    return make_scene(1, Recipe(0, "plain", "wall", (), 20.0, 2.0, -3.0), 128, SIZE)


@pytest.fixture(scope="module")
def layout():
    model = build_model()
    return make_layout(model.vt, model.ft, model.f.astype(np.int64), 128)


@pytest.fixture(scope="module")
def perfect(scene):
    """The true head as a fit."""
    return FittedHead(
        scene.vertices,
        build_model().f.astype(np.int64),
        scene.axis_angle,
        scene.scale,
        Path("fit.npz"),
    )


@pytest.fixture(scope="module")
def seen(scene, perfect, layout):
    """What of the true head the photo shows, clothes included."""
    return lift_photo(
        scene.image, perfect.vertices, perfect.faces, perfect.scale, layout, min_cosine=COSINE
    )[1]


@pytest.fixture(scope="module")
def places(scene, layout):
    """Where each texel of the true head lies: (N, 2)."""
    return evidence.project(scene.vertices, scene.scale, layout, scene)


def test_the_true_head_s_own_pixels_are_perfect_evidence(scene, perfect, layout, seen, places):
    observed = seen.copy()
    observed.ravel()[layout.texels[~evidence.is_own(scene, places)]] = False
    figures = evidence.measure(scene, perfect, observed, layout, COSINE)
    assert figures.pop("outline_iou") == 1
    assert figures.pop("vertex_error") == pytest.approx(0, abs=1e-6)
    assert set(figures.values()) == {0}


def test_without_a_parser_the_garment_is_wrong(scene, perfect, layout, seen, places):
    figures = evidence.measure(scene, perfect, seen, layout, COSINE)
    called = seen.ravel()[layout.texels]
    garment = evidence.nearest(scene.labels, places) == CLOTHES
    assert figures["clothes_observed"] == pytest.approx(
        (called & garment).sum() / called.sum(), 0.1
    )
    assert figures["background_observed"] == pytest.approx(figures["clothes_observed"], 0.1)
    assert figures["skin_lost"] == figures["skin_dropped"] == 0


def test_where_half_of_the_photo_is_wall_its_texels_are_wrong(scene, perfect, layout, seen, places):
    own, labels = scene.own.copy(), scene.labels.copy()
    own[:, : SIZE // 2], labels[:, : SIZE // 2] = 0, BACKGROUND
    figures = evidence.measure(
        replace(scene, own=own, labels=labels), perfect, seen, layout, COSINE
    )
    called = seen.ravel()[layout.texels]
    left = places[:, 0] < SIZE // 2
    clothes = ~left & called & ~evidence.is_own(scene, places)
    wrong = ((left & called) | clothes).sum() / called.sum()
    assert 0.2 < figures["background_observed"] == pytest.approx(wrong, abs=0.01)
    parts = [figures[name] for name in ("wall_observed", *evidence.PARTS)]
    assert sum(parts) == pytest.approx(figures["background_observed"])
    assert figures["hair_observed"] == figures["other_observed"] == 0


def test_wrong_texels_are_told_by_what_they_show(scene, perfect, layout, seen):
    labels, own = scene.labels.copy(), np.zeros_like(scene.own)
    labels[: SIZE // 2], labels[SIZE // 2 :] = HAIR, OTHER
    figures = evidence.measure(
        replace(scene, own=own, labels=labels), perfect, seen, layout, COSINE
    )
    assert figures["background_observed"] == 1
    assert figures["hair_observed"] + figures["other_observed"] == pytest.approx(1)
    assert figures["hair_observed"] > 0.2
    assert figures["wall_observed"] == pytest.approx(0)
    # Where the photo shows no skin, none is lost.
    assert figures["skin_lost"] == 0


def test_what_is_not_called_observed_is_lost(scene, perfect, layout, seen, places):
    observed = seen.copy()
    observed[:, 64:] = False
    figures = evidence.measure(scene, perfect, observed, layout, COSINE)
    skin = seen.ravel()[layout.texels] & evidence.is_skin(scene, places)
    kept = skin & (layout.texels % 128 < 64)
    assert figures["skin_lost"] == pytest.approx(1 - kept.sum() / skin.sum())
    assert figures["skin_dropped"] == figures["skin_lost"]
    nothing = evidence.measure(scene, perfect, np.zeros_like(seen), layout, COSINE)
    assert nothing["background_observed"] == 0
    assert nothing["skin_lost"] == 1


def test_a_fit_that_is_turned_too_far_loses_skin_which_no_parser_dropped(scene, perfect, layout):
    turn = Rotation.from_euler("Y", 3, degrees=True)
    middle = scene.vertices.mean(0)
    turned = replace(
        perfect,
        vertices=turn.apply(scene.vertices - middle) + middle,
        axis_angle=(turn * Rotation.from_rotvec(scene.axis_angle)).as_rotvec(),
    )
    observed = lift_photo(
        scene.image, turned.vertices, turned.faces, turned.scale, layout, min_cosine=COSINE
    )[1]
    figures = evidence.measure(scene, turned, observed, layout, COSINE)
    assert figures["yaw_error"] == pytest.approx(3)
    # The face itself is right once it is turned back.
    assert figures["vertex_error"] == pytest.approx(0, abs=1e-6)
    assert 0.002 < figures["skin_lost"] < 0.05
    assert figures["skin_dropped"] == 0
    assert 0.9 < figures["outline_iou"] < 0.995


def test_the_outline_is_compared_whatever_stands_before_it(scene, perfect, layout, seen):
    columns = 12
    shift = np.array([columns / perfect.scale, 0, 0])
    moved = replace(perfect, vertices=perfect.vertices + shift)
    figures = evidence.measure(scene, moved, seen, layout, COSINE)
    mask = scene.silhouette
    shifted = np.zeros_like(mask)
    shifted[:, columns:] = mask[:, :-columns]
    # The head enters the picture on neither side, so moving it moves its mask.
    assert not mask[:, 0].any()
    assert figures["outline_iou"] == pytest.approx(evidence.iou(mask, shifted), abs=1e-3)


def test_bare_pixels_are_skin_and_lie_between_own_ones(scene, places):
    skin = evidence.is_skin(scene, places)
    labels = evidence.nearest(scene.labels, places)
    assert skin.any()
    assert set(np.unique(labels[skin])) <= BARE
    assert evidence.is_own(scene, places)[skin].all()
    # Beyond the photo there is nothing of the head.
    assert not evidence.is_own(scene, np.array([[-5.0, 50.0], [50.0, SIZE + 5.0]])).any()


def test_small_figures_are_right():
    a, b = np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool)
    assert evidence.iou(a, b) == pytest.approx(1 / 3)
    assert evidence.share(b, a) == 0.5
    assert evidence.share(a, np.zeros(4, bool)) == 0
    labels = np.arange(6).reshape(2, 3)
    assert list(evidence.nearest(labels, np.array([[0.2, 0.9], [2.9, 1.0], [9, -3]]))) == [0, 5, 2]
    rng = np.random.default_rng(0)
    points = rng.standard_normal((50, 3))
    turned = 3 * Rotation.from_rotvec([0.3, -0.2, 0.9]).apply(points) + [1, 2, 3]
    assert evidence.aligned_error(turned, points) == pytest.approx(0, abs=1e-9)
    # A mirror image is no turned one.
    assert evidence.aligned_error(points * [-1, 1, 1], points) > 0.5
    # Four corners of a square and one of them pulled out by 4 a corner: 1 a corner is left on the mean.
    square = np.array([[1, 1, 0], [1, -1, 0], [-1, 1, 0], [-1, -1, 0]], float)
    stretched = square * [1.2, 1, 1]
    best = (1.2 + 1) / (1.2**2 + 1)
    left = np.hypot(best * 1.2 - 1, best - 1)
    assert evidence.aligned_error(stretched, square) == pytest.approx(left)


def test_a_sheet_shows_right_wrong_and_lost_texels(scene, perfect, layout, seen):
    sheet = draw_sheet(scene, {"one": (perfect, seen), "two": None}, "a photo")
    assert sheet.shape == (SIZE + 24, 3 * SIZE, 3)
    marked = sheet[24:, SIZE : 2 * SIZE].astype(int)
    changed = marked - scene.image
    garment = (scene.labels == CLOTHES) & scene.silhouette
    assert (changed[garment][:, 0] > 0).mean() > 0.7
    face = np.isin(scene.labels, list(BARE))
    greener = changed[..., 1] - changed[..., 0] > 0
    assert greener[face].mean() > 0.9
    nothing = draw_sheet(scene, {"one": (perfect, np.zeros_like(seen))}, "")[24:, SIZE:].astype(int)
    bluer = (nothing - scene.image)[..., 2] > 0
    assert bluer[face].mean() > 0.9


def _row(engine, backgrounds, wrong, reason=""):
    figures = {} if reason else {"background_observed": wrong, "skin_lost": 2 * wrong}
    if not reason:
        figures |= {"outline_iou": 0.9, "yaw_error": 1.5, "seconds": 4.0}
    return {"engine": engine, "backgrounds": backgrounds, "reason": reason, **figures}


def test_the_summary_has_a_row_an_engine_and_kind_of_backgrounds(tmp_path):
    rows = [
        *(_row("none", "plain", 0.01), _row("embedded", "plain", 0.0)),
        *(_row("none", "hard", 0.2), _row("embedded", "hard", 0.04)),
        *(_row("none", "plain", 0.05), _row("embedded", "plain", 0.0, "no face")),
    ]
    write_summary(tmp_path / "summary.csv", summarise(rows))
    lines = (tmp_path / "summary.csv").read_text().splitlines()
    assert lines == [
        "engine,backgrounds,background_observed_mean,background_observed_worst,"
        "skin_lost,outline_iou,yaw_error,seconds",
        "none,plain,0.03,0.05,0.06,0.9,1.5,4",
        "embedded,plain,0,0,0,0.9,1.5,4",
        "none,hard,0.2,0.2,0.4,0.9,1.5,4",
        "embedded,hard,0.04,0.04,0.08,0.9,1.5,4",
    ]
    assert lines[0].split(",") == list(SUMMARY)


def test_results_have_all_columns_and_rejected_photos_no_figures(tmp_path):
    write_results(tmp_path / "results.csv", [_row("none", "plain", 0, "no face, alas")])
    table = pd.read_csv(tmp_path / "results.csv")
    assert tuple(table.columns) == COLUMNS
    assert table.reason[0] == "no face, alas"
    assert table.background_observed.isna().all()


def test_settings_of_a_stage_touch_it_and_those_behind_it_only():
    config = checked_config([])
    keys = chain_keys(config)
    config["project"]["min_cosine"] = 0.3
    lifted = chain_keys(config)
    assert lifted["fit"] == keys["fit"]
    assert lifted["project"] != keys["project"]
    config["fit"]["max_error"] = 0.2
    assert all(chain_keys(config)[name] != lifted[name] for name in keys)


def test_bad_options_are_named(tmp_path):
    with pytest.raises(InputError, match="--engines: 'nobody' is none of"):
        make_evidence_plan([], ["nobody"], 1, 0, tmp_path)
    with pytest.raises(InputError, match="--photos: 0 is too few"):
        make_evidence_plan([], ["none"], 0, 0, tmp_path)
    other = tmp_path / "config.yaml"
    other.write_text("fit: {engine: external}")
    with pytest.raises(InputError, match=r"fit\.engine"):
        make_evidence_plan([other], ["none"], 1, 0, tmp_path)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder of a run over two photos, made by the command."""
    out = tmp_path_factory.mktemp("evidence")
    (out / "config.yaml").write_text("texture: {large: 128}")
    command = ["benchmark", "evidence", "--photos", "2", "--engines", "none", "--out", str(out)]
    cli.main([*command, "--configfile", str(out / "config.yaml")])
    return out


@pytest.mark.heavy
def test_the_command_leaves_tables_photos_and_sheets(finished):
    table = pd.read_csv(finished / "results.csv", keep_default_na=False)
    assert list(table.photo) == ["scene000", "scene001"]
    assert list(table.backgrounds) == ["plain", "hard"]
    assert list(table.reason) == ["", ""]
    assert (table.background_observed > 0).all()
    assert (table.background_observed < 0.3).all()
    assert (table.outline_iou > 0.6).all()
    assert (table.skin_lost < 0.2).all()
    summary = pd.read_csv(finished / "summary.csv")
    assert tuple(summary.columns) == SUMMARY
    assert list(summary.backgrounds) == ["plain", "hard"]
    for photo in table.photo:
        assert read_image(finished / "sheets" / f"{photo}.png").shape[1] == 1024
        labels = read_labels(finished / "truth" / f"{photo}.png")
        assert {BACKGROUND, CLOTHES, HAIR} <= set(np.unique(labels))


@pytest.mark.heavy
def test_what_is_finished_is_not_done_again(finished, monkeypatch):
    def never(*arguments):
        raise AssertionError("a finished photo was taken again")

    config = finished / "config.yaml"
    plan = make_evidence_plan([config], ["none"], 2, 0, finished)
    monkeypatch.setattr(evidence_run, "make_scene", never)
    rows = run_evidence(plan, 1)
    assert [row["photo"] for row in rows] == ["scene000", "scene001"]
    # Other settings, another seed: their figures are not mixed in.
    other = make_evidence_plan([config], ["none"], 2, 1, finished)
    assert evidence_run.finished_rows(other, other.recipes[0]) == []
    config.write_text("texture: {large: 128}\nproject: {min_cosine: 0.3}")
    other = make_evidence_plan([config], ["none"], 2, 0, finished)
    assert evidence_run.finished_rows(other, other.recipes[0]) == []
