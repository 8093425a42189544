"""The metrics against closed forms."""

import numpy as np
import pytest
import torch

from scoreface.benchmark.metrics import best_gain, disagreement, neighbours, psnr, ssim
from scoreface.geometry.views import View, view_grid
from scoreface.texture.view_map import ViewMap

LEFT = np.arange(32)[None].repeat(32, 0) < 16


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).random((32, 32, 3))


def test_psnr_of_a_known_offset_within_the_region_only(picture):
    worse = picture + np.where(LEFT, 0.1, 0.5)[..., None]
    # 10 log10(1 / 0.1^2) = 20 dB.
    assert psnr(picture, worse, LEFT) == pytest.approx(20)
    assert psnr(picture, worse, ~LEFT) == pytest.approx(20 * np.log10(2))


def test_the_best_gain_undoes_a_lamp_s_colour(picture):
    factors = np.array([0.5, 1.0, 1.6])
    # What lies outside does not count.
    image = np.where(LEFT[..., None], picture / factors, 0.1)
    assert best_gain(picture, image, LEFT) == pytest.approx(factors)


def test_no_other_gain_comes_nearer(picture):
    image = np.random.default_rng(1).random(picture.shape)
    best = best_gain(picture, image, LEFT)
    for factors in (best * [1.01, 1, 1], best * [1, 0.99, 1], np.ones(3)):
        assert psnr(picture, image * factors, LEFT) < psnr(picture, image * best, LEFT)


def test_what_is_black_has_no_gain(picture):
    assert (best_gain(picture, 0 * picture, LEFT) == 1).all()


def test_ssim_of_equal_pictures_is_one_where_they_are_equal(picture):
    assert ssim(picture, picture, LEFT) == pytest.approx(1)
    other = np.where(LEFT[..., None], picture, 1 - picture)
    # Windows of 7 x 7 reach 3 pixels over the border.
    assert ssim(picture, other, np.roll(LEFT, -3, 1) & LEFT) == pytest.approx(1)
    assert ssim(picture, other, ~LEFT) < 0


def test_ssim_of_constant_pictures_is_that_of_their_means():
    one, other = np.full((16, 16, 3), 0.2), np.full((16, 16, 3), 0.6)
    # Wang et al. 2004, equation 13, without variances: (2 a b + C1) / (a^2 + b^2 + C1), C1 = 0.01^2.
    expected = (2 * 0.2 * 0.6 + 1e-4) / (0.2**2 + 0.6**2 + 1e-4)
    assert ssim(one, other, np.ones((16, 16), bool)) == pytest.approx(expected)


def test_neighbours_of_a_grid_whatever_its_order():
    views = view_grid([-10, 0, 10], [-20, 20])[::-1]
    pairs = {frozenset(views[i] for i in pair) for pair in neighbours(views)}
    expected = {frozenset((View(e, -20), View(e, 20))) for e in (-10, 0, 10)}
    expected |= {frozenset((View(e, a), View(e + 10, a))) for e in (-10, 0) for a in (-20, 20)}
    assert pairs == expected


def test_views_of_one_texture_agree_and_others_differ_by_what_they_differ():
    generator = torch.Generator().manual_seed(0)
    views = view_grid([0], [-20, 0, 20])
    maps = [ViewMap(torch.randint(-1, 64, (12, 12), generator=generator), size=8) for _ in views]
    texture = torch.rand(8, 8, 3, generator=generator)
    faces = [view_map.render(texture) for view_map in maps]
    everything = np.ones((8, 8), bool)
    assert disagreement(views, faces, maps, everything) == pytest.approx(0, abs=1e-7)
    # Only the middle view is off: both pairs of neighbours differ by as much.
    shifted = [faces[0], faces[1] + 0.25, faces[2]]
    assert disagreement(views, shifted, maps, everything) == pytest.approx(0.25)
    # The outer two are no neighbours.
    assert disagreement(views, [faces[0], faces[1], faces[2] + 0.5], maps, everything) < 0.5


def test_views_that_share_no_texel_say_nothing_of_agreement():
    maps = [ViewMap(torch.full((2, 2), texel), size=2) for texel in (0, 3)]
    faces = [torch.zeros(2, 2, 3)] * 2
    everything = np.ones((2, 2), bool)
    assert np.isnan(disagreement(view_grid([0], [0, 20]), faces, maps, everything))
