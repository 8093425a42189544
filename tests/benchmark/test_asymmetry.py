"""Heads whose two sides differ: how, by how much, and that the others stay as they are."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import KDTree

from scoreface.benchmark.asymmetry import sample_asymmetry
from scoreface.benchmark.cases import take_photo
from scoreface.benchmark.plan import Face
from scoreface.demo.head.surface import build_grid, spread
from scoreface.demo.people import sample_head
from scoreface.demo.photos import make_photo
from scoreface.demo.skin.paint import paint_skin

SIZE = 128
# A head on whose skin the sheen, which light from the front has too, weighs little.
FAIR = 7
FIELDS = ("image", "landmarks_2d", "vertices", "axis_angle", "truth", "visible")


@pytest.fixture(scope="module")
def photos():
    """Of one head from the front, without and with sides that differ."""
    return tuple(take_photo(3, Face(1, 0), SIZE, asymmetric) for asymmetric in (False, True))


@pytest.fixture(scope="module")
def mirrored():
    """Of the face's texels (N,) their indices, and those of the texels at their mirrored points (N,)."""
    points = spread(build_grid().vertices, SIZE).reshape(-1, 3)
    face = np.flatnonzero((points[:, 2] > 0.0) & (points[:, 1] > -0.12))
    return face, KDTree(points).query(points[face] * [-1, 1, 1])[1]


def person(number):
    return sample_head(np.random.default_rng(np.random.SeedSequence((3, 0xBE9C, number, 0))))


def drawn(number):
    rng = np.random.default_rng(np.random.SeedSequence((3, 0xBE9C, number, 2)))
    return sample_asymmetry(person(number).skin, rng)


def test_symmetric_heads_are_plain_people_in_a_plain_light(photos):
    head = person(1)
    rng = np.random.default_rng(np.random.SeedSequence((3, 0xBE9C, 1, 1)))
    plain = make_photo(head, paint_skin(head.skin, SIZE), 0.0, 0.0, 0.0, 512, rng)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(photos[0], name), getattr(plain, name))


def test_a_head_is_determined_by_seed_and_number(photos):
    again = take_photo(3, Face(1, 0), SIZE, asymmetric=True)
    np.testing.assert_array_equal(again.truth, photos[1].truth)
    assert not np.array_equal(take_photo(3, Face(2, 0), SIZE, True).truth, photos[1].truth)


def test_person_and_camera_stay(photos):
    symmetric, asymmetric = photos
    for name in ("landmarks_2d", "vertices", "axis_angle", "visible"):
        np.testing.assert_array_equal(getattr(symmetric, name), getattr(asymmetric, name))
    assert symmetric.scale == asymmetric.scale


def test_the_truth_s_sides_differ_more(mirrored):
    texels, opposite = mirrored

    def apart(number, yaw, asymmetric):
        truth = take_photo(3, Face(number, yaw), SIZE, asymmetric).truth.reshape(-1, 3)
        return np.abs(truth[texels] - truth[opposite]).mean()

    # A lamp aside, which symmetric heads may have too, is most of it.
    faces = [(1, 0), (1, 60), (5, 30), (5, -60)]
    more = np.array([apart(*face, True) / apart(*face, False) for face in faces])
    assert (more > 1.0).all()
    assert more.mean() > 1.4


@pytest.mark.parametrize("number", range(1, 5))
def test_what_is_painted_is_on_one_side(mirrored, number):
    """Freckles and scar, below the hair that is parted."""
    texels, opposite = mirrored
    points = spread(build_grid().vertices, SIZE).reshape(-1, 3)
    below = (points[texels, 1] < 0.03) & (points[texels, 2] > 0.02)
    skin = replace(person(number).skin, cut="short", glasses=None, marked=False)
    rng = np.random.default_rng(number)
    change = np.abs(sample_asymmetry(skin, rng).paint(SIZE) - paint_skin(skin, SIZE)).sum(axis=2)
    here, there = (change.ravel()[at][below] for at in (texels, opposite))
    assert here.mean() > 0.0015
    assert np.abs(here - there).sum() > 0.6 * (here + there).sum()


@pytest.mark.parametrize("yaw", [-60, 0, 60])
def test_light_comes_from_one_side_of_the_face(yaw):
    points = spread(build_grid().vertices, SIZE)
    cheek = (points[..., 2] > 0.03) & (np.abs(points[..., 1] + 0.03) < 0.02)
    cheek &= np.abs(np.abs(points[..., 0]) - 0.045) < 0.012
    lit_side = np.sign(drawn(FAIR).light.direction[0])
    linear = take_photo(3, Face(FAIR, yaw), SIZE, asymmetric=True).truth.mean(axis=2) ** 2.2
    lit, shaded = (linear[cheek & (s * lit_side * points[..., 0] > 0)].mean() for s in (1, -1))
    assert 2.0 < lit / shaded < 8.0


def test_features_are_in_range_and_their_sides_vary():
    all_drawn = [drawn(number) for number in range(40)]
    azimuths = [np.arctan2(d.light.direction[0], d.light.direction[2]) for d in all_drawn]
    angles = np.rad2deg(np.abs(azimuths))
    assert (angles >= 50).all()
    assert (angles <= 75).all()
    partings = np.array([d.skin.parting for d in all_drawn])
    assert (np.abs(partings) >= 0.008).all()
    assert (np.abs(partings) <= 0.014).all()
    lengths = np.array([d.marks.scar.length for d in all_drawn])
    assert (lengths >= 0.015).all()
    assert (lengths <= 0.030).all()
    scars = [d.marks.scar.at[0] for d in all_drawn]
    sides = np.sign([azimuths, partings, scars, [d.marks.freckled for d in all_drawn]])
    # Left and right of each, and no two that always go together.
    assert (np.abs(sides.mean(axis=1)) < 0.6).all()
    assert (np.abs(np.corrcoef(sides) - np.eye(4)) < 0.75).all()
