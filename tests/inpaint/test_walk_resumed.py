"""A walk that is cut comes to the same files, and does nothing twice: finished views, checkpoints, their keys."""

import shutil
from functools import partial

import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.geometry.views import View
from scoreface.inpaint import checkpoint
from scoreface.score.gaussian import GaussianScore

from .walks import (
    ALL,
    LEVELS,
    PIPELINE,
    TOGETHER,
    VIEW_BY_VIEW,
    VIEWS,
    Killed,
    changed,
    each,
    files,
    inpaint,
    load_killed,
    load_model,
    same,
)


class Spoilt(GaussianScore):
    """A prior that gives a number that is none from one of its evaluations on."""

    calls, first = 0, 0

    def score(self, x, sigma):
        Spoilt.calls += 1
        score = super().score(x, sigma)
        if Spoilt.calls >= Spoilt.first:
            score[0, 0, 8, 8] = torch.nan
        return score


def load_spoilt(first: int) -> Spoilt:
    Spoilt.calls, Spoilt.first = 0, first
    return Spoilt(**vars(load_model()))


@each(VIEW_BY_VIEW)
def test_one_job_for_all_views_equals_one_job_a_view(tmp_path, scene, pipeline):
    inpaint(tmp_path / "together", scene, pipeline)
    state = scene.first_state()
    for index in range(3):
        single = tmp_path / "single"
        (state,) = inpaint(single, scene, pipeline, first=index, count=1, start=state)
    assert files(tmp_path / "single") == files(tmp_path / "together")


@each(ALL)
def test_the_same_files_come_out_however_often_a_job_is_killed(tmp_path, scene, pipeline):
    inpaint(tmp_path / "whole", scene, pipeline)
    folder = tmp_path / "cut"
    for last in (3, 4, 8):
        with pytest.raises(KeyboardInterrupt):
            inpaint(folder, scene, pipeline, load_model=partial(load_killed, last))
    inpaint(folder, scene, pipeline)
    assert files(folder) == files(tmp_path / "whole")
    # Snakemake deletes the outputs of a job that fails later on, and a state may get lost on the way.
    for path in (folder / "inpaint/round1").iterdir():
        path.unlink()
    next((folder / "inpaint/.finished").glob("round1-view001-*.npz")).unlink()
    inpaint(folder, scene, pipeline)
    assert files(folder) == files(tmp_path / "whole")


def test_a_cut_short_job_takes_up_behind_its_last_finished_view(tmp_path, scene):
    with pytest.raises(KeyboardInterrupt):
        # Five levels of two evaluations: in the middle of the second view.
        inpaint(tmp_path, scene, load_model=partial(load_killed, 15))
    inpaint(tmp_path, scene, load_model=partial(load_killed, -1))
    assert Killed.calls == 20  # two views, not three


