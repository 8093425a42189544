"""The walk over the views: reproducible view by view, and resumed after any interruption."""

import shutil
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.geometry.views import View
from scoreface.inpaint import checkpoint
from scoreface.inpaint.chain import run_walk
from scoreface.inpaint.image_space import ImageSpace
from scoreface.inpaint.multiview import MultiView
from scoreface.inpaint.pipelines import COMBINE, ImageSettings, MultiviewSettings, TextureSettings
from scoreface.inpaint.texture_space import TextureSpace
from scoreface.inpaint.walk import Walk
from scoreface.score.gaussian import GaussianScore
from scoreface.texture.state import GENERATED_1, GENERATED_2, OBSERVED, TextureState

VIEWS = [View(0, 0), View(0, 40), View(0, 80)]
# Nothing is as dark as -1, so nothing is given back: each view fills all that it sees.
SETTINGS = (16, 5, 1, 0.15, -1.0, False)
PIPELINE = ImageSpace(ImageSettings(*SETTINGS, predictor=True))
VIEW_BY_VIEW = {
    "image": PIPELINE,
    "image without predictor": ImageSpace(ImageSettings(*SETTINGS, predictor=False)),
    "texture": TextureSpace(TextureSettings(*SETTINGS, "two")),
    "texture with one": TextureSpace(TextureSettings(*SETTINGS, "one")),
}
TOGETHER = {combine: MultiView(MultiviewSettings(*SETTINGS, "two", combine)) for combine in COMBINE}
TOGETHER["every with one"] = MultiView(MultiviewSettings(*SETTINGS, "one", "every"))
ALL = VIEW_BY_VIEW | TOGETHER


def each(pipelines):
    """Run a test with each of the pipelines."""
    return pytest.mark.parametrize("pipeline", pipelines.values(), ids=pipelines)


def changed(pipeline, **settings):
    """The pipeline with other settings."""
    return replace(pipeline, settings=replace(pipeline.settings, **settings))


def load_model() -> GaussianScore:
    basis = torch.linalg.qr(torch.randn(768, 4, generator=torch.Generator().manual_seed(0)))[0]
    return GaussianScore(torch.full((768,), 0.6), basis, torch.full((4,), 2.0), 0.001, 16)


def inpaint(
    folder, scene, pipeline=PIPELINE, first=0, count=3, keep_finished=True, **parts
) -> list[TextureState]:
    """The states of a walk over ``count`` views; ``parts`` are those of the walk that the test is about."""
    usual = {"face_id": "face", "seed": 0, "round": 1, "views": VIEWS, "load_model": load_model}
    usual["start"] = scene.first_state()
    walk = Walk(**{**usual, **parts}, indices=range(first, first + count), scene=scene)
    outputs = [folder / f"inpaint/round{walk.round}/view{view:03d}.npz" for view in walk.indices]
    run_walk(walk, pipeline, outputs, {"mesh": "a"}, keep_finished)
    return [TextureState.load(path) for path in outputs]


def same(one: TextureState, other: TextureState) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("texture", "labels", "view")
    )


def files(folder) -> dict[str, bytes]:
    """Contents of the states and previews that Snakemake sees."""
    return {path.name: path.read_bytes() for path in (folder / "inpaint/round1").iterdir()}


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


class Killed(GaussianScore):
    """A prior whose process is killed at one of its evaluations."""

    calls, last = 0, 0

    def score(self, x, sigma):
        Killed.calls += 1
        if Killed.calls == Killed.last:
            raise KeyboardInterrupt
        return super().score(x, sigma)


def load_killed(last: int) -> Killed:
    model = load_model()
    Killed.calls, Killed.last = 0, last
    return Killed(**{name: getattr(model, name) for name in model.__dataclass_fields__})


