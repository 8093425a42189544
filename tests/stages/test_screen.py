"""The screen stage from records to a table."""

import json

import pytest

from scoreface.cli import main


def screen(folder):
    command = ["screen", "--ids", str(folder / "ids.txt"), "--out", str(folder / "screen.tsv")]
    main([*command, "--results", str(folder / "results")])


def test_every_id_is_listed_with_its_reason(tmp_path):
    (tmp_path / "ids.txt").write_text("00042\nb\nadopted\n")
    fits = {
        "00042": {"status": "accepted", "reason": None, "yaw": 1, "pitch": 2, "roll": 3}
        | {"reprojection_error": 0.01, "outline_iou": 0.75, "flag": "Look at\tit."},
        "b": {"status": "rejected", "reason": "no\tface\nhere", "yaw": None, "pitch": None}
        | {"roll": None, "reprojection_error": None, "outline_iou": None, "flag": None},
        # As the stage adopt leaves it.
        "adopted": {"status": "accepted", "reason": None, "yaw": 0, "pitch": 0, "roll": 0}
        | {"reprojection_error": None},
    }
    for name, fit in fits.items():
        folder = tmp_path / "results" / name / "fit"
        folder.mkdir(parents=True)
        (folder / "fit.json").write_text(json.dumps(fit))
    screen(tmp_path)
    rows = [line.split("\t") for line in (tmp_path / "screen.tsv").read_text().splitlines()]
    assert rows == [
        ["id", "status", "reason", "yaw", "pitch", "roll", "error", "outline_iou", "flag"],
        ["00042", "accepted", "", "1.0000", "2.0000", "3.0000", "0.0100", "0.7500", "Look at it."],
        ["b", "rejected", "no face here", "", "", "", "", "", ""],
        ["adopted", "accepted", "", "0.0000", "0.0000", "0.0000", "", "", ""],
    ]


def test_a_missing_list_or_record_is_named(tmp_path):
    with pytest.raises(SystemExit, match=r"^error: .*ids\.txt: cannot be read as a list of ids"):
        screen(tmp_path)
    (tmp_path / "ids.txt").write_text("00042\n")
    with pytest.raises(SystemExit, match=r"^error: .*00042/fit/fit\.json"):
        screen(tmp_path)
    assert not (tmp_path / "screen.tsv").exists()
