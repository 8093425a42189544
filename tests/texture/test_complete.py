"""Completion and merging on surfaces where the right answer is known."""

import numpy as np
import pytest

from scoreface.base.regions import FACE, SCALP
from scoreface.geometry.mesh import Mesh
from scoreface.parse.labels import HAIR, SKIN
from scoreface.texture.carried import Carried
from scoreface.texture.complete import complete
from scoreface.texture.kinds import COVER, NECK_SKIN, REST
from scoreface.texture.layout import make_layout
from scoreface.texture.merge import NONE, merge_textures
from scoreface.texture.state import COMPLETED, GENERATED_1, OBSERVED, OUTSIDE, TextureState


@pytest.fixture(scope="module")
def sheet():
    """A flat sheet of 33 x 33 vertices, x and y from -1 to 1, its UVs inside a margin."""
    n = 33
    y, x = np.mgrid[0:n, 0:n] / (n - 1) * 2 - 1
    vertices = np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], 1)
    corner = np.arange(n * n).reshape(n, n)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], 2), np.stack([a, c, d], 2)]).reshape(-1, 3)
    vt = vertices[:, :2] * 0.45 + 0.5
    return Mesh(vertices, faces, vt, faces)


@pytest.fixture(scope="module")
def layout(sheet):
    return make_layout(sheet.vt, sheet.ft, sheet.faces, 128)


def _painted(sheet, layout, colour):
    points = layout.interpolate(sheet.vertices)
    texture = np.zeros((layout.size**2, 3))
    texture[layout.texels] = colour(points[:, 0], points[:, 1])
    mask_x = np.full(layout.size**2, np.nan)
    mask_x[layout.texels] = points[:, 0]
    return texture.reshape(layout.size, layout.size, 3), mask_x.reshape(layout.size, layout.size)


def test_a_missing_side_is_taken_from_the_mirror_side(sheet, layout):
    def stripes(x, y):
        return np.stack([0.5 + 0.3 * np.sin(12 * np.abs(x)), 0.5 + 0.2 * y, 0.4 + 0 * x], 1)

    truth, x = _painted(sheet, layout, stripes)
    filled = (x < 0.1) & layout.chart
    done = complete(
        np.where(filled[..., None], truth, 0), filled, sheet.vertices, sheet.faces, layout
    )
    np.testing.assert_array_equal(done[filled], truth[filled])
    missing = layout.chart & ~filled
    assert np.abs(done - truth)[missing].mean() < 0.01


def test_what_has_no_mirror_side_is_harmonic(sheet, layout):
    # A linear ramp is harmonic: a hole on both sides of x = 0 must be filled with it.
    truth, x = _painted(sheet, layout, lambda x, y: np.stack([0.5 + 0.4 * y] * 3, 1))
    y = _painted(sheet, layout, lambda x, y: np.stack([y] * 3, 1))[0][..., 0]
    filled = layout.chart & ~((np.abs(y) < 0.4) & (np.abs(x) < 0.9))
    done = complete(
        np.where(filled[..., None], truth, 0), filled, sheet.vertices, sheet.faces, layout
    )
    # To within the ramp's rise over two of the mesh's edges, on which the fill is computed.
    assert np.abs(done - truth)[layout.chart].max() < 0.4 * 2 / 16


def test_merge_keeps_the_photo_bit_for_bit_and_fills_the_chart(sheet, layout):
    rng = np.random.default_rng(0)
    large = rng.integers(0, 256, (128, 128, 3), dtype=np.uint8)
    _, x = _painted(sheet, layout, lambda x, y: np.stack([x] * 3, 1))
    known = (x < -0.3) & layout.chart
    small_chart = make_layout(sheet.vt, sheet.ft, sheet.faces, 32).chart
    state = TextureState.from_photo(large[::4, ::4], known[::4, ::4], small_chart)
    columns = np.broadcast_to(np.arange(32), (32, 32))
    generated = state.unfilled & (columns < 20)
    state = state.fill(np.full((32, 32, 3), 0.25), generated, GENERATED_1, 0)
    merged = merge_textures(sheet, np.zeros(3), large, known, state, detail=NONE)
    (texture,), labels = merged.textures, merged.labels
    np.testing.assert_array_equal(texture[known], large[known])
    np.testing.assert_array_equal(labels == OBSERVED, known)
    np.testing.assert_array_equal(labels == OUTSIDE, ~layout.chart)
    assert set(np.unique(labels)) == {OUTSIDE, OBSERVED, GENERATED_1, COMPLETED}
    inner = (labels == GENERATED_1) & (x > -0.2) & (x < 0.1)
    np.testing.assert_array_equal(texture[inner], 64)


def test_a_kind_takes_nothing_from_another(sheet, layout):
    # Hair above, skin below, the middle of both unknown.
    truth, x = _painted(
        sheet, layout, lambda x, y: np.where(y > 0, 0.2, 0.8)[:, None] + 0 * x[:, None] + [0, 0, 0]
    )
    y = _painted(sheet, layout, lambda x, y: np.stack([y] * 3, 1))[0][..., 0]
    filled = layout.chart & ((np.abs(y) > 0.5) | (np.abs(x) > 0.9))
    given = np.where(filled[..., None], truth, 0)
    for above, below in ((COVER, REST), (COVER, NECK_SKIN), (NECK_SKIN, REST)):
        kinds = np.where(y > 0, above, below).astype(np.uint8)
        done = complete(given, filled, sheet.vertices, sheet.faces, layout, kinds)
        np.testing.assert_array_equal(done[filled], truth[filled])
        # But for two of the mesh's edges, over which they blend.
        apart = layout.chart & (np.abs(y) > 2 / 16)
        np.testing.assert_allclose(done[apart], truth[apart], atol=1e-6)


