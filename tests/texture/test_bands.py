"""The window on a head's surface: against Gaussian filters of pictures, and across seams."""

import numpy as np
import pytest
from scipy import ndimage

from scoreface.geometry.mesh import Mesh
from scoreface.texture.bands import Lowpass
from scoreface.texture.layout import TextureLayout, make_layout

from .sheets import layout_of, sheet

# Of the window, in the sheet's units, and in texels of the chart: 32 of them go from -1 to 1.
WIDTH = 0.3
TEXELS = WIDTH * 16


@pytest.fixture(scope="module")
def mesh() -> Mesh:
    return sheet(65)


@pytest.fixture(scope="module")
def layout(mesh) -> TextureLayout:
    return layout_of(mesh)


@pytest.fixture(scope="module")
def lowpass(mesh, layout) -> Lowpass:
    return Lowpass.on_surface(mesh.vertices, mesh.faces, layout, WIDTH)


def square(layout: TextureLayout, values: np.ndarray) -> np.ndarray:
    """Values (N, C) of the chart's texels as the picture (32, 32, C) that the chart is."""
    return layout.picture(values)[32:, :32]


def test_the_chart_is_a_quarter(layout):
    assert square(layout, np.ones((len(layout.texels), 1))).sum() == len(layout.texels) == 32**2


def test_a_constant_stays(lowpass):
    values = np.full((32**2, 3), (0.2, 0.5, 0.9))
    np.testing.assert_allclose(lowpass(values), values, atol=1e-9)
    weight = np.random.default_rng(0).random(32**2)
    np.testing.assert_allclose(lowpass(values, weight), values, atol=1e-9)


@pytest.mark.parametrize("waves", [(1, 0), (0, 2), (2, 1), (2, 2), (3, 0)])
def test_a_wave_is_damped_as_by_the_window_s_kernel(lowpass, layout, mesh, waves):
    # Half waves on the sheet, which no rim cuts.
    points = (layout.interpolate(mesh.vertices)[:, :2] + 1) / 2
    wave = np.prod(np.cos(np.pi * np.array(waves) * points), axis=1)[:, None]
    square_of_frequency = np.square(np.pi * np.array(waves) / 2).sum()
    damped = wave / (1 + square_of_frequency * WIDTH**2 / 4) ** 2
    np.testing.assert_allclose(lowpass(wave), damped, atol=0.015)


def test_it_is_about_a_gaussian_of_its_width(lowpass, layout):
    # Noise that is smoother than the window; the two kernels differ by their tails.
    rng = np.random.default_rng(0)
    smooth = ndimage.gaussian_filter(rng.standard_normal((32, 32, 2)), (TEXELS, TEXELS, 0))
    smooth /= smooth.std()
    expected = ndimage.gaussian_filter(smooth, (TEXELS, TEXELS, 0), mode="reflect")
    values = layout.picture(np.zeros((32**2, 2)))
    values[32:, :32] = smooth
    found = square(layout, lowpass(values.reshape(-1, 2)[layout.texels]))
    assert np.abs(expected).max() > 1
    assert np.sqrt(np.mean((found - expected) ** 2)) < 0.1


def test_an_impulse_spreads_by_the_width(mesh, layout):
    # Far from the rim, and wide against the mesh's edges, between which values are interpolated.
    narrow = Lowpass.on_surface(mesh.vertices, mesh.faces, layout, 0.15)
    points = layout.interpolate(mesh.vertices)[:, :2]
    impulse = np.zeros((len(points), 1))
    impulse[np.square(points).sum(1).argmin()] = 1
    share = narrow(impulse)[:, 0]
    share /= share.sum()
    middle = share @ points
    spread = (share[:, None] * (points - middle)).T @ (points - middle)
    np.testing.assert_allclose(spread, 0.15**2 * np.eye(2), atol=0.1 * 0.15**2)


def test_what_has_no_weight_is_left_out(lowpass, layout):
    rng = np.random.default_rng(1)
    values, kept = rng.random((32**2, 3)), rng.random(32**2) < 0.7
    spoilt = np.where(kept[:, None], values, 1e3)
    weight = kept.astype(float)
    found = lowpass(spoilt, weight)
    np.testing.assert_allclose(found, lowpass(values, weight), atol=1e-9)
    # Twice the weight is the texel twice.
    np.testing.assert_allclose(found, lowpass(spoilt, 2 * weight), atol=1e-6)
    # Means of what is kept, by a Gaussian.
    picture, mask = square(layout, values), square(layout, weight[:, None])
    sigma = (TEXELS, TEXELS, 0)
    expected = ndimage.gaussian_filter(picture * mask, sigma) / ndimage.gaussian_filter(mask, sigma)
    assert np.abs(square(layout, found) - expected).max() < 0.05


def test_the_window_of_some_texels(lowpass):
    rng = np.random.default_rng(2)
    values, rows = rng.random((32**2, 3)), np.sort(rng.permutation(32**2)[:300])
    weight = np.zeros(32**2)
    weight[rows] = 1
    np.testing.assert_allclose(lowpass.at(rows)(values[rows]), lowpass(values, weight)[rows])


def test_a_seam_cuts_nothing_and_the_chart_s_neighbours_do_not_mix(lowpass, layout, mesh):
    cut = sheet(65, cut=True)
    apart = make_layout(cut.vt, cut.ft, cut.faces, layout.size)
    across = Lowpass.on_surface(cut.vertices, cut.faces, apart, WIDTH)

    def in_order(table, head, window):
        points = table.interpolate(head.vertices)[:, :2].round(9)
        order = np.lexsort(points.T)
        # A step beside the seam, and what would bleed over in the chart.
        values = np.stack([points[:, 0] > 0.1, points[:, 1] > 0.5], axis=1).astype(float)
        return points[order], window(values)[order]

    (points, whole), (same_points, found) = (
        in_order(layout, mesh, lowpass),
        in_order(apart, cut, across),
    )
    np.testing.assert_allclose(same_points, points)
    np.testing.assert_allclose(found, whole, atol=1e-9)
