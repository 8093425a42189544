"""The tables of the benchmark on real photos, by hand."""

import numpy as np
import pandas as pd
import pytest

from scoreface.benchmark.holdout.tables import COLUMNS, summarise, write_rows

#: PSNR by photo, yaw and method.
PSNR = {
    ("a", 30, "one"): 20.0,
    ("a", -30, "one"): 22.0,
    ("b", 30, "one"): 30.0,
    ("a", 30, "two"): 19.0,
    ("a", -30, "two"): 20.0,
    ("b", 30, "two"): 26.5,
}
SHARED = {"head_yaw": 5.0, "share_kept": 0.3, "share_hidden": 0.1}
SHARED |= {"identity_before": 0.5, "identity_truth": 0.25}


@pytest.fixture
def rows():
    """Two photos with figures, one of them at two yaws, and one without a face."""
    found = []
    for (photo, yaw, method), psnr in PSNR.items():
        figures = {"psnr": psnr, "psnr_gain": psnr + 1, "ssim": psnr / 100, "ssim_gain": 0.5}
        figures |= {"identity": 0.4, "identity_gain": 0.4, "seconds": 2.0, "evaluations": 300}
        row = {"photo": photo, "yaw": yaw, "method": method, "reason": "", **SHARED, **figures}
        found.append(row)
    for yaw in (-30, 30):
        for method in ("one", "two"):
            row = {"photo": "c", "yaw": yaw, "method": method, "reason": "no face, alas"}
            found.append(row)
    return found


def table(summary, heading):
    """The rows of one of the summary's tables, by their first cell."""
    lines = summary.splitlines()
    (start,) = [i for i, line in enumerate(lines) if line.startswith(f"| {heading} |")]
    found = {}
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        found[name] = cells
    return found


def test_all_columns_are_there_and_what_is_left_out_has_no_figures(rows, tmp_path):
    write_rows(tmp_path / "results.csv", rows)
    written = pd.read_csv(tmp_path / "results.csv", keep_default_na=False)
    assert tuple(written.columns) == COLUMNS
    assert len(written) == len(rows)
    assert list(written.psnr[:2]) == ["20", "22"]
    out = written[written.photo == "c"]
    assert set(out.reason) == {"no face, alas"}
    assert set(out.psnr) == {""}


def test_a_photo_counts_once_however_many_yaws_it_has(rows):
    means = table(summarise(rows), "method")
    # Photo a has 21, b 30: mean 25.5, deviation 9 / sqrt 2, error that over sqrt 2.
    assert means["one"][0] == "25.50 ± 4.50"
    assert means["one"][1] == "26.50 ± 4.50"
    assert means["two"][0] == "23.00 ± 3.50"
    # No network, no figure.
    assert means["one"][4] == means["one"][5] == ""
    assert means["one"][-2:] == ["2.0", "300"]


def test_the_spread_names_the_photos_at_its_ends(rows):
    spread = table(summarise(rows), "PSNR over photos")
    assert spread["one"] == [f"{9 / np.sqrt(2):.2f}", "21.00", "a", "30.00", "b"]


def test_by_yaw(rows):
    by_yaw = table(summarise(rows), "PSNR / with gain")
    assert by_yaw["PSNR / with gain"] == ["yaw -30", "yaw +30"]
    assert by_yaw["one"] == ["22.00 / 23.00", "25.00 / 26.00"]


def test_methods_are_compared_on_the_same_photos(rows):
    against = table(summarise(rows), "less one's")
    assert list(against) == ["less one's", "---", "two"]
    # Photo a has -1.5, b -3.5; of two photos the interval reaches from one to the other.
    assert against["two"][0] == "-2.50 (-3.50 to -1.50)"
    assert against["two"][6] == "+0.000 (+0.000 to +0.000)"


def test_the_sentences(rows):
    summary = summarise(rows)
    assert "2 photos. Of the chart 30% is given and 10% hidden." in summary
    assert "alone 0.500, to that with nothing hidden 0.250." in summary
    assert summary.endswith("Left out: c at -30, +30: no face, alas\n")


def test_of_one_photo_there_is_no_error(rows):
    means = table(summarise([row for row in rows if row["photo"] == "a"]), "method")
    assert means["one"][0] == "21.00"


def test_where_all_are_left_out_that_is_all_that_is_said(rows):
    left_out = [row for row in rows if row["reason"]]
    assert summarise(left_out) == "Left out: c at -30, +30: no face, alas\n"
