"""Figures are kept, and not taken for those of other settings."""

import pytest

from scoreface.benchmark.records import FACE, Records


@pytest.fixture
def records(tmp_path):
    return Records(tmp_path / "face", {FACE: "0", "one": "1", "two": "2"})


def test_what_is_written_is_read(records):
    assert records.missing == [FACE, "one", "two"]
    records.write("one", {"psnr": 30.5})
    assert records.read("one") == {"reason": "", "psnr": 30.5}
    assert records.missing == [FACE, "two"]
    records.reject(["two"], "no face")
    assert records.read("two") == {"reason": "no face"}


def test_figures_of_other_settings_are_none(records):
    records.write("one", {"psnr": 30.5})
    other = Records(records.folder, {"one": "another"})
    assert other.read("one") is None
    assert other.missing == ["one"]


def test_a_row_has_what_the_methods_share(records):
    records.write("two", {"psnr": 20.0})
    # Before the face there is none.
    assert records.rows() == []
    records.write(FACE, {"share": 0.5})
    assert records.rows() == [{"method": "two", "reason": "", "share": 0.5, "psnr": 20.0}]