@each(ALL)
def test_a_sampling_takes_up_at_a_noise_level(tmp_path, scene, pipeline, monkeypatch, capsys):
    monkeypatch.setattr(checkpoint, "INTERVAL", 0.0)
    inpaint(tmp_path / "whole", scene, pipeline)
    folder = tmp_path / "cut"
    with pytest.raises(KeyboardInterrupt):
        inpaint(folder, scene, pipeline, load_model=partial(load_killed, 10))
    (kept,) = (folder / "inpaint/.finished").glob("round1-sampling*.npz")
    before = 10 - 1
    with pytest.raises(KeyboardInterrupt):  # the level that was begun is done again, no other
        inpaint(folder, scene, pipeline, load_model=partial(load_killed, 6))
    inpaint(folder, scene, pipeline, load_model=partial(load_killed, -1))
    whole = sum(state.evaluations for state in inpaint(tmp_path / "whole", scene, pipeline))
    samplings = len(VIEWS) if pipeline in VIEW_BY_VIEW.values() else 1
    level = whole // samplings // LEVELS
    assert Killed.calls == whole - (before // level + 5 // level) * level
    assert files(folder) == files(tmp_path / "whole")
    assert not [*folder.rglob("*sampling*")]

    # A damaged one costs time and nothing else.
    shutil.rmtree(folder)
    with pytest.raises(KeyboardInterrupt):
        inpaint(folder, scene, pipeline, load_model=partial(load_killed, 10))
    kept.write_bytes(kept.read_bytes()[:-40])
    inpaint(folder, scene, pipeline)
    assert files(folder) == files(tmp_path / "whole")
    assert "sampling anew" in capsys.readouterr().err


def test_a_sampling_goes_on_from_the_same_state_only(tmp_path, scene, monkeypatch):
    monkeypatch.setattr(checkpoint, "INTERVAL", 0.0)
    with pytest.raises(KeyboardInterrupt):  # in the middle of the second view
        inpaint(tmp_path / "cut", scene, load_model=partial(load_killed, 17))
    views = [View(0, 20), *VIEWS[1:]]
    for folder in ("cut", "whole"):
        inpaint(tmp_path / folder, scene, views=views)
    assert files(tmp_path / "cut") == files(tmp_path / "whole")


@each(ALL)
@pytest.mark.parametrize("first", [1, 4])
def test_a_view_that_is_no_picture_is_an_error_and_not_written(
    tmp_path, scene, pipeline, first, monkeypatch
):
    monkeypatch.setattr(checkpoint, "INTERVAL", 0.0)
    inpaint(tmp_path / "whole", scene, pipeline)
    folder = tmp_path / "spoilt"
    with pytest.raises(
        InputError, match=r"^face, round 1, view 0: .*not finite.*score_model.*noise_levels"
    ):
        inpaint(folder, scene, pipeline, load_model=partial(load_spoilt, first))
    assert not (folder / "inpaint/round1").exists()
    assert not [*folder.rglob("*view*")]
    # What is kept of a sampling is what was sound, so it goes on from there.
    inpaint(folder, scene, pipeline)
    assert files(folder) == files(tmp_path / "whole")


@each({"image": PIPELINE, "multiview": TOGETHER["mean"]})
def test_finished_views_go_once_their_round_is_complete(tmp_path, scene, pipeline):
    kept = tmp_path / "inpaint/.finished"
    inpaint(tmp_path / "whole", scene, pipeline)
    if pipeline is PIPELINE:
        # Not while views of the round are missing.
        load = partial(load_killed, 15)
        with pytest.raises(KeyboardInterrupt):
            inpaint(tmp_path, scene, pipeline, keep_finished=False, load_model=load)
        (state,) = inpaint(tmp_path, scene, pipeline, count=1, keep_finished=False)
        assert len(list(kept.glob("*.npz"))) == 1
        rest = {"first": 1, "count": 2, "start": state}
        inpaint(tmp_path, scene, pipeline, keep_finished=False, **rest)
    else:
        inpaint(tmp_path, scene, pipeline, keep_finished=False)
    assert not kept.exists()
    assert files(tmp_path) == files(tmp_path / "whole")
    assert len(list((tmp_path / "whole/inpaint/.finished").glob("*.npz"))) == 3


def test_the_outputs_are_the_kept_files(tmp_path, scene):
    inpaint(tmp_path, scene)
    for output in (tmp_path / "inpaint/round1").iterdir():
        (kept,) = (tmp_path / "inpaint/.finished").glob(f"round1-{output.stem}-*{output.suffix}")
        assert output.samefile(kept)


def test_the_key_holds_all_views_that_are_sampled_together(tmp_path, scene):
    keys = {}
    pipelines = {"image": PIPELINE, "multiview": TOGETHER["mean"], "joint": TOGETHER["joint"]}
    for name, pipeline in pipelines.items():
        for last in (View(0, 80), View(0, 70)):
            views = [*VIEWS[:2], last]
            states = inpaint(tmp_path / name / str(last), scene, pipeline, views=views)
            keys.setdefault(name, []).append(states[0].settings["key"])
    assert keys["image"][0] == keys["image"][1]
    assert keys["multiview"][0] != keys["multiview"][1]
    assert keys["joint"][0] != keys["joint"][1]


def test_a_damaged_kept_view_is_computed_again(tmp_path, scene, capsys):
    expected = inpaint(tmp_path, scene)
    kept = sorted((tmp_path / "inpaint/.finished").glob("round1-view001-*.npz"))[0]
    kept.write_bytes(kept.read_bytes()[:-40])
    again = inpaint(tmp_path, scene)
    assert all(same(*pair) for pair in zip(again, expected, strict=True))
    assert "computing it again" in capsys.readouterr().err


def test_changed_settings_make_everything_anew(tmp_path, scene):
    inpaint(tmp_path, scene)
    state = inpaint(tmp_path, scene, changed(PIPELINE, noise_levels=7))[0]
    assert state.settings["pipeline"]["noise_levels"] == 7
    assert state.evaluations == 14
