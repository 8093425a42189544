"""Sampling several views together: against one view alone, closed forms, and views made by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from scoreface.base.errors import InputError
from scoreface.geometry.views import View, frontal
from scoreface.inpaint import multiview, texture_space
from scoreface.inpaint.multiview import MultiviewLangevin, owned
from scoreface.inpaint.pipelines import MultiviewSettings
from scoreface.inpaint.scene import RenderedView
from scoreface.inpaint.texture_space import SeenTexels, TexelLangevin
from scoreface.score.gaussian import GaussianScore
from scoreface.score.samplers import anneal, geometric_sigmas
from scoreface.texture.view_map import ViewMap

SIZE = 8  # of views and textures here
SIGMAS = geometric_sigmas(0.01, 50.0, 60)


def windows_of(*texels: torch.Tensor, known: tuple[int, ...] = ()) -> list[SeenTexels]:
    """Views made by hand from the texels that their pixels show, -1 for the background; ``known`` ones are gray."""
    maps = [ViewMap(shown, SIZE) for shown in texels]
    views = []
    for view_map in maps:
        is_known = torch.isin(view_map.texels, torch.tensor(known))
        face = torch.where(is_known[..., None], 0.5, 0.0).expand(*is_known.shape, 3)
        views.append(RenderedView(face, is_known, view_map.background))
    return SeenTexels.together(views, maps)


def flat_prior(level: torch.Tensor, variance: float = 1e-4) -> GaussianScore:
    """Independent pixels around ``level`` (H, W)."""
    mean = level.expand(3, -1, -1).reshape(-1)
    return GaussianScore(mean, torch.zeros(len(mean), 1), torch.zeros(1), variance, SIZE)


def smooth_prior() -> GaussianScore:
    basis = torch.linalg.qr(torch.randn(3 * SIZE**2, 6, generator=generator(5)))[0]
    mean = torch.linspace(0.2, 0.8, 3 * SIZE**2)
    return GaussianScore(mean, basis, torch.full((6,), 0.5), 0.01, SIZE)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def sample(model, windows, parts, at_once, steps=2, snr=0.15) -> torch.Tensor:
    generators = [generator(k) for k in range(len(windows))]
    models = [model] * len(windows)
    sampler = MultiviewLangevin(models, windows, parts, at_once, steps, snr, generators)
    (texels,) = anneal(sampler, SIGMAS)
    return texels


def sample_view(model, window) -> torch.Tensor:
    """The texels of one view by texture space."""
    (texels,) = anneal(TexelLangevin(model, window, 2, 0.15, generator(0)), SIGMAS)
    return texels


def everything() -> torch.Tensor:
    return torch.arange(SIZE * SIZE).reshape(SIZE, SIZE)


@pytest.mark.parametrize("at_once", [False, True])
def test_one_view_alone_is_texture_space(at_once):
    shown = everything() - 9  # the first nine pixels are background
    (window,) = windows_of(shown.clamp(min=-1), known=tuple(range(20)))
    found = sample(smooth_prior(), [window], [window.seen], at_once)
    expected = sample_view(smooth_prior(), window)
    assert torch.equal(found, expected)


def test_the_mean_over_two_views_that_are_the_same_is_one_view():
    windows = windows_of(everything(), everything(), known=(0, 1))
    found = sample(smooth_prior(), windows, [window.seen for window in windows], True)
    expected = sample_view(smooth_prior(), windows[0])
    assert torch.equal(found, expected)


def without_noise(monkeypatch) -> None:
    """What is left of the samplers then is the same whatever other texels draw numbers beside a view's own."""
    for module in (multiview, texture_space):
        monkeypatch.setattr(module, "standard_normal", lambda shape, *where: torch.zeros(shape))


def alone(model, shown: torch.Tensor, unseen: int) -> torch.Tensor:
    """The texels of a view by texture space, with ``unseen`` others in the texture."""
    (window,) = windows_of(shown)
    window = replace(window, count=len(window.values) + unseen)
    return sample_view(model, window)


