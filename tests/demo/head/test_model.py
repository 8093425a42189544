"""The procedural head: a sound closed mesh in FLAME's format."""

import numpy as np
import pytest

from scoreface.demo.head.blendshapes import EXPRESSION, IDENTITY
from scoreface.demo.head.model import JOINTS, build_model, embed, head_vertices, landmark_points
from scoreface.texture.layout import make_layout


@pytest.fixture(scope="module")
def model():
    return build_model()


def _directed_edges(faces):
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)


def test_surface_is_closed_and_consistently_oriented(model):
    edges = _directed_edges(model.f)
    count = len(model.v_template)
    forward = edges[:, 0] * count + edges[:, 1]
    backward = edges[:, 1] * count + edges[:, 0]
    # Each directed edge occurs once and its opposite once: two faces an edge, same orientation.
    assert len(np.unique(forward)) == len(forward)
    assert np.array_equal(np.sort(forward), np.sort(backward))


def test_surface_is_a_sphere_of_the_right_size(model):
    vertices, faces = model.v_template, model.f
    edges = len(_directed_edges(faces)) // 2
    assert len(vertices) - edges + len(faces) == 2
    assert 3000 <= len(vertices) <= 8000
    assert np.isfinite(vertices).all()
    height = np.ptp(vertices[:, 1])
    assert 0.25 < height < 0.40


def test_faces_look_outwards(model):
    a, b, c = (model.v_template[model.f[:, k]] for k in range(3))
    volume = np.einsum("fc,fc->", a, np.cross(b, c)) / 6.0
    # A head and neck: about 5 litres; inwards faces would make it negative.
    assert 0.003 < volume < 0.008


def test_template_is_left_right_symmetric(model):
    mirrored = model.v_template * [-1.0, 1.0, 1.0]
    keys = [set(map(tuple, np.round(v, 9) + 0.0)) for v in (model.v_template, mirrored)]
    assert keys[0] == keys[1]


def test_uv_chart_is_injective_and_fills_the_square(model):
    a, b, c = (model.vt[model.ft[:, k]] for k in range(3))
    areas = 0.5 * ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])
    assert (areas > 0).all()
    assert model.vt.min() >= 0.0
    assert model.vt.max() <= 1.0
    # Were triangles to overlap, they would cover fewer texels than their areas add up to.
    size = 512
    covered = len(make_layout(model.vt, model.ft, model.f, size).texels) / size**2
    assert covered == pytest.approx(areas.sum(), abs=0.003)
    assert covered > 0.95


def test_face_has_a_generous_part_of_the_chart(model):
    layout = make_layout(model.vt, model.ft, model.f, 256)
    points = layout.interpolate(model.v_template)
    face = (points[:, 2] > 0.04) & (points[:, 1] > -0.11) & (points[:, 1] < 0.05)
    assert face.mean() > 0.30


def test_blendshapes_are_those_of_flame_in_number_and_plausible_in_size(model):
    assert len(IDENTITY) >= 20
    assert len(EXPRESSION) >= 10
    assert model.shapedirs.shape == (len(model.v_template), 3, 400)
    size = np.linalg.norm(model.shapedirs, axis=1).max(axis=0)
    used = np.r_[0 : len(IDENTITY), 300 : 300 + len(EXPRESSION)]
    # One deviation moves something by half a millimetre to 9 mm.
    assert (size[used] > 0.0004).all()
    assert (size[used] < 0.009).all()
    assert (np.delete(size, used) == 0.0).all()


def test_skinning_and_joints(model):
    assert model.weights.shape == (len(model.v_template), 5)
    assert (model.weights >= 0.0).all()
    np.testing.assert_allclose(model.weights.sum(axis=1), 1.0, atol=1e-12)
    assert (model.weights.max(axis=0) > 0.9).all()
    np.testing.assert_allclose(model.J_regressor @ model.v_template, model.J, atol=1e-12)
    np.testing.assert_allclose(model.J, JOINTS, atol=1e-9)
    np.testing.assert_allclose(model.J_regressor.sum(axis=1), 1.0, atol=1e-9)
    assert model.kintree_table.tolist() == [[4294967295, 0, 1, 1, 1], [0, 1, 2, 3, 4]]


def test_landmark_embedding(model):
    assert model.lmk_face_idx.shape == (51,)
    assert model.lmk_face_idx.max() < len(model.f)
    assert (model.lmk_b_coords >= 0.0).all()
    np.testing.assert_allclose(model.lmk_b_coords.sum(axis=1), 1.0)
    points = landmark_points(model, model.v_template)
    assert (points[:, 2] > 0.04).all()
    # iBUG's mirror pairs: brows, nose base, eyes, outer and inner lips.
    left = [9, 8, 7, 6, 5, 18, 17, 28, 27, 26, 25, 30, 29, 37, 36, 35, 41, 42, 47, 46, 48]
    right = [0, 1, 2, 3, 4, 14, 15, 19, 20, 21, 22, 23, 24, 31, 32, 33, 39, 38, 43, 44, 50]
    np.testing.assert_allclose(points[left], points[right] * [-1, 1, 1], atol=1e-6)
    middle = [10, 11, 12, 13, 16, 34, 40, 45, 49]
    np.testing.assert_allclose(points[middle, 0], 0.0, atol=1e-6)
    # The person's right eye is on the picture's left.
    assert points[19, 0] < points[25, 0]


def test_embedding_beside_the_head_is_refused(model):
    with pytest.raises(ValueError, match="beside the head"):
        embed(model.v_template, model.f.astype(np.int64), np.array([[0.0, 0.0], [0.5, 0.0]]))


def test_head_vertices_refuses_too_many_coefficients(model):
    with pytest.raises(ValueError, match="300"):
        head_vertices(model, np.zeros(301), np.zeros(1))
