"""Photos with known truth: the lit texture, looked up, is the photo."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.demo.head.model import build_model, head_vertices, landmark_points
from scoreface.demo.light import apply, sample_light, sample_photo_light, shade
from scoreface.demo.people import sample_head
from scoreface.demo.photos import Surroundings, make_photo, rotation
from scoreface.demo.skin.paint import paint_skin
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.rasterise import rasterise
from scoreface.parse.labels import BACKGROUND, CLOTHES, GLASSES, HAIR, OTHER

SIZE, TEXTURE = 256, 512


@pytest.fixture(scope="module")
def head():
    """Without hair, whose strands are finer than a texel here."""
    head = sample_head(np.random.default_rng(2))
    return replace(head, skin=replace(head.skin, cut="bald", beard="none", glasses=None))


@pytest.fixture(scope="module")
def photo(head):
    skin = paint_skin(head.skin, TEXTURE)
    return make_photo(head, skin, 20.0, -5.0, 3.0, SIZE, np.random.default_rng(3))


@pytest.fixture(scope="module")
def dressed(head):
    """The same photo with long hair and glasses before the face, in a room."""
    skin, room = paint_skin(head.skin, TEXTURE), Surroundings("room", ("hair", "glasses"))
    rng = np.random.default_rng(3)
    return make_photo(head, skin, 20.0, -5.0, 3.0, SIZE, rng, surroundings=room)


@pytest.mark.parametrize("name", ["photo", "dressed"])
def test_looking_up_the_truth_gives_the_photo(name, request):
    photo = request.getfixturevalue(name)
    model = build_model()
    seen = rasterise(photo.vertices, model.f, OrthographicCamera(photo.scale), (SIZE, SIZE))
    # The nearest texel at the pixel's centre: no antialiasing, so edges of features differ.
    uv = seen.interpolate(model.vt, model.ft)
    column = np.clip((uv[..., 0] * TEXTURE).astype(int), 0, TEXTURE - 1)
    row = np.clip(((1.0 - uv[..., 1]) * TEXTURE).astype(int), 0, TEXTURE - 1)
    apart = np.abs(photo.truth[row, column] - photo.image / 255.0).max(axis=2)[photo.visible]
    assert photo.visible.mean() > 0.15
    assert apart.mean() < 0.02
    assert np.quantile(apart, 0.95) < 0.08


def test_what_is_before_a_face_changes_neither_light_nor_truth(photo, dressed):
    assert photo.surroundings.before == ()
    np.testing.assert_array_equal(photo.truth, dressed.truth)
    np.testing.assert_array_equal(photo.vertices, dressed.vertices)
    np.testing.assert_array_equal(photo.texels, dressed.texels)
    # Hair and glasses hide some of the head, and what they shade is not as the truth has it.
    assert not (dressed.visible & ~photo.visible).any()
    hidden = photo.visible & ~dressed.visible
    assert {HAIR, GLASSES} <= set(np.unique(dressed.labels[hidden]))
    assert not np.isin(dressed.labels[dressed.visible], [GLASSES, OTHER]).any()


def test_everybody_wears_clothes_and_labels_agree_with_alpha(photo, dressed):
    for shown in (photo, dressed):
        person = shown.labels != BACKGROUND
        assert (person != (shown.alpha >= 0.5)).mean() < 0.005
        assert (shown.own <= shown.alpha + 1e-6).all()
        assert (shown.alpha[shown.visible] > 0.99).all()
        # The shoulders reach both edges of the picture, or nearly, beside the neck.
        columns = np.flatnonzero(shown.labels[-1] == CLOTHES)
        assert columns[0] < 0.25 * SIZE
        assert columns[-1] > 0.75 * SIZE


def test_most_photos_have_soft_light_and_some_have_it_from_one_side():
    rng = np.random.default_rng(0)
    sides = [abs(sample_photo_light(rng).direction[0]) for _ in range(400)]
    # A soft lamp stands before the face, within 57 degrees.
    assert 0.08 < np.mean(np.array(sides) > 0.75) < 0.25


def test_landmarks_are_the_projected_embedding(photo):
    points = landmark_points(build_model(), photo.vertices)
    np.testing.assert_allclose(photo.landmarks_2d[:, 0], photo.scale * points[:, 0])
    np.testing.assert_allclose(SIZE - photo.landmarks_2d[:, 1], photo.scale * points[:, 1])
    assert (photo.landmarks_2d > 0.15 * SIZE).all()
    assert (photo.landmarks_2d < 0.85 * SIZE).all()


def test_vertices_are_the_head_turned_by_axis_angle(photo, head):
    model = build_model()
    vertices = head_vertices(model, head.identity, head.expression)
    turned = rotation(20.0, -5.0, 3.0)
    np.testing.assert_allclose(photo.axis_angle, turned.as_rotvec())
    shift = photo.vertices - turned.apply(vertices)
    np.testing.assert_allclose(shift, np.broadcast_to(shift[0], shift.shape), atol=1e-12)


def test_positive_angles_turn_right_down_and_left():
    ahead, up = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0])
    assert rotation(30.0, 0.0, 0.0).apply(ahead)[0] > 0.4
    assert rotation(0.0, 30.0, 0.0).apply(ahead)[1] < -0.4
    assert rotation(0.0, 0.0, 30.0).apply(up)[0] < -0.4


def test_head_fills_the_frame_as_in_a_portrait(photo):
    rows = np.flatnonzero(photo.visible.any(axis=1))
    assert 0.03 < rows[0] / SIZE < 0.25
    # The neck leaves the frame at the bottom.
    assert rows[-1] == SIZE - 1


def test_photo_is_determined_by_the_generator(head, photo):
    skin = paint_skin(head.skin, TEXTURE)
    again = make_photo(head, skin, 20.0, -5.0, 3.0, SIZE, np.random.default_rng(3))
    other = make_photo(head, skin, 20.0, -5.0, 3.0, SIZE, np.random.default_rng(4))
    np.testing.assert_array_equal(photo.image, again.image)
    assert not np.array_equal(photo.image, other.image)


def test_light_is_soft_and_hollows_are_darker():
    model = build_model()
    diffuse, sheen = shade(model.v_template, model.f, sample_light(np.random.default_rng(5)))
    assert diffuse.shape == (len(model.v_template), 3)
    assert sheen.shape == (len(model.v_template), 1)
    assert (diffuse >= 0.0).all()
    front = model.v_template[:, 2] > 0.05
    assert 0.4 < diffuse[front].mean() < 1.4
    throat = np.linalg.norm(model.v_template - [0.0, -0.125, 0.04], axis=1) < 0.02
    assert diffuse[throat].mean() < 0.7 * diffuse[front].mean()


def test_full_light_shows_the_painted_colour():
    colour = np.array([[[0.2, 0.5, 0.9]]], np.float32)
    lit = apply(colour, np.ones((1, 1, 3)), np.zeros((1, 1, 1)))
    np.testing.assert_allclose(lit, colour, atol=1e-6)
