"""Finished views: kept once, handed out under a second name, and never changed by what happens to that."""

import errno
import os
import time

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.inpaint.finished import FinishedViews, preview_of
from scoreface.texture.state import TextureState

KEY = "0123456789abcdef" * 4


@pytest.fixture
def views(tmp_path) -> FinishedViews:
    """A folder with one finished view."""
    known = np.eye(4, dtype=bool)
    state = TextureState.from_photo(np.full((4, 4, 3), 90, np.uint8), known, np.ones((4, 4), bool))
    views = FinishedViews(tmp_path / "inpaint" / ".finished", 1)
    views.keep(0, TextureState(**{**vars(state), "settings": {"key": KEY}}), picture(90))
    return views


@pytest.fixture
def output(tmp_path):
    return tmp_path / "inpaint" / "round1" / "view000.npz"


def picture(gray):
    return np.full((4, 8, 3), gray, np.uint8)


def pair(state):
    return [state, preview_of(state)]


def contents(state):
    return [path.read_bytes() for path in pair(state)]


def test_what_is_given_out_takes_no_space(views, output):
    kept = views.path(0, KEY)
    views.give_out(0, KEY, output)
    for source, target in zip(pair(kept), pair(output), strict=True):
        assert source.samefile(target)
    assert sorted(path.name for path in output.parent.iterdir()) == ["view000.npz", "view000.png"]
    # Once more, in the place of what is the same file already.
    views.give_out(0, KEY, output)
    assert sorted(path.name for path in output.parent.iterdir()) == ["view000.npz", "view000.png"]


@pytest.mark.parametrize("refusal", [errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK])
def test_without_hard_links_it_is_copied(views, output, monkeypatch, refusal):
    def refuse(source, target):
        raise OSError(refusal, os.strerror(refusal), str(source), None, str(target))

    monkeypatch.setattr(os, "link", refuse)
    views.give_out(0, KEY, output)
    assert contents(output) == contents(views.path(0, KEY))
    assert not output.samefile(views.path(0, KEY))


def test_a_file_of_somebody_else_is_copied_whole(views, output, monkeypatch):
    """Where another user's file may be linked, its time may still not be set."""

    def refuse(path, *times):
        raise PermissionError(errno.EPERM, "Operation not permitted", str(path))

    before = contents(views.path(0, KEY))
    monkeypatch.setattr(os, "utime", refuse)
    views.give_out(0, KEY, output)
    assert contents(output) == contents(views.path(0, KEY)) == before
    assert not output.samefile(views.path(0, KEY))


def test_it_is_as_new_as_what_a_job_makes(views, output):
    # Snakemake runs a job again whose outputs are older than its inputs.
    kept = views.path(0, KEY)
    for path in pair(kept):
        os.utime(path, (1e9, 1e9))
    before = time.time()
    views.give_out(0, KEY, output)
    for path in pair(output):
        assert path.stat().st_mtime > before - 10


def test_an_output_that_is_written_again_leaves_what_is_kept(views, output):
    kept = views.path(0, KEY)
    before = contents(kept)
    views.give_out(0, KEY, output)
    state = TextureState.load(output)
    TextureState(**{**vars(state), "evaluations": 7}).save(output)
    assert TextureState.load(output).evaluations == 7
    assert contents(kept) == before
    for path in pair(output):
        path.unlink()
    assert contents(kept) == before


def test_what_was_given_out_outlives_what_was_kept(views, output):
    views.give_out(0, KEY, output)
    before = contents(output)
    views.remove()
    assert not views.folder.exists()
    assert contents(output) == before


def test_a_folder_that_cannot_be_removed_ends_nothing(views, capsys):
    views.remove()
    views.remove()
    assert f"{views.folder}: cannot be removed" in capsys.readouterr().err


def test_a_state_counts_under_its_own_key_only(views):
    assert views.load(0, KEY) is not None
    # The name holds the beginning of the key alone.
    assert views.load(0, KEY[:16] + "f" * 48) is None
    preview_of(views.path(0, KEY)).unlink()
    assert views.load(0, KEY) is None


def test_what_is_not_there_cannot_be_given_out(views, output):
    with pytest.raises((InputError, FileNotFoundError)):
        views.give_out(1, KEY, output)
    assert not output.exists()