@each(ALL)
def test_views_fill_what_they_see_and_never_touch_the_photo(tmp_path, scene, pipeline):
    start = scene.first_state()
    states = inpaint(tmp_path, scene, pipeline)
    observed = start.labels == OBSERVED
    left = start.unfilled.sum()
    for index, state in enumerate(states):
        assert np.array_equal(state.texture[observed], start.texture[observed])
        assert np.array_equal(state.labels == GENERATED_1, state.view >= 0)
        assert state.view.max() <= index
        assert state.unfilled.sum() <= left
        left = state.unfilled.sum()
    assert (states[0].view == 0).any()
    assert left < start.unfilled.sum() / 2


@each(VIEW_BY_VIEW)
def test_one_job_for_all_views_equals_one_job_a_view(tmp_path, scene, pipeline):
    inpaint(tmp_path / "together", scene, pipeline)
    state = scene.first_state()
    for index in range(3):
        single = tmp_path / "single"
        (state,) = inpaint(single, scene, pipeline, first=index, count=1, start=state)
    assert files(tmp_path / "single") == files(tmp_path / "together")


@each(TOGETHER)
def test_views_that_are_sampled_together_take_one_job(tmp_path, scene, pipeline):
    with pytest.raises(InputError, match="multiview samples all 3 views together"):
        inpaint(tmp_path, scene, pipeline, count=2)


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


def test_seed_and_id_change_the_noise(tmp_path, scene):
    base = inpaint(tmp_path / "a", scene)[-1]
    assert same(base, inpaint(tmp_path / "b", scene)[-1])
    assert not same(base, inpaint(tmp_path / "c", scene, seed=1)[-1])
    assert not same(base, inpaint(tmp_path / "d", scene, face_id="other")[-1])


def test_a_cut_short_job_takes_up_behind_its_last_finished_view(tmp_path, scene):
    with pytest.raises(KeyboardInterrupt):
        # Five levels of two evaluations: in the middle of the second view.
        inpaint(tmp_path, scene, load_model=partial(load_killed, 15))
    inpaint(tmp_path, scene, load_model=partial(load_killed, -1))
    assert Killed.calls == 20  # two views, not three


@each(TOGETHER)
def test_views_that_are_sampled_together_take_up_at_a_noise_level(
    tmp_path, scene, pipeline, monkeypatch, capsys
):
    monkeypatch.setattr(checkpoint, "INTERVAL", 0.0)
    inpaint(tmp_path / "whole", scene, pipeline)
    folder = tmp_path / "cut"
    with pytest.raises(KeyboardInterrupt):
        inpaint(folder, scene, pipeline, load_model=partial(load_killed, 10))
    (kept,) = (folder / "inpaint/.finished").glob("round1-sampling-*.npz")
    before = 10 - 1
    with pytest.raises(KeyboardInterrupt):  # the level that was begun is done again, no other
        inpaint(folder, scene, pipeline, load_model=partial(load_killed, 6))
    inpaint(folder, scene, pipeline, load_model=partial(load_killed, -1))
    whole = sum(state.evaluations for state in inpaint(tmp_path / "whole", scene, pipeline))
    level = whole // SETTINGS[1]
    assert Killed.calls == whole - (before // level + 5 // level) * level
    assert files(folder) == files(tmp_path / "whole")
    assert not kept.exists()

    # A damaged one costs time and nothing else.
    shutil.rmtree(folder)
    with pytest.raises(KeyboardInterrupt):
        inpaint(folder, scene, pipeline, load_model=partial(load_killed, 10))
    kept.write_bytes(kept.read_bytes()[:-40])
    inpaint(folder, scene, pipeline)
    assert files(folder) == files(tmp_path / "whole")
    assert "sampling anew" in capsys.readouterr().err


@each(ALL)
@pytest.mark.parametrize("first", [1, 4])
def test_a_view_that_is_no_picture_is_an_error_and_not_written(
    tmp_path, scene, pipeline, first, monkeypatch
):
    monkeypatch.setattr(checkpoint, "INTERVAL", 0.0)
    inpaint(tmp_path / "whole", scene, pipeline)
    folder = tmp_path / "spoilt"
    with pytest.raises(InputError, match=r"^face, round 1, view 0: .*not finite.*score_model.*snr"):
        inpaint(folder, scene, pipeline, load_model=partial(load_spoilt, first))
    assert not (folder / "inpaint/round1").exists()
    assert not [*folder.rglob("*view*")]
    # What is kept of a sampling is what was sound, so it goes on from there.
    inpaint(folder, scene, pipeline)
    assert files(folder) == files(tmp_path / "whole")


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf, -torch.inf])
def test_infinite_pixels_are_not_taken_for_black_or_white(scene, wrong):
    walk = Walk("face", 0, 1, VIEWS, range(3), scene, scene.first_state(), load_model)
    pixels = torch.tensor([[[0.5, -1.0, 2.0]]])
    assert PIPELINE.picture(walk, 1, pixels).flatten().tolist() == [0.5, 0, 1]
    pixels[0, 0, 1] = wrong
    with pytest.raises(InputError, match=r"^face, round 1, view 1: what was sampled"):
        PIPELINE.picture(walk, 1, pixels)


