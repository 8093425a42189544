"""The walk over the views: reproducible view by view, and resumed after any interruption."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from scoreface.files import InputError
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import Mesh
from scoreface.geometry.views import View
from scoreface.inpaint.chain import Job, run
from scoreface.inpaint.image_space import ImageSpace
from scoreface.inpaint.scene import Scene
from scoreface.score.gaussian import GaussianScore
from scoreface.texture.state import GENERATED_1, GENERATED_2, OBSERVED, TextureState

VIEWS = [View(0, 0), View(0, 40), View(0, 80)]
# Nothing is as dark as -1, so nothing is given back: each view fills all that it sees.
PIPELINE = ImageSpace(16, 5, 1, 0.15, correction_threshold=-1.0)


@pytest.fixture(scope="module")
def scene() -> Scene:
    """A bent sheet with its left half known from a photo."""
    n = 13
    v, u = np.mgrid[0:n, 0:n] / (n - 1)
    angle = (u - 0.5) * 4.4
    vertices = np.stack([np.sin(angle), v * 1.6 - 0.8, np.cos(angle)], -1).reshape(-1, 3)
    corner = np.arange(n * n).reshape(n, n)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], 2), np.stack([a, c, d], 2)]).reshape(-1, 3)
    vt = np.stack([u, v], -1).reshape(-1, 2) * 0.9 + 0.05
    large = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    known = np.arange(32) + np.zeros((32, 1)) < 14
    mesh = Mesh(vertices, faces, vt, faces)
    return Scene(mesh, np.zeros(3), large, known, 16, PerspectiveCamera(2.6), "embree")


def load_model() -> GaussianScore:
    basis = torch.linalg.qr(torch.randn(768, 4, generator=torch.Generator().manual_seed(0)))[0]
    return GaussianScore(torch.full((768,), 0.6), basis, torch.full((4,), 2.0), 0.001, 16)


def job(folder, first=0, count=3, round_number=1, face_id="face", seed=0) -> Job:
    outputs = [
        folder / f"inpaint/round{round_number}/view{first + offset:03d}.npz"
        for offset in range(count)
    ]
    return Job(face_id, seed, round_number, first, VIEWS, outputs)


def walk(folder, scene, **changes) -> list[TextureState]:
    task = job(folder, **changes)
    run(task, load_model, scene, scene.first_state(), PIPELINE, {"mesh": "a"})
    return [TextureState.load(path) for path in task.outputs]


def same(one: TextureState, other: TextureState) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("texture", "labels", "view")
    )


def test_views_fill_what_they_see_and_never_touch_the_photo(tmp_path, scene):
    start = scene.first_state()
    states = walk(tmp_path, scene)
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


def test_one_job_for_all_views_equals_one_job_a_view(tmp_path, scene):
    together = walk(tmp_path / "together", scene)
    state = scene.first_state()
    for index in range(3):
        single = job(tmp_path / "single", first=index, count=1)
        run(single, load_model, scene, state, PIPELINE, {"mesh": "a"})
        state = TextureState.load(single.outputs[0])
        assert same(state, together[index])
        assert state.settings == together[index].settings


def test_seed_and_id_change_the_noise(tmp_path, scene):
    base = walk(tmp_path / "a", scene)[-1]
    assert same(base, walk(tmp_path / "b", scene)[-1])
    assert not same(base, walk(tmp_path / "c", scene, seed=1)[-1])
    assert not same(base, walk(tmp_path / "d", scene, face_id="other")[-1])


def test_a_cut_short_job_takes_up_behind_its_last_finished_view(tmp_path, scene):
    undisturbed = walk(tmp_path / "whole", scene)
    calls = 0

    class Killed(GaussianScore):
        def score(self, x, sigma):
            nonlocal calls
            calls += 1
            if calls == 15:  # five levels, two evaluations each: in the middle of the second view
                raise KeyboardInterrupt
            return super().score(x, sigma)

    model = load_model()
    killed = Killed(**{name: getattr(model, name) for name in model.__dataclass_fields__})
    folder = tmp_path / "cut"
    with pytest.raises(KeyboardInterrupt):
        run(job(folder), lambda: killed, scene, scene.first_state(), PIPELINE, {"mesh": "a"})
    # Snakemake deletes what a failed job has written.
    for path in (folder / "inpaint/round1").iterdir():
        path.unlink()
    calls = -1000
    run(job(folder), lambda: killed, scene, scene.first_state(), PIPELINE, {"mesh": "a"})
    assert calls == -1000 + 20  # two views, not three
    for path, expected in zip(job(folder).outputs, undisturbed, strict=True):
        assert same(TextureState.load(path), expected)


def test_a_damaged_kept_view_is_computed_again(tmp_path, scene, capsys):
    expected = walk(tmp_path, scene)
    kept = sorted((tmp_path / "inpaint/.finished").glob("round1-view001-*.npz"))[0]
    kept.write_bytes(kept.read_bytes()[:-40])
    again = walk(tmp_path, scene)
    assert all(same(*pair) for pair in zip(again, expected, strict=True))
    assert "computing it again" in capsys.readouterr().err


def test_changed_settings_make_everything_anew(tmp_path, scene):
    walk(tmp_path, scene)
    run(
        job(tmp_path),
        load_model,
        scene,
        scene.first_state(),
        replace(PIPELINE, noise_levels=7),
        {"mesh": "a"},
    )
    state = TextureState.load(job(tmp_path).outputs[0])
    assert state.settings["pipeline"]["noise_levels"] == 7
    assert state.evaluations == 14


def test_round_2_fills_what_round_1_left_and_costs_nothing_where_nothing_is_left(tmp_path, scene):
    first = walk(tmp_path, scene)[-1]
    second = job(tmp_path, round_number=2)
    run(second, load_model, scene, first, PIPELINE, {"mesh": "a"})
    states = [TextureState.load(path) for path in second.outputs]
    filled_now = states[-1].labels == GENERATED_2
    assert not (filled_now & first.filled).any()
    # The first view has nothing left that it sees.
    assert states[0].evaluations == 0
    assert same(states[0], first)


def test_correction_gives_dark_rims_back_in_round_1_only(tmp_path, scene):
    all_dark = replace(PIPELINE, correction_threshold=2.0)
    for round_number in (1, 2):
        task = job(tmp_path, count=1, round_number=round_number)
        run(task, load_model, scene, scene.first_state(), all_dark, {"mesh": "a"})
    first, second = (
        TextureState.load(tmp_path / f"inpaint/round{r}/view000.npz").unfilled.sum() for r in (1, 2)
    )
    assert first > second


def test_a_model_of_another_size_is_refused(tmp_path, scene):
    with pytest.raises(InputError, match=r"inpaint\.face_size: 32"):
        run(
            job(tmp_path),
            load_model,
            scene,
            scene.first_state(),
            replace(PIPELINE, face_size=32),
            {},
        )


def test_more_outputs_than_views_are_refused(tmp_path, scene):
    with pytest.raises(InputError, match="view 3 asked for"):
        run(job(tmp_path, count=4), load_model, scene, scene.first_state(), PIPELINE, {})
