"""The command that makes the tables of evidence."""

import numpy as np
import pandas as pd
import pytest

from scoreface import cli
from scoreface.base.arrays import read_image, read_labels
from scoreface.base.errors import InputError
from scoreface.benchmark import evidence_run
from scoreface.benchmark.evidence_run import (
    COLUMNS,
    SUMMARY,
    make_evidence_plan,
    run_evidence,
    summarise,
    write_results,
    write_summary,
)
from scoreface.parse.labels import BACKGROUND, CLOTHES, HAIR

#: Engines that need no network.
ENGINES = ("none", "labels")


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


def test_bad_options_are_named(tmp_path):
    with pytest.raises(InputError, match="--engines: 'nobody' is none of"):
        make_evidence_plan([], ["nobody"], 1, 0, tmp_path)
    with pytest.raises(InputError, match="--photos: 0 is too few"):
        make_evidence_plan([], ["none"], 0, 0, tmp_path)
    other = tmp_path / "config.yaml"
    for text, message in [
        ("fit: {engine: external}", r"fit\.engine: .*set it to flame"),
        ("fit: {landmarks: 'mine/{id}.npy'}", r"fit\.landmarks: .*set it to ''"),
        ("assets: {flame_model: mine.pkl}", r"assets\.flame_model: .*set it to demo"),
        ("assets: {flame_masks: mine.pkl}", r"assets\.flame_masks: .*set it to auto"),
    ]:
        other.write_text(text)
        with pytest.raises(InputError, match=message):
            make_evidence_plan([other], ["none"], 1, 0, tmp_path)


def test_an_engine_without_its_model_is_named(tmp_path):
    with pytest.raises(
        InputError, match=r"--engines onnx: parse\.onnx\.model: empty.*--configfile"
    ):
        make_evidence_plan([], ["onnx"], 1, 0, tmp_path)
    other = tmp_path / "config.yaml"
    other.write_text("parse: {segformer: {model: ./nowhere}}")
    with pytest.raises(InputError, match=r"--engines segformer: parse\.segformer\.model: no such"):
        make_evidence_plan([other], ["segformer"], 1, 0, tmp_path)


def test_the_engine_of_labels_has_the_true_ones(tmp_path):
    other = tmp_path / "config.yaml"
    other.write_text("parse: {labels: {pictures: 'mine/{id}.png', palette: mine.txt}}")
    plan = make_evidence_plan([other], None, 1, 0, tmp_path)
    assert list(plan.configs) == ["none", "embedded", "labels"]
    pictures = plan.configs["labels"]["parse"]["labels"]
    assert pictures == {"pictures": str(tmp_path / "truth" / "{id}.png"), "palette": ""}
    engines = {name: config["parse"].pop("engine") for name, config in plan.configs.items()}
    assert engines == {name: name for name in plan.configs}
    # Nothing else is another.
    plan.configs["labels"]["parse"]["labels"] = plan.configs["none"]["parse"]["labels"]
    assert plan.configs["none"] == plan.configs["embedded"] == plan.configs["labels"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder of a run over two photos, made by the command."""
    out = tmp_path_factory.mktemp("evidence")
    (out / "config.yaml").write_text("texture: {large: 128}\nfit: {detector: dlib}")
    command = ["benchmark", "evidence", "--photos", "2", "--engines", *ENGINES, "--out", str(out)]
    cli.main([*command, "--configfile", str(out / "config.yaml")])
    return out


@pytest.mark.heavy
def test_the_command_leaves_tables_photos_and_sheets(finished):
    table = pd.read_csv(finished / "results.csv", keep_default_na=False)
    assert list(table.photo) == ["scene000", "scene000", "scene001", "scene001"]
    assert list(table.engine) == ["none", "labels"] * 2
    assert list(table.backgrounds) == ["plain", "plain", "hard", "hard"]
    assert list(table.reason) == [""] * 4
    none, labels = (table[table.engine == name].reset_index() for name in ENGINES)
    # Who knows what each pixel is takes next to nothing for the head that is not, and sees its outline.
    assert (none.background_observed > 0.01).all()
    assert (labels.background_observed < 0.0005).all()
    assert (labels.outline_iou > none.outline_iou).all()
    assert (labels.yaw_error < 2).all()
    assert (none.skin_dropped == 0).all()
    assert (labels.skin_dropped > 0).all()
    assert (table.skin_lost < 0.05).all()
    steps = ["seconds_detect", "seconds_parse", "seconds_fit", "seconds_project"]
    assert (table[steps] > 0).all(axis=None)
    assert np.allclose(table[steps].sum(axis=1), table.seconds, rtol=1e-4)
    # The face is looked for once for all engines.
    assert list(none.seconds_detect) == list(labels.seconds_detect)
    summary = pd.read_csv(finished / "summary.csv")
    assert tuple(summary.columns) == SUMMARY
    assert list(summary.engine) == ["none", "labels"] * 2
    for photo in set(table.photo):
        assert read_image(finished / "sheets" / f"{photo}.png").shape[1] == 3 * 512
        labels = read_labels(finished / "truth" / f"{photo}.png")
        assert {BACKGROUND, CLOTHES, HAIR} <= set(np.unique(labels))


@pytest.mark.heavy
def test_what_is_finished_is_not_done_again(finished, monkeypatch):
    def never(*arguments):
        raise AssertionError("a finished photo was taken again")

    config = finished / "config.yaml"
    plan = make_evidence_plan([config], ENGINES, 2, 0, finished)
    monkeypatch.setattr(evidence_run, "make_scene", never)
    rows = run_evidence(plan, 1)
    assert [(row["photo"], row["engine"]) for row in rows] == [
        (photo, engine) for photo in ("scene000", "scene001") for engine in ENGINES
    ]
    # Other settings, another seed: their figures are not mixed in.
    other = make_evidence_plan([config], ["none"], 2, 1, finished)
    assert evidence_run.finished_rows(other, other.recipes[0]) == []
    config.write_text("texture: {large: 128}\nfit: {detector: dlib}\nproject: {min_cosine: 0.3}")
    other = make_evidence_plan([config], ["none"], 2, 0, finished)
    assert evidence_run.finished_rows(other, other.recipes[0]) == []
