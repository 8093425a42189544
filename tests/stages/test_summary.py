"""The summary stage on a made-up run: faces that are done, rejected, under way and damaged."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from scoreface.base.arrays import write_image, write_npz
from scoreface.base.files import write_json, write_text
from scoreface.cli import main
from scoreface.config.assets import SCORE_MODELS
from scoreface.stages.summary import Inputs, Outputs, Settings, run

REASON = "No face was found in\tthe <b>photo</b> & 'co'.png.\n"
FLAG = "Look at overlay.png: 0.750 < 0.8.\n"
GREY = np.full((8, 8, 3), 128, np.uint8)
SETTINGS = Settings(seed=7, pipeline="joint", face_size=64, max_error=0.1)


def benchmark(path, seconds):
    write_text(path, f"s\th:m:s\tmax_rss\n{seconds}\t0:00:01\t10.0\n")


def complete_face(folder):
    angles = {"yaw": 25.126, "pitch": -3.0, "roll": 0.5}
    fit = {"status": "accepted", "reason": None, **angles, "reprojection_error": 0.03125}
    fit |= {"outline_iou": 0.75, "flag": FLAG, "n_faces": 2, "found_by": "mediapipe"}
    write_json(folder / "fit" / "fit.json", fit)
    # Ten texels outside the chart and ninety inside.
    labels = np.repeat(np.arange(5), (10, 45, 27, 9, 9)).reshape(10, 10).astype(np.uint8)
    picture = Image.fromarray(labels)
    picture.putpalette([0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 250, 251, 252])
    picture.save(folder / "provenance.png")
    write_json(folder / "parse" / "parse.json", {"notes": ["no colours: <grey>"]})
    for name in ("texture.png", "before_after.png", "parse/overlay.png", "fit/overlay.png"):
        write_image(folder / name, GREY)
    for round_, view in ((1, 0), (1, 1), (2, 0)):
        state = folder / "inpaint" / f"round{round_}" / f"view{view}.npz"
        write_npz(state, evaluations=2000, texture=np.zeros((4, 4, 3)))
        benchmark(folder / "benchmarks" / f"inpaint_round{round_}_view{view}.tsv", 10.5)
    write_json(folder / "identity.json", {"distance_before": 0.45678, "distance_after": 0.61237})
    benchmark(folder / "benchmarks" / "fit.tsv", 17.25)
    benchmark(folder / "benchmarks" / "parse.tsv", 1.5)
    benchmark(folder / "benchmarks" / "order-views.tsv", "-")


@pytest.fixture
def done(tmp_path):
    """A results folder after a summary: its table and its page."""
    results = tmp_path / "results"
    complete_face(results / "00042")
    rejected = {"status": "rejected", "reason": REASON, "yaw": None, "reprojection_error": None}
    write_json(results / "bad" / "fit" / "fit.json", rejected)
    write_json(results / "bad" / "parse" / "parse.json", {"notes": ["not parsed: no face"]})
    write_image(results / "bad" / "fit" / "overlay.png", GREY)
    write_json(results / "part" / "fit" / "fit.json", {"status": "accepted", "yaw": 1.0})
    write_npz(results / "part" / "inpaint" / "round1" / "view0.npz", texture=np.zeros(3))
    write_text(results / "part" / "inpaint" / "round1" / "view1.npz", "cut off")
    write_text(results / "part" / "provenance.png", "cut off")
    unlike = {"distance_before": None, "distance_after": None, "reason": "no face was found"}
    write_json(results / "part" / "identity.json", unlike)
    write_text(results / "torn" / "fit" / "fit.json", '{"status": "acc')
    write_text(results / "torn" / "parse" / "parse.json", '["notes')
    write_text(tmp_path / "ids.txt", "00042\nbad\npart\ntorn\n0007\n")
    report = tmp_path / "pages" / "report.html"
    outputs = Outputs(
        results / "summary.tsv", report, results / "viewer.js", results / "contact_sheet.png"
    )
    run(Inputs(tmp_path / "ids.txt", results, SCORE_MODELS["demo"]), outputs, SETTINGS)
    table = pd.read_csv(results / "summary.tsv", sep="\t", dtype={"id": str}).set_index("id")
    return table, report


def test_one_row_an_id_in_the_lists_order_with_leading_zeros(done):
    table, _ = done
    assert list(table.index) == ["00042", "bad", "part", "torn", "0007"]
    statuses = ["complete", "rejected", "unfinished", "unfinished", "unfinished"]
    assert list(table.status) == statuses


def test_figures_of_a_complete_face(done):
    row = done[0].loc["00042"]
    assert (row.yaw, row.pitch, row.roll) == (25.13, -3.0, 0.5)
    assert row.reprojection_error == 0.0312
    assert (row.outline_iou, row.faces_found, row.found_by) == (0.75, 2, "mediapipe")
    assert (row.share_observed, row.share_generated, row.share_completed) == (0.5, 0.4, 0.1)
    assert row.network_evaluations == 6000
    assert (row.identity_before, row.identity_after) == (0.4568, 0.6124)
    assert (row.seconds_fit, row.seconds_parse, row.seconds_inpaint) == (17.25, 1.5, 31.5)
    assert np.isnan(row.seconds_order_views)
    assert np.isnan(row.seconds_render)
    assert pd.isna(row.reason)


def test_what_is_out_of_range_is_said_in_words(done):
    table, _ = done
    flag = table.flag["00042"]
    assert flag.startswith("dlib's network takes photo and finished head for two persons")
    assert FLAG.strip() in flag
    assert flag.endswith("2 faces were found in the photo; the largest was taken.")
    # The error, 0.031, is in range.
    assert "landmarks" not in flag
    assert table.flag["part"] == "Photo and finished head could not be compared: no face was found."


def test_reasons_of_the_others(done):
    table, _ = done
    assert table.reason["bad"] == "No face was found in the <b>photo</b> & 'co'.png."
    assert table.reason["part"] == "fitted, 2 views inpainted so far"
    assert table.flag.drop(["00042", "part"]).isna().all()
    assert np.isnan(table.outline_iou["part"])
    assert np.isnan(table.network_evaluations["part"])
    assert np.isnan(table.identity_after["part"])
    assert "fit.json: not JSON" in table.reason["torn"]
    assert table.reason["0007"] == "not fitted yet"


def data_of(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page.read_text())[1])


def test_the_page_has_the_faces_in_the_lists_order(done):
    data = data_of(done[1])
    assert data["root"] == "../results/"
    names = [(row[0], data["statuses"][row[1]]) for row in data["faces"]]
    assert names == [
        ("00042", "complete, look at it"),
        ("bad", "rejected"),
        ("part", "unfinished"),
        ("torn", "unfinished"),
        ("0007", "unfinished"),
    ]
    complete = data["faces"][0]
    assert complete[-2:] == [["no colours: <grey>"], "mediapipe"]
    assert complete[-3]["outline_iou"] == FLAG.strip()


def test_the_page_says_what_made_the_faces(done):
    text = done[1].read_text()
    assert "<li>embedded score model, 64 pixels</li>" in text
    assert "<li>seed 7</li>" in text
    assert "knows procedural heads of 64 pixels only" in text


def test_viewer_and_contact_sheet_are_linked_from_the_page(done):
    data = data_of(done[1])
    assert data["viewer"] == "../results/viewer.js"
    assert (done[1].parent / data["viewer"]).is_file()
    assert '<a href="../results/contact_sheet.png">Contact sheet</a>' in done[1].read_text()
    with Image.open(done[1].parent / "../results/contact_sheet.png") as sheet:
        assert min(sheet.size) > 100


def test_a_run_with_nothing_done_has_a_table_and_a_page(tmp_path):
    write_text(tmp_path / "ids.txt", "one\n")
    report = tmp_path / "report.html"
    inputs = Inputs(tmp_path / "ids.txt", tmp_path / "results")
    sheet = tmp_path / "contact_sheet.png"
    run(inputs, Outputs(tmp_path / "summary.tsv", report, contact_sheet=sheet), SETTINGS)
    assert (tmp_path / "summary.tsv").read_text().splitlines()[1].startswith("one\tunfinished")
    assert "not fitted yet" in report.read_text()
    assert sheet.is_file()
    assert data_of(report)["viewer"] is None


def test_the_page_may_be_left_out(tmp_path):
    (tmp_path / "ids.txt").write_text("one\n")
    table = tmp_path / "all.tsv"
    paths = {"ids": tmp_path / "ids.txt", "results": tmp_path / "results", "summary": table}
    main(["summary", *(text for name, path in paths.items() for text in (f"--{name}", str(path)))])
    assert pd.read_csv(table, sep="\t").id.tolist() == ["one"]
    assert [path.name for path in tmp_path.glob("*.html")] == []
