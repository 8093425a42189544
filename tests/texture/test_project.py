"""Lifting a photo, against TF_FLAME and against scenes with a known answer."""

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.geometry.mesh import load_obj
from scoreface.parse.labels import BACKGROUND, HAIR, SKIN, UNKNOWN
from scoreface.texture.evidence import find_evidence
from scoreface.texture.layout import TextureLayout, make_layout
from scoreface.texture.project import lift_labels, lift_photo


def unknown(layout, photo):
    """The evidence of a photo of which nothing is known."""
    labels = np.full(photo.shape[:2], UNKNOWN, np.uint8)
    return find_evidence(labels, np.zeros(len(layout.texels), np.uint8), 100.0, 0.016, False)


@pytest.mark.parametrize("k", [0, 1])
def test_equals_tf_flame(reference, k):
    fit = np.load(reference / "mini_fit_expected.npz")
    expected = np.load(reference / "mini_texture_expected.npz")
    layout = TextureLayout.load(reference / "mini_texture_data_128.npy")
    faces = load_obj(reference / "bumpy_head.obj").faces
    texture, seen = lift_photo(
        expected["image"],
        fit[f"vertices_{k}"],
        faces,
        float(fit[f"scale_{k}"]),
        layout,
        occlusion="normal",
        sampling="published",
        evidence=unknown(layout, expected["image"]),
    )
    np.testing.assert_array_equal(texture, expected[f"texture_{k}"])
    assert 0.3 < seen.mean() < 0.6


@pytest.fixture
def two_squares():
    """A square at z = 0 behind a smaller one at z = 1, both facing the camera, side by side in UV."""
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    back = np.column_stack([square * 8, np.zeros(4)])
    front = np.column_stack([square * 4 + 2, np.ones(4)])
    quad = np.array([[0, 1, 2], [0, 2, 3]])
    vertices, faces = np.concatenate([back, front]), np.concatenate([quad, quad + 4])
    vt = np.concatenate([square * [0.5, 1], square * [0.5, 1] + [0.5, 0]])
    return vertices, faces, make_layout(vt, faces, faces, 64)


def test_what_stands_behind_is_not_seen(two_squares):
    vertices, faces, layout = two_squares
    photo = np.full((80, 80, 3), 200, np.uint8)
    points = layout.interpolate(vertices)
    hidden = (points[:, 2] < 0.5) & (np.abs(points[:, :2] - 4) < 2).all(1)
    for occlusion, expected in (("rays", ~hidden), ("normal", np.ones(len(points), bool))):
        _, seen = lift_photo(photo, vertices, faces, 10.0, layout, occlusion)
        np.testing.assert_array_equal(seen.ravel()[layout.texels], expected)


def test_bilinear_lookup_of_a_ramp_is_exact(two_squares):
    vertices, faces, layout = two_squares
    ramp = np.broadcast_to(np.arange(80, dtype=np.uint8)[:, None] * 2, (80, 80))
    photo = np.stack([ramp.T, ramp, ramp], -1)
    texture, seen = lift_photo(photo, vertices, faces, 10.0, layout)
    lifted = texture.reshape(-1, 3)[layout.texels][seen.ravel()[layout.texels]]
    points = layout.interpolate(vertices)[seen.ravel()[layout.texels]]
    # A ramp of 2 a pixel whose centres are at .5: x = 10 X, y = 80 - 10 Y.
    np.testing.assert_allclose(lifted[:, 0], 20 * points[:, 0] - 1, atol=0.51)
    np.testing.assert_allclose(lifted[:, 1], 2 * (80 - 10 * points[:, 1]) - 1, atol=0.51)


def test_grazing_texels_can_be_left_out(two_squares):
    vertices, faces, layout = two_squares
    # Turned by 60 degrees about y, normals have cosine 0.5 to the camera.
    turn = np.array([[0.5, 0, np.sqrt(0.75)], [0, 1, 0], [-np.sqrt(0.75), 0, 0.5]])
    photo = np.full((80, 80, 3), 200, np.uint8)
    for least, expected in ((0.45, True), (0.55, False)):
        _, seen = lift_photo(
            photo, vertices @ turn.T + [1, 0, 0], faces, 10.0, layout, "normal", min_cosine=least
        )
        assert seen.any() == expected


@pytest.mark.parametrize("sampling", ["bilinear", "published"])
def test_where_nothing_is_known_of_the_pixels_all_is_as_without_a_parser(two_squares, sampling):
    vertices, faces, layout = two_squares
    photo = np.random.default_rng(0).integers(0, 256, (80, 80, 3), np.uint8)
    where = "rays", sampling, 0.1
    without = lift_photo(photo, vertices, faces, 10.0, layout, *where)
    found = lift_photo(photo, vertices, faces, 10.0, layout, *where, unknown(layout, photo))
    for one, other in zip(found, without, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("sampling", ["bilinear", "published"])
@pytest.mark.parametrize("erosion", [0.0, 0.03])
def test_no_texel_takes_colour_from_the_background(two_squares, sampling, erosion):
    vertices, faces, layout = two_squares
    labels = np.full((80, 80), SKIN, np.uint8)
    labels[:, 30:] = BACKGROUND
    photo = np.where((labels == SKIN)[..., None], np.uint8(200), np.uint8(0)) + np.zeros(
        3, np.uint8
    )
    regions = np.zeros(len(layout.texels), np.uint8)
    evidence = find_evidence(labels, regions, 100.0, erosion, False)
    where = "normal", sampling, 0.0
    _, without = lift_photo(photo, vertices, faces, 10.0, layout, *where)
    texture, seen = lift_photo(photo, vertices, faces, 10.0, layout, *where, evidence)
    assert (texture[seen] == 200).all()
    # Pixel centres are at halves: pixel 29 or 26 is the last to be read, at 29.5 or 26.5; published x is rounded.
    x = 10 * layout.interpolate(vertices)[:, 0]
    last = 26 if erosion else 29
    left = np.rint(x) <= last if sampling == "published" else x <= last + 0.5
    np.testing.assert_array_equal(
        seen.ravel()[layout.texels], without.ravel()[layout.texels] & left
    )


@pytest.mark.parametrize("sampling", ["bilinear", "published"])
def test_labels_are_those_of_the_pixels_below_the_texels(two_squares, sampling):
    vertices, _, layout = two_squares
    labels = np.full((80, 80), SKIN, np.uint8)
    labels[:, 30:] = HAIR
    seen = layout.chart & (np.arange(64) < 40)
    found = lift_labels(labels, vertices, 10.0, layout, sampling, seen)
    assert (found[~seen] == UNKNOWN).all()
    x = 10 * layout.interpolate(vertices)[:, 0][seen.ravel()[layout.texels]]
    column = np.rint(x) if sampling == "published" else np.floor(x)
    expected = np.where(column < 30, SKIN, HAIR)
    sure = np.abs(x - 30) > 1e-6
    np.testing.assert_array_equal(
        found.ravel()[layout.texels][seen.ravel()[layout.texels]][sure], expected[sure]
    )


@pytest.mark.parametrize("wrong", [{"occlusion": "none"}, {"sampling": "cubic"}])
def test_unknown_settings_are_refused(two_squares, wrong):
    vertices, faces, layout = two_squares
    with pytest.raises(InputError, match=f"project.{next(iter(wrong))}"):
        lift_photo(np.zeros((8, 8, 3), np.uint8), vertices, faces, 1.0, layout, **wrong)
