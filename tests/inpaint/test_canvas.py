"""Views as means of the texels that they show, and texels as means of the views: by loops over samples."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from scoreface.geometry.views import View
from scoreface.inpaint.canvas import Canvas, make_canvas
from scoreface.texture.layout import make_layout
from scoreface.texture.state import GENERATED_1

FACE, SAMPLES = 16, 3
VIEWS = [View(0, 0), View(0, 40), View(20, 80)]


def canvas_of(scene, state, views=VIEWS, power=1.0) -> Canvas:
    return make_canvas(scene, state, views, FACE, SAMPLES, power)


def some_filled(scene, samples: int):
    """A state in which a few texels have been generated, in each completion with other colours."""
    state, rng = scene.first_state(samples), np.random.default_rng(3)
    colours = rng.random((samples, *state.texture.shape))
    return state.fill(colours, state.unfilled & (rng.random(state.labels.shape) < 0.2), 2, 0)


def samples_of(scene, view):
    """(FACE, FACE) lists of the samples of a pixel: pairs of indices into the large and the small texture."""
    large, small = (one.texels.numpy() for one in scene.maps(view, FACE * SAMPLES))
    for row, column in np.ndindex(FACE, FACE):
        at = np.s_[row * SAMPLES : (row + 1) * SAMPLES, column * SAMPLES : (column + 1) * SAMPLES]
        yield row, column, list(zip(large[at].ravel(), small[at].ravel(), strict=True))


@pytest.fixture(scope="module")
def state(scene):
    return some_filled(scene, 1)


@pytest.fixture(scope="module")
def canvas(scene, state) -> Canvas:
    return canvas_of(scene, state)


def test_a_pixel_is_the_mean_of_its_samples(scene, state, canvas):
    colours = torch.rand(1, len(canvas.texels), 3, generator=torch.Generator().manual_seed(0))
    rendered = canvas.render(colours)
    assert rendered.shape == (3, 3, FACE, FACE)
    of_texel = dict(zip(canvas.texels.tolist(), colours[0].double().numpy(), strict=True))
    photo, known = scene.large.reshape(-1, 3) / 255, scene.known.ravel()
    painted, filled = state.texture.reshape(-1, 3).astype(float), state.filled.ravel()
    for index, view in enumerate(VIEWS):
        for row, column, samples in samples_of(scene, view):
            total = np.zeros(3)
            for large, small in samples:
                if large < 0:
                    continue
                if known[large]:
                    total += photo[large]
                else:
                    total += painted[small] if filled[small] else of_texel[small]
            pixel = rendered[index, :, row, column].numpy()
            np.testing.assert_allclose(pixel, total / SAMPLES**2, atol=1e-5)


def test_known_texels_are_fixed_and_have_no_share(scene, state, canvas):
    filled = state.filled.ravel()
    assert not filled[canvas.texels.numpy()].any()
    black = canvas.render(torch.zeros(1, len(canvas.texels), 3))
    assert torch.equal(black, canvas.fixed)
    share = canvas.share.to_dense().reshape(3, FACE, FACE, -1)
    for index, view in enumerate(VIEWS):
        for row, column, samples in samples_of(scene, view):
            free = [
                small
                for large, small in samples
                if large >= 0 and not scene.known.ravel()[large] and not filled[small]
            ]
            assert share[index, row, column].sum() == pytest.approx(len(free) / SAMPLES**2)
            shown = canvas.texels[share[index, row, column] > 0].tolist()
            assert shown == sorted(set(free))


def test_a_texel_s_weights_have_the_sum_1_where_it_is_seen(canvas):
    assert canvas.seen.any()
    for weights in (canvas.gather, canvas.nearest):
        sums = weights.to_dense().sum(1)
        torch.testing.assert_close(sums, canvas.seen.float(), atol=1e-6, rtol=0)
        assert (sums[~canvas.seen] == 0).all()
    assert torch.equal(canvas.shown.any(0), canvas.seen)
    by_view = canvas.gather.to_dense().reshape(-1, 3, FACE * FACE).sum(2)
    assert torch.equal(by_view.T > 0, canvas.shown)


def test_the_nearest_view_is_the_one_with_most_weight_alone(canvas):
    gather, nearest = (
        one.to_dense().reshape(-1, 3, FACE * FACE)[canvas.seen]
        for one in (canvas.gather, canvas.nearest)
    )
    by_view, has = gather.sum(2), nearest.sum(2) > 0
    assert (has.sum(1) == 1).all()
    most = by_view.max(1).values
    torch.testing.assert_close(by_view[has], most, atol=1e-6, rtol=0)
    alone = gather[has] / by_view[has][:, None]
    torch.testing.assert_close(nearest[has], alone, atol=1e-6, rtol=0)
    # More than one view has most of something.
    assert (has.sum(0) > 0).sum() > 1


def test_pixels_that_the_head_covers_in_part_have_no_weight(scene, canvas):
    whole = torch.zeros(3, FACE, FACE, dtype=torch.bool)
    for index, view in enumerate(VIEWS):
        for row, column, samples in samples_of(scene, view):
            whole[index, row, column] = all(large >= 0 for large, _ in samples)
    assert torch.equal(canvas.whole[:, 0], whole)
    share = canvas.share.to_dense().sum(1).reshape(3, FACE, FACE)
    cut = ~whole & (share > 0)
    assert cut.any()
    for weights in (canvas.gather, canvas.nearest):
        assert (weights.to_dense()[:, cut.ravel()] == 0).all()
    assert torch.equal(canvas.unknown[:, 0], whole & (share > 0))


def cosines_of(scene, canvas: Canvas, azimuths: list[float]) -> np.ndarray:
    """Between the texels' normals on the bent sheet and the directions to the cameras: (views, T)."""
    layout = make_layout(scene.mesh.vt, scene.mesh.ft, scene.mesh.faces, scene.small_size)
    rows = np.searchsorted(layout.texels, canvas.texels.numpy())
    normals = layout.interpolate(scene.mesh.vertices)[rows] * [1, 0, 1]
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    points = layout.interpolate(scene.mesh.normalised().vertices)[rows]
    found = []
    for azimuth in np.radians(azimuths):
        # Azimuth is positive to +x.
        away = scene.camera.distance * np.array([np.sin(azimuth), 0, np.cos(azimuth)]) - points
        found.append((away * normals).sum(1) / np.linalg.norm(away, axis=1))
    return np.array(found)