def test_a_prior_with_a_mean_that_is_none_is_an_error(tmp_path, scene):
    prior = load_model()
    spoilt = replace(prior, mean=prior.mean.index_fill(0, torch.tensor([5]), torch.nan))
    with pytest.raises(InputError, match="not finite"):
        inpaint(tmp_path, scene, load_model=lambda: spoilt)


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


@each(ALL)
def test_the_states_count_the_evaluations(tmp_path, scene, pipeline):
    states = inpaint(tmp_path, scene, pipeline, load_model=partial(load_killed, -1))
    assert Killed.calls == sum(state.evaluations for state in states) > 0


@each(ALL)
def test_no_unknown_pixel_takes_no_model(tmp_path, scene, pipeline):
    def no_model():
        raise AssertionError("the prior was loaded")

    all_known = replace(scene, known=np.ones_like(scene.known))
    start = all_known.first_state()
    states = inpaint(tmp_path, all_known, pipeline, load_model=no_model)
    assert all(same(state, start) and state.evaluations == 0 for state in states)


def test_the_key_holds_all_views_that_are_sampled_together(tmp_path, scene):
    keys = {}
    for name, pipeline in (("image", PIPELINE), ("multiview", TOGETHER["mean"])):
        for last in (View(0, 80), View(0, 70)):
            views = [*VIEWS[:2], last]
            states = inpaint(tmp_path / name / str(last), scene, pipeline, views=views)
            keys.setdefault(name, []).append(states[0].settings["key"])
    assert keys["image"][0] == keys["image"][1]
    assert keys["multiview"][0] != keys["multiview"][1]


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


def test_round_2_fills_what_round_1_left_and_costs_nothing_where_nothing_is_left(tmp_path, scene):
    first = inpaint(tmp_path, scene)[-1]
    states = inpaint(tmp_path, scene, round=2, start=first)
    filled_now = states[-1].labels == GENERATED_2
    assert not (filled_now & first.filled).any()
    # The first view has nothing left that it sees.
    assert states[0].evaluations == 0
    assert same(states[0], first)


@each({"image": PIPELINE, "texture": VIEW_BY_VIEW["texture"]})
def test_correction_gives_dark_rims_back_in_round_1_only(tmp_path, scene, pipeline):
    all_dark = changed(pipeline, correction_threshold=2.0)
    first, second = (inpaint(tmp_path, scene, all_dark, count=1, round=r)[0] for r in (1, 2))
    assert first.unfilled.sum() > second.unfilled.sum()


def test_a_threshold_of_0_turns_the_correction_off(tmp_path, scene):
    # Nothing is darker than black: the same as a threshold below it.
    off = inpaint(tmp_path / "off", scene, changed(PIPELINE, correction_threshold=0.0))
    assert same(off[-1], inpaint(tmp_path / "none", scene)[-1])


def test_a_model_of_another_size_is_refused(tmp_path, scene):
    with pytest.raises(InputError, match=r"inpaint\.face_size: 32"):
        inpaint(tmp_path, scene, changed(PIPELINE, face_size=32))


def test_more_outputs_than_views_are_refused(tmp_path, scene):
    with pytest.raises(InputError, match="view 3 asked for"):
        inpaint(tmp_path, scene, count=4)