def test_every_view_goes_its_own_way_where_no_texel_is_shared(monkeypatch):
    without_noise(monkeypatch)
    left = torch.where(everything() % SIZE < 4, everything(), -1)
    right = torch.where(everything() % SIZE >= 4, everything(), -1)
    windows = [replace(window, count=1000) for window in windows_of(left, right)]
    found = sample(smooth_prior(), windows, [window.seen for window in windows], False)
    unseen = 1000 - len(windows[0].values)
    assert torch.equal(found[windows[0].seen], alone(smooth_prior(), left, unseen))
    assert torch.equal(found[windows[1].seen], alone(smooth_prior(), right, unseen))


def test_what_the_first_view_reaches_no_other_view_moves(monkeypatch):
    without_noise(monkeypatch)
    left = torch.where(everything() % SIZE < 5, everything(), -1)
    windows = [replace(window, count=1000) for window in windows_of(left, everything())]
    parts = owned(windows, [torch.zeros(64)] * 2)
    found = sample(smooth_prior(), windows, parts, False)
    assert torch.equal(found[windows[0].seen], alone(smooth_prior(), left, 1000 - 64))
    # With every view moving it, a shared texel ends elsewhere.
    every = sample(smooth_prior(), windows, [window.seen for window in windows], False)
    assert not torch.equal(every[windows[0].seen], found[windows[0].seen])


def test_texels_go_to_the_first_view_or_to_the_nearest():
    one = torch.tensor([[0, 1], [2, -1]])
    other = torch.tensor([[2, 3], [1, 3]])
    third = torch.tensor([[3, 4], [0, 0]])
    windows = windows_of(one, other, third)
    first = owned(windows, [torch.zeros(5)] * 3)
    assert [part.nonzero().flatten().tolist() for part in first] == [[0, 1, 2], [3], [4]]
    distances = torch.tensor(
        [[2.0, 1.0, 3.0, 0.0, 0.0], [0.0, 1.0, 2.0, 3.0, 0.0], [1.0, 0.0, 0.0, 3.0, 9.0]]
    )
    nearest = owned(windows, distances)
    # 0: the second is nearer but does not see it. 1 and 3: of equal distances the first has it.
    assert [part.nonzero().flatten().tolist() for part in nearest] == [[1], [2, 3], [0, 4]]


def test_the_views_gradients_are_combined_as_asked():
    # The prior's upper rows are bright, its lower ones dark. Two views show all texels, the second upside down, so
    # each texel is bright in one view and dark in the other.
    level = (torch.arange(SIZE) < 4).float()[:, None].expand(SIZE, SIZE)
    model = flat_prior(level)
    windows = windows_of(everything(), everything().flip(0))
    seen = [window.seen for window in windows]
    upper = (torch.arange(64) < 32)[:, None]
    near = torch.zeros(64), torch.ones(64)

    first = sample(model, windows, owned(windows, [near[0]] * 2), False, 10, 0.3)
    assert (first - upper.float()).abs().max() < 0.1
    mean = sample(model, windows, seen, True, 10, 0.3)
    assert (mean - 0.5).abs().max() < 0.1
    nearest = sample(model, windows, owned(windows, near), True, 10, 0.3)
    assert (nearest - upper.float()).abs().max() < 0.1
    farther = sample(model, windows, owned(windows, near[::-1]), True, 10, 0.3)
    assert (farther - (~upper).float()).abs().max() < 0.1
    # Each view's steps in turn pull to and fro, and neither wins.
    every = sample(model, windows, seen, False, 10, 0.3)
    assert ((every > 0.05) & (every < 0.95)).all()


def test_known_texels_come_back_exactly_and_views_without_others_cost_nothing():
    calls = []

    class Counting(GaussianScore):
        def score(self, x, sigma):
            calls.append(x)
            return super().score(x, sigma)

    prior = smooth_prior()
    model = Counting(**{name: getattr(prior, name) for name in prior.__dataclass_fields__})
    known = tuple(range(32))
    upper = torch.where(everything() < 32, everything(), -1)
    windows = windows_of(upper, everything(), known=known)
    found = sample(model, windows, [window.seen for window in windows], False)
    assert (found[:32] == 0.5).all()
    assert not (found[32:] == 0.5).any()
    assert len(calls) == 2 * len(SIGMAS)


