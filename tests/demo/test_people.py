"""Random people: as various as people are, sound, and determined by the seed."""

from dataclasses import replace

import numpy as np
import pytest

from scoreface.demo.head.blendshapes import IDENTITY
from scoreface.demo.head.model import build_model, head_vertices, landmark_points
from scoreface.demo.people import random_head, sample_head
from scoreface.demo.skin.cuts import CUTS
from scoreface.demo.skin.paint import paint_skin


@pytest.fixture(scope="module")
def model():
    return build_model()


def test_random_heads_vary_as_people_do(model):
    rng = np.random.default_rng(0)
    widths, heights = [], []
    for _ in range(60):
        head = sample_head(rng)
        points = landmark_points(model, head_vertices(model, head.identity, head.expression))
        widths.append(np.linalg.norm(points[28] - points[19]))
        heights.append(points[10, 1] - points[40, 1])
    assert 0.02 < np.std(widths) / np.mean(widths) < 0.08
    assert 0.02 < np.std(heights) / np.mean(heights) < 0.10


def test_random_heads_keep_their_orientation(model):
    rng = np.random.default_rng(1)
    a, b, c = (model.v_template[model.f[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    for _ in range(5):
        head = sample_head(rng)
        vertices = head_vertices(model, head.identity, head.expression)
        a, b, c = (vertices[model.f[:, k]] for k in range(3))
        agree = np.einsum("fc,fc->f", np.cross(b - a, c - a), normals) > 0.0
        assert agree.mean() > 0.999


def test_heads_are_determined_by_the_seed():
    first, again, other = (sample_head(np.random.default_rng(s)) for s in (3, 3, 4))
    np.testing.assert_array_equal(first.identity, again.identity)
    np.testing.assert_array_equal(first.expression, again.expression)
    assert first.skin.seed == again.skin.seed
    assert not np.allclose(first.identity, other.identity)
    assert np.abs(first.identity).max() <= 2.5


def test_labels_name_the_groups_a_head_belongs_to():
    rng = np.random.default_rng(2)
    for head in (sample_head(rng) for _ in range(60)):
        assert set(head.labels) == {"type", "hair", "glasses", "beard"}
        assert head.labels["type"] == head.skin.type
        assert head.labels["hair"] == head.skin.cut
        assert head.labels["beard"] == head.skin.beard
        bare = replace(head.skin, glasses=None)
        same = np.array_equal(paint_skin(head.skin, 64), paint_skin(bare, 64))
        assert same == (head.labels["glasses"] == "no")


def test_hair_has_the_volume_of_its_cut():
    rng = np.random.default_rng(5)
    volumes = {name: [] for name in CUTS}
    at = list(IDENTITY).index("hair volume")
    for head in (sample_head(rng) for _ in range(400)):
        volumes[head.skin.cut].append(head.identity[at])
    means = {name: np.mean(of) for name, of in volumes.items()}
    assert means["bald"] < means["shaved"] < means["receding"] < means["short"] < means["curly"]


def test_some_people_smile(model):
    """A smile widens the mouth and lifts its corners above the middle of the lips."""
    rng = np.random.default_rng(6)
    lifts = []
    for head in (sample_head(rng) for _ in range(200)):
        face = head_vertices(model, head.identity, head.expression)
        rest = head_vertices(model, head.identity, np.zeros(1))
        rise = landmark_points(model, face) - landmark_points(model, rest)
        lifts.append(rise[[31, 37], 1].mean() - rise[40, 1])
    smiling = np.mean(np.array(lifts) > 0.002)
    assert 0.2 < smiling < 0.6


def test_a_random_head_faces_the_camera_and_is_the_same_from_seed_and_generator():
    mesh, skin = random_head(7, 64)
    again, same_skin = random_head(np.random.default_rng(7), 64)
    np.testing.assert_array_equal(mesh.vertices, again.vertices)
    np.testing.assert_array_equal(skin, same_skin)
    assert skin.shape == (64, 64, 3)
    # The tip of the nose is what stands out most, half-way between left and right.
    tip = mesh.vertices[mesh.vertices[:, 2].argmax()]
    assert abs(tip[0]) < 0.01 * np.ptp(mesh.vertices[:, 0])
    assert not np.allclose(random_head(8, 64)[0].vertices, mesh.vertices)