def test_far_from_its_edge_hair_has_the_tone_of_most_of_it(sheet, layout):
    # Above, a strip of dark hair whose lower rim is mixed with skin; below, no hair is seen.
    truth, _ = _painted(
        sheet, layout, lambda x, y: np.where(y > 0.6, 0.2, 0.5)[:, None] + np.zeros((len(y), 3))
    )
    y = _painted(sheet, layout, lambda x, y: np.stack([y] * 3, 1))[0][..., 0]
    filled = layout.chart & (y > 0.5)
    kinds = np.full(filled.shape, COVER, np.uint8)
    given = np.where(filled[..., None], truth, 0)
    done = complete(given, filled, sheet.vertices, sheet.faces, layout, kinds)
    assert np.abs(done[layout.chart & (y < -0.8)] - 0.2).max() < 0.03
    assert np.abs(done[layout.chart & (y < 0.45) & (y > 0.4)] - 0.5).max() < 0.15


def test_a_kind_without_a_source_takes_from_all(sheet, layout):
    truth, x = _painted(sheet, layout, lambda x, y: np.full((len(x), 3), 0.6))
    filled = layout.chart & (np.abs(x) > 0.5)
    kinds = np.where(filled, REST, COVER).astype(np.uint8)
    given = np.where(filled[..., None], truth, 0)
    done = complete(given, filled, sheet.vertices, sheet.faces, layout, kinds)
    np.testing.assert_allclose(done[layout.chart], 0.6, atol=1e-6)


def test_the_mirror_side_gives_hair_to_hair_alone(sheet, layout):
    # On the left, skin where the hair of the right side is unknown.
    truth, x = _painted(
        sheet, layout, lambda x, y: np.where(x > 0, 0.2, 0.8)[:, None] + np.zeros((len(x), 3))
    )
    filled = layout.chart & ((x < 0) | (x > 0.6))
    kinds = np.where(x > 0, COVER, REST).astype(np.uint8)
    given = np.where(filled[..., None], truth, 0)
    done = complete(given, filled, sheet.vertices, sheet.faces, layout, kinds)
    apart = layout.chart & (np.abs(x) > 2 / 16)
    np.testing.assert_allclose(done[apart], truth[apart], atol=1e-6)


@pytest.mark.parametrize(("strip", "mirrored"), [(0.035, False), (0.4, True)])
def test_the_mirror_side_gives_hair_where_it_is_no_strip(sheet, layout, strip, mirrored):
    # Hair on the right, texel by texel another; on the left it is even, and not known in a strip.
    rng = np.random.default_rng(3)
    hair, x = _painted(
        sheet, layout, lambda x, y: np.where(x > 0, rng.uniform(0.3, 0.7, len(x)), 0.5)[:, None]
    )
    hole = layout.chart & (x < -0.3) & (x > -0.3 - strip)
    filled = layout.chart & ~hole
    kinds = np.full(filled.shape, COVER, np.uint8)
    given = np.where(filled[..., None], hair, 0)
    done = complete(given, filled, sheet.vertices, sheet.faces, layout, kinds)
    # A uniform law of 0.4 deviates by 0.12.
    assert done[hole][:, 0].std() == pytest.approx(0.12 if mirrored else 0, abs=0.04)


def test_one_kind_is_as_none(sheet, layout):
    rng = np.random.default_rng(1)
    texture = rng.random((128, 128, 3))
    _, x = _painted(sheet, layout, lambda x, y: np.stack([x] * 3, 1))
    filled = layout.chart & (x < 0.2)
    given = texture, filled, sheet.vertices, sheet.faces, layout
    kinds = np.full((128, 128), REST, np.uint8)
    np.testing.assert_array_equal(complete(*given), complete(*given, kinds))


def test_merge_fills_an_unseen_scalp_from_the_seen_hair(sheet, layout):
    # Scalp above, of which the photo shows the uppermost part.
    y = _painted(sheet, layout, lambda x, y: np.stack([y] * 3, 1))[0][..., 0]
    scalp = y > 0
    large = np.where(scalp[..., None], np.uint8([60, 40, 20]), np.uint8([210, 160, 140]))
    known = ((y > 0.6) | (y < -0.3)) & layout.chart
    small_chart = make_layout(sheet.vt, sheet.ft, sheet.faces, 32).chart
    state = TextureState.from_photo(large[::4, ::4], known[::4, ::4], small_chart)
    regions = np.where(layout.chart, np.where(scalp, SCALP, FACE), 0).astype(np.uint8)
    labels = np.where(known, np.where(scalp, HAIR, SKIN), 0).astype(np.uint8)
    back = layout.chart & ~known & (y > 0.15)
    given = sheet, np.zeros(3), large, known, state
    for carried, expected in ((Carried(labels, regions), True), (None, False)):
        merged = merge_textures(*given, carried)
        (texture,), provenance = merged.textures, merged.labels
        assert ((np.abs(texture[back].astype(int) - [60, 40, 20]) <= 1).all()) == expected
        np.testing.assert_array_equal(texture[known], large[known])
        assert (provenance[back] == COMPLETED).all()


def test_nothing_known_is_completed_without_fault(sheet, layout):
    nothing = np.zeros((128, 128), bool)
    done = complete(np.zeros((128, 128, 3)), nothing, sheet.vertices, sheet.faces, layout)
    assert np.isfinite(done).all()
