"""Index maps: rendering, its transpose, averaging."""

import numpy as np
import torch

from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.mesh import load_obj
from scoreface.geometry.views import View
from scoreface.texture.chart import nearest_texels
from scoreface.texture.layout import make_layout
from scoreface.texture.view_map import ViewMap, view_map


def _random_map(generator: torch.Generator) -> ViewMap:
    texels = torch.randint(-1, 36, (9, 7), generator=generator)
    return ViewMap(texels, 6)


def test_texels_of_pixels_follow_the_convention():
    # Texel (i, j) of 4 x 4 has its centre at u = (j + .5) / 4, v = 1 - (i + .5) / 4.
    rows, columns = np.mgrid[0:4, 0:4]
    uv = np.stack([(columns + 0.5) / 4, 1 - (rows + 0.5) / 4], -1)
    found = ViewMap.from_uv(uv, np.zeros((4, 4), bool), 4)
    np.testing.assert_array_equal(found.texels, rows * 4 + columns)


def test_scatter_add_is_the_transpose_of_render():
    # <render(t), f> = <t, scatter_add(f)> for any t and f.
    generator = torch.Generator().manual_seed(1)
    view = _random_map(generator)
    texture = torch.randn(6, 6, 3, generator=generator, dtype=torch.float64)
    face = torch.randn(9, 7, 3, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(
        (view.render(texture) * face).sum(), (texture * view.scatter_add(face)).sum()
    )


def test_average_is_the_mean_over_a_texels_pixels():
    generator = torch.Generator().manual_seed(2)
    view = _random_map(generator)
    face = torch.rand(9, 7, 3, generator=generator)
    pixels = torch.rand(9, 7, generator=generator) > 0.3
    mean, touched = view.average(face, pixels)
    for texel in range(36):
        mine = pixels & (view.texels == texel)
        assert bool(touched.reshape(-1)[texel]) == bool(mine.any())
        expected = face[mine].mean(0) if mine.any() else torch.zeros(3)
        torch.testing.assert_close(mean.reshape(36, 3)[texel], expected)


def test_snapped_pixels_lie_in_the_chart_and_others_stay():
    generator = torch.Generator().manual_seed(3)
    view = _random_map(generator)
    chart = np.zeros((6, 6), bool)
    chart[1:5, 1:5] = True
    snapped = view.snapped(nearest_texels(chart))
    inside = torch.from_numpy(chart.ravel())
    seen = ~view.background
    assert inside[snapped.texels[seen]].all()
    already = seen & inside[view.texels.clamp(min=0)]
    assert (snapped.texels == view.texels)[already | view.background].all()
    # Each goes to a nearest texel of the chart.
    row, column = (x.numpy() for x in (view.texels[seen] // 6, view.texels[seen] % 6))
    to_row, to_column = (x.numpy() for x in (snapped.texels[seen] // 6, snapped.texels[seen] % 6))
    distance = np.hypot(row - np.clip(row, 1, 4), column - np.clip(column, 1, 4))
    np.testing.assert_allclose(np.hypot(row - to_row, column - to_column), distance)


def test_a_view_of_a_real_mesh_agrees_with_the_published_updates(reference):
    """The map of one view, as the published code rasterised it, seen through both texture sizes."""
    mesh = load_obj(reference / "bumpy_head.obj")
    views = np.load(reference / "views_bumpy.npz")
    nearest = {
        size: nearest_texels(make_layout(mesh.vt, mesh.ft, mesh.faces, size).chart)
        for size in (64, 256)
    }
    maps = view_map(
        mesh,
        views["axis_angle_0"],
        View(*views["order_0"][0]),
        PerspectiveCamera(),
        96,
        nearest,
    )
    uv = (views["uv_0_0"] + 1) / 2
    for size in (64, 256):
        published = ViewMap.from_uv(uv, views["bg_0_0"], size).snapped(nearest[size])
        assert (maps[size].texels == published.texels).float().mean() > 0.995
