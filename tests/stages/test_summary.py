"""The summary stage on a made-up run: faces that are done, rejected, under way and damaged."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from scoreface.base.arrays import write_image, write_npz
from scoreface.base.files import write_json, write_text
from scoreface.cli import main
from scoreface.stages.summary import Inputs, Outputs, Settings, run
from scoreface.texture.state import LEGEND

REASON = "No face was found in\tthe <b>photo</b> & 'co'.png.\n"
FLAG = "Look at overlay.png: 0.750 < 0.8.\n"
GREY = np.full((8, 8, 3), 128, np.uint8)


def benchmark(path, seconds):
    write_text(path, f"s\th:m:s\tmax_rss\n{seconds}\t0:00:01\t10.0\n")


def complete_face(folder):
    angles = {"yaw": 25.126, "pitch": -3.0, "roll": 0.5}
    fit = {"status": "accepted", "reason": None, **angles, "reprojection_error": 0.03125}
    fit |= {"outline_iou": 0.75, "flag": FLAG}
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
    write_json(folder / "identity.json", {"distance_before": None, "distance_after": 0.41237})
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
    outputs = Outputs(results / "summary.tsv", report)
    run(Inputs(tmp_path / "ids.txt", results), outputs, Settings())
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
    assert (row.outline_iou, row.flag) == (0.75, FLAG.strip())
    assert (row.share_observed, row.share_generated, row.share_completed) == (0.5, 0.4, 0.1)
    assert row.network_evaluations == 6000
    assert row.identity_distance == 0.4124
    assert (row.seconds_fit, row.seconds_parse, row.seconds_inpaint) == (17.25, 1.5, 31.5)
    assert np.isnan(row.seconds_order_views)
    assert np.isnan(row.seconds_render)
    assert pd.isna(row.reason)


def test_reasons_of_the_others(done):
    table, _ = done
    assert table.reason["bad"] == "No face was found in the <b>photo</b> & 'co'.png."
    assert table.reason["part"] == "fitted, 2 views inpainted so far"
    assert table.flag.drop("00042").isna().all()
    assert np.isnan(table.outline_iou["part"])
    assert np.isnan(table.network_evaluations["part"])
    assert np.isnan(table.identity_distance["part"])
    assert "fit.json: not JSON" in table.reason["torn"]
    assert table.reason["0007"] == "not fitted yet"


class Page(HTMLParser):
    """Collects what a page links to and the text that it shows."""

    def __init__(self, path):
        super().__init__()
        self.links, self.tags, self.text = [], [], ""
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for key, value in attrs if key in ("href", "src")]

    def handle_data(self, data):
        self.text += data


def test_page_links_to_pictures_that_exist_and_to_nothing_outside(done):
    _, path = done
    page = Page(path)
    files = {link for link in page.links if not link.startswith("#")}
    assert "../results/00042/before_after.png" in files
    assert "../results/00042/parse/overlay.png" in files
    assert "../results/bad/fit/overlay.png" in files
    assert all((path.parent / link).is_file() for link in files)
    assert not re.search(r"https?:|//\w", path.read_text())
    assert path.read_text().count("<img") == path.read_text().count('<img loading="lazy"')


def test_page_escapes_text_and_anchors_each_face(done):
    _, path = done
    page = Page(path)
    assert "<b>photo</b> & 'co'.png" in page.text
    assert "&lt;b&gt;photo&lt;/b&gt; &amp;" in path.read_text()
    anchors = re.findall(r'<article id="([^"]+)"', path.read_text())
    assert [link[1:] for link in page.links if link.startswith("#")] == anchors
    assert len(anchors) == 5


def test_page_shows_what_the_parser_could_not_do(done):
    _, path = done
    assert path.read_text().count('<p class="note">') == 1
    assert "Parse: no colours: <grey>" in Page(path).text


def test_page_shows_at_a_glance_which_fit_is_better_looked_at(done):
    text = done[1].read_text()
    assert '<span class="status flagged">1 flagged</span>' in text.partition("</header>")[0]
    flagged = '<span class="status flagged">flagged</span>'
    rows, cards = (re.findall(f"<{tag} .*?</{tag}>", text, re.DOTALL) for tag in ("tr", "article"))
    (row,) = [row for row in rows if flagged in row]
    assert 'href="#face-00042"' in row
    assert 'data-text="00042 complete  flagged look at' in row
    (card,) = [card for card in cards if flagged in card]
    assert card.startswith('<article id="face-00042"')
    # The sentence comes right behind the fit's picture.
    sentence = "Look at overlay.png: 0.750 &lt; 0.8."
    assert f'<figcaption>fit</figcaption></figure><p class="flag">{sentence}' in card
    assert "head and bare skin overlap by 75.0%" in card


def test_page_shows_the_shares_in_the_provenance_pictures_colours(done):
    text = done[1].read_text()
    assert "width:50.00%;background:#010203" in text
    assert "width:10.00%;background:#fafbfc" in text
    for label, meaning in LEGEND.items():
        assert (meaning in text) == (label > 0)


def test_a_run_with_nothing_done_has_a_table_and_a_page(tmp_path):
    write_text(tmp_path / "ids.txt", "one\n")
    report = tmp_path / "report.html"
    inputs = Inputs(tmp_path / "ids.txt", tmp_path / "results")
    run(inputs, Outputs(tmp_path / "summary.tsv", report), Settings())
    assert (tmp_path / "summary.tsv").read_text().splitlines()[1].startswith("one\tunfinished")
    assert "not fitted yet" in report.read_text()


def test_the_page_may_be_left_out(tmp_path):
    (tmp_path / "ids.txt").write_text("one\n")
    table = tmp_path / "all.tsv"
    paths = {"ids": tmp_path / "ids.txt", "results": tmp_path / "results", "summary": table}
    main(["summary", *(text for name, path in paths.items() for text in (f"--{name}", str(path)))])
    assert pd.read_csv(table, sep="\t").id.tolist() == ["one"]
    assert [path.name for path in tmp_path.glob("*.html")] == []