def test_a_view_weighs_by_the_samples_and_by_the_angle(scene):
    state = scene.first_state()
    flat, slanted = (canvas_of(scene, state, VIEWS[:2], power) for power in (0.0, 1.0))
    assert torch.equal(flat.texels, slanted.texels)
    cosines = cosines_of(scene, flat, [0, 40])
    # Without the angle, a pixel weighs by the share of it that shows the texel.
    share = (flat.share.to_dense() * flat.whole.reshape(-1, 1)).T.reshape(-1, 2, FACE * FACE)
    facing = torch.from_numpy((cosines > 0.1).T)
    share = (share * facing[..., None]).reshape(len(share), -1)
    plainly = (np.abs(cosines - 0.1) > 0.02).all(0)
    expected = share / share.sum(1, keepdim=True).clamp(min=1e-9)
    found = flat.gather.to_dense()
    torch.testing.assert_close(found[plainly], expected[plainly], atol=1e-6, rtol=0)

    both = flat.shown.all(0).numpy() & plainly
    assert both.sum() > 5
    of_views = [
        one.gather.to_dense().reshape(-1, 2, FACE * FACE).sum(2)[both] for one in (flat, slanted)
    ]
    ratio, with_angle = (one[:, 0] / one[:, 1] for one in of_views)
    expected = cosines[0, both] / cosines[1, both]
    np.testing.assert_allclose(with_angle / ratio, expected, rtol=0.05)


def test_what_turns_away_from_a_view_has_no_weight_in_it(scene):
    canvas = canvas_of(scene, scene.first_state(), [View(0, -10), View(0, 80)])
    in_whole_pixels = canvas.share.to_dense() * canvas.whole.reshape(-1, 1)
    shows = in_whole_pixels.reshape(2, FACE * FACE, -1).sum(1).numpy() > 0
    cosines = cosines_of(scene, canvas, [-10, 80])
    away, facing = shows & (cosines < 0.08), shows & (cosines > 0.12)
    assert away.any()
    assert not canvas.shown.numpy()[away].any()
    assert canvas.shown.numpy()[facing].all()


@pytest.mark.parametrize("nearest", [False, True])
def test_one_colour_comes_back(scene, nearest):
    colour = torch.tensor([0.2, 0.4, 0.8])
    even = replace(scene, large=np.full_like(scene.large, 255) * colour.numpy())
    canvas = canvas_of(even, even.first_state())
    found = canvas.collect(canvas.render(colour.expand(1, len(canvas.texels), 3)), nearest)
    # Known texels have theirs in half precision.
    torch.testing.assert_close(
        found[0, canvas.seen], colour.expand(int(canvas.seen.sum()), 3), atol=1e-3, rtol=0
    )
    assert (found[0, ~canvas.seen] == 0).all()


@pytest.mark.parametrize("nearest", [False, True])
def test_completions_side_by_side_are_each_alone(scene, nearest):
    state = some_filled(scene, 3)
    together = canvas_of(scene, state)
    colours = torch.rand(3, len(together.texels), 3, generator=torch.Generator().manual_seed(0))
    rendered = together.render(colours)
    collected = together.collect(rendered, nearest)
    assert rendered.shape == (9, 3, FACE, FACE)
    for number, texture in enumerate(state.textures):
        alone = canvas_of(scene, replace(state, texture=texture, further=state.further[:0]))
        own = rendered[3 * number : 3 * number + 3]
        torch.testing.assert_close(own, alone.render(colours[number, None]), atol=1e-6, rtol=0)
        again = alone.collect(own, nearest)[0]
        torch.testing.assert_close(collected[number], again, atol=1e-6, rtol=0)


def test_where_all_is_known_there_is_nothing_to_see(scene):
    state = scene.first_state()
    full = state.fill(np.full((16, 16, 3), 0.5), state.unfilled, GENERATED_1, 0)
    canvas = canvas_of(scene, full)
    assert len(canvas.texels) == 0
    assert not canvas.seen.any()
    assert not canvas.unknown.any()