def test_no_view_takes_part_where_every_texel_is_known_in_some_view():
    shown = torch.tensor([[0, 1]])
    views = [
        RenderedView(torch.full((1, 2, 3), 0.5), torch.tensor([[k == 0, k == 1]]), shown < 0)
        for k in range(2)
    ]
    windows = SeenTexels.together(views, [ViewMap(shown, SIZE)] * 2)
    parts = [window.seen for window in windows]
    sampler = MultiviewLangevin([None] * 2, windows, parts, True, 2, 0.15, [generator(0)] * 2)
    assert sampler.active == []
    assert (windows[0].values == 0.5).all()


def test_a_known_texel_has_the_colour_of_a_pixel_that_shows_it():
    shown = torch.tensor([[0, 0], [1, -1]])
    blank = torch.zeros(2, 2, dtype=torch.bool)
    face = torch.rand(2, 2, 3, generator=generator(0))
    known = torch.tensor([[True, True], [False, False]])
    unknown = RenderedView(torch.zeros(2, 2, 3), blank, shown < 0)
    maps = [ViewMap(shown, SIZE)] * 2
    for views in ([RenderedView(face, known, shown < 0), unknown], [unknown, unknown]):
        windows = SeenTexels.together(views, maps)
        is_known = views[0].known.any()
        for window in windows:
            assert window.known.tolist() == [is_known, False]
            assert torch.equal(window.values[0], face[0, 1] if is_known else torch.zeros(3))


def test_distances_are_those_from_where_a_view_looks_from(scene):
    texels = np.flatnonzero(scene.charts[32])
    points = scene.texel_points(texels, 32)
    # The sheet is a part of the upright cylinder x = sin a, z = cos a, with u = a / 4.4 + 0.5 in its part of the chart.
    u = ((texels % 32 + 0.5) / 32 - 0.05) / 0.9
    v = (1 - (texels // 32 + 0.5) / 32 - 0.05) / 0.9
    angle = (u - 0.5) * 4.4
    exact = np.stack([np.sin(angle), v * 1.6 - 0.8, np.cos(angle)], 1)
    vertices, upright = scene.mesh.vertices, frontal(scene.mesh, scene.axis_angle)
    scale = np.ptp(upright) / np.ptp(vertices)
    np.testing.assert_allclose(
        points, (exact - vertices.mean(0)) * scale, atol=scale * (1 - np.cos(4.4 / 24))
    )

    # Azimuth is positive to the head's left, +x, and elevation upwards.
    distance = scene.camera.distance
    sine, cosine = np.sin(np.radians(40)), np.cos(np.radians(40))
    left, above = np.array([[sine, 0, cosine], [0, sine, cosine]]) * distance
    np.testing.assert_allclose(scene.camera_distance(View(0, 40), left[None]), 0, atol=1e-12)
    np.testing.assert_allclose(scene.camera_distance(View(40, 0), above[None]), 0, atol=1e-12)
    np.testing.assert_allclose(scene.camera_distance(View(0, -40), np.zeros((1, 3))), distance)


def test_settings_that_cannot_work_are_refused():
    settings = {
        **{"face_size": 64, "noise_levels": 10, "snr": 0.1, "correction_threshold": 0.3},
        **{"keep_silhouette": False, "supersampling": 1, "samples": 1},
    }
    with pytest.raises(InputError, match=r"inpaint\.multiview\.combine"):
        MultiviewSettings(**settings, corrector_steps=1, textures="two", combine="median")
    with pytest.raises(InputError, match=r"inpaint\.multiview\.textures"):
        MultiviewSettings(**settings, corrector_steps=1, textures="three", combine="every")
    with pytest.raises(InputError, match=r"inpaint\.corrector_steps"):
        MultiviewSettings(**settings, corrector_steps=0, textures="two", combine="every")
