"""What the views of a walk fill, round by round, what it costs, and what is refused."""

import hashlib
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.inpaint.walk import Walk
from scoreface.texture.state import GENERATED_1, GENERATED_2, OBSERVED

from .walks import (
    ALL,
    JOINT,
    PIPELINE,
    TOGETHER,
    VIEW_BY_VIEW,
    VIEWS,
    Killed,
    changed,
    each,
    inpaint,
    load_killed,
    load_model,
    same,
)


@each(ALL)
def test_views_fill_what_they_see_and_never_touch_the_photo(tmp_path, scene, pipeline):
    start = scene.first_state(pipeline.settings.samples)
    states = inpaint(tmp_path, scene, pipeline)
    observed = start.labels == OBSERVED
    left = start.unfilled.sum()
    for index, state in enumerate(states):
        assert np.array_equal(state.textures[:, observed], start.textures[:, observed])
        assert np.array_equal(state.labels == GENERATED_1, state.view >= 0)
        assert state.view.max() <= index
        assert state.unfilled.sum() <= left
        left = state.unfilled.sum()
    assert (states[0].view == 0).any()
    assert left < start.unfilled.sum() / 2


def test_seed_and_id_change_the_noise(tmp_path, scene):
    base = inpaint(tmp_path / "a", scene)[-1]
    assert same(base, inpaint(tmp_path / "b", scene)[-1])
    assert not same(base, inpaint(tmp_path / "c", scene, seed=1)[-1])
    assert not same(base, inpaint(tmp_path / "d", scene, face_id="other")[-1])


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


@each(ALL)
def test_the_states_count_the_evaluations(tmp_path, scene, pipeline):
    states = inpaint(tmp_path, scene, pipeline, load_model=partial(load_killed, -1))
    assert Killed.calls == sum(state.evaluations for state in states) > 0


@each(ALL)
def test_no_unknown_pixel_takes_no_model(tmp_path, scene, pipeline):
    def no_model():
        raise AssertionError("the prior was loaded")

    all_known = replace(scene, known=np.ones_like(scene.known))
    start = all_known.first_state(pipeline.settings.samples)
    states = inpaint(tmp_path, all_known, pipeline, load_model=no_model)
    assert all(same(state, start) and state.evaluations == 0 for state in states)


def test_the_noise_of_a_view_is_a_function_of_seed_id_round_view_and_completion(scene):
    walk = Walk("face", 7, 2, VIEWS, range(3), scene, scene.first_state(), load_model)

    def numbers(generator):
        return torch.randn(4, generator=generator)

    for index in range(3):
        # Of the first completion as it was before there were several.
        name = int.from_bytes(hashlib.sha256(b"face").digest()[:8], "big")
        seed = np.random.SeedSequence((7, name, 2, index)).generate_state(1, np.uint64)[0]
        expected = numbers(torch.Generator().manual_seed(int(seed)))
        assert torch.equal(numbers(walk.generator(index)), expected)
        assert torch.equal(numbers(walk.generator(index, 0)), expected)
    drawn = [numbers(walk.generator(index, sample)) for index in range(3) for sample in range(4)]
    assert len({tuple(one.tolist()) for one in drawn}) == 12


def test_the_first_of_several_completions_is_the_one_alone(tmp_path, scene):
    alone = inpaint(tmp_path / "alone", scene, JOINT)[-1]
    several = inpaint(tmp_path / "several", scene, TOGETHER["joint, three"])[-1]
    assert np.array_equal(several.labels, alone.labels)
    assert np.array_equal(several.view, alone.view)
    # Half precision, and sums over a larger batch.
    assert np.abs(several.texture.astype(float) - alone.texture).max() < 2e-3
    made = several.view >= 0
    first, second, third = several.textures[:, made].astype(float)
    for one, other in ((first, second), (first, third), (second, third)):
        assert np.abs(one - other).mean() > 0.01


def test_a_second_round_of_all_views_together_has_nothing_left(tmp_path, scene):
    def no_model():
        raise AssertionError("the prior was loaded")

    for name in ("joint", "joint, three"):
        folder, pipeline = tmp_path / name, TOGETHER[name]
        first = inpaint(folder, scene, pipeline)[-1]
        more = {"round": 2, "start": first, "load_model": no_model}
        states = inpaint(folder, scene, pipeline, **more)
        assert all(same(state, first) and state.evaluations == 0 for state in states)


def test_round_2_fills_what_round_1_left_and_costs_nothing_where_nothing_is_left(tmp_path, scene):
    first = inpaint(tmp_path, scene)[-1]
    states = inpaint(tmp_path, scene, round=2, start=first)
    filled_now = states[-1].labels == GENERATED_2
    assert not (filled_now & first.filled).any()
    # The first view has nothing left that it sees.
    assert states[0].evaluations == 0
    assert same(states[0], first)


@each({"image": PIPELINE, "texture": VIEW_BY_VIEW["texture"], "joint": JOINT})
def test_correction_gives_dark_rims_back_in_round_1_only(tmp_path, scene, pipeline):
    all_dark = changed(pipeline, correction_threshold=2.0)
    count = 1 if pipeline in VIEW_BY_VIEW.values() else 3
    first, second = (inpaint(tmp_path, scene, all_dark, count=count, round=r)[0] for r in (1, 2))
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


@each(TOGETHER)
def test_views_that_are_sampled_together_take_one_job(tmp_path, scene, pipeline):
    name = type(pipeline).__name__.lower()
    with pytest.raises(InputError, match=f"{name} samples all 3 views together"):
        inpaint(tmp_path, scene, pipeline, count=2)
