"""The tables of the quality benchmark, by hand."""

import pandas as pd
import pytest

from scoreface.benchmark.tables import COLUMNS, GROUPS, summarise, write_rows

#: Head, yaw, the person's groups, and the PSNR of two methods.
FACES = [
    (0, 0, ("I", "bald", "no", "none", "soft"), (20.0, 18.0)),
    (0, 30, ("I", "bald", "no", "none", "soft"), (24.0, 18.0)),
    (1, 0, ("I", "bob", "yes", "none", "soft"), (28.0, 20.0)),
    (2, 0, ("VI", "bob", "no", "none", "soft"), (33.5, 25.0)),
]


@pytest.fixture
def rows():
    """Three heads, the first of them at two yaws."""
    return [
        {
            **dict(zip(GROUPS, groups, strict=True)),
            **{"face": f"{head}{yaw}", "head": head, "yaw": yaw, "method": method, "reason": ""},
            **{"psnr_texels": psnr, "ssim_texels": psnr / 100, "descriptor": [float(head)]},
        }
        for head, yaw, groups, values in FACES
        for method, psnr in zip(("one", "two"), values, strict=True)
    ]


def lines_of(rows, name):
    """The rows of a group's table, without the rule."""
    lines = summarise(rows).splitlines()
    (start,) = [i for i, line in enumerate(lines) if line.startswith(f"| PSNR / SSIM by {name} ")]
    end = start + next(i for i, line in enumerate([*lines[start:], ""]) if not line)
    return [lines[start], *lines[start + 2 : end]]


def test_each_group_has_the_mean_over_its_heads(rows):
    assert lines_of(rows, "type") == [
        "| PSNR / SSIM by type | heads | one | two |",
        # Head 0 has 22, head 1 has 28.
        "| I | 2 | 25.00 ± 3.00 / 0.250 | 19.00 ± 1.00 / 0.190 |",
        "| VI | 1 | 33.50 / 0.335 | 25.00 / 0.250 |",
    ]
    assert lines_of(rows, "glasses")[1].startswith("| no | 2 | 27.75 ± 5.75 / ")


def test_a_single_group_is_no_comparison(rows):
    summary = summarise(rows)
    assert "SSIM by hair" in summary
    assert "SSIM by beard" not in summary
    assert "SSIM by light" not in summary


def test_a_rejected_photo_counts_in_no_group(rows):
    rejected = {**rows[0], "face": "9", "head": 9, "reason": "no face, alas", "psnr_texels": None}
    assert lines_of([*rows, rejected], "type") == lines_of(rows, "type")


def test_the_groups_are_columns(rows, tmp_path):
    write_rows(tmp_path / "results.csv", rows)
    table = pd.read_csv(tmp_path / "results.csv", keep_default_na=False)
    assert tuple(table.columns) == COLUMNS
    assert list(table.type) == ["I"] * 6 + ["VI"] * 2
    assert list(table.light) == ["soft"] * 8
