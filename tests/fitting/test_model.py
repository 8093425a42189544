"""The graph against closed forms, a plain numpy model and finite differences."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
from scipy.spatial.transform import Rotation

from scoreface.fitting import model
from scoreface.fitting.fit import FitProblem, initial_parameters, open_session
from scoreface.fitting.flame import load_embedding, load_flame


@pytest.fixture(scope="module")
def flame(face_model_path):
    return load_flame(face_model_path)


@pytest.fixture(scope="module")
def embedding(flame, embedding_path):
    return load_embedding(embedding_path, len(flame.faces))


@pytest.fixture(scope="module")
def target():
    return np.random.default_rng(1).uniform(100, 300, size=(51, 2))


@pytest.fixture(scope="module")
def problem(flame, embedding, target, settings):
    with open_session(threads=1) as session:
        yield FitProblem(flame, embedding, target, settings.weights, session)


@pytest.fixture
def parameters():
    rng = np.random.default_rng(2)
    values = rng.normal(size=model.N_PARAMETERS)
    values[model.SCALE] = 1500.0
    values[model.TRANSLATION] *= 0.1
    values[model.ROTATION] *= 0.4
    values[model.POSE] *= 0.2
    return values


def _numpy_vertices(flame, parameters):
    """FLAME, equations 1-4, vertex by vertex with homogeneous 4 x 4 matrices."""
    coefficients = np.concatenate([parameters[model.SHAPE], parameters[model.EXPRESSION]])
    shaped = flame.v_template + flame.shapedirs @ coefficients
    joints = flame.joint_regressor @ shaped
    axis_angles = np.concatenate([parameters[model.ROTATION], parameters[model.POSE]])
    rotations = Rotation.from_rotvec(axis_angles.reshape(5, 3)).as_matrix()
    posed = shaped + flame.posedirs @ (rotations[1:] - np.eye(3)).ravel()
    world = []
    for k in range(5):
        local = np.eye(4)
        local[:3, :3] = rotations[k]
        local[:3, 3] = joints[k] - (joints[flame.parents[k]] if k else 0)
        world.append(world[flame.parents[k]] @ local if k else local)
    moved = np.zeros_like(posed)
    for vertex, point in enumerate(posed):
        for k in range(5):
            from_joint = np.append(point - joints[k], 1.0)
            moved[vertex] += flame.weights[vertex, k] * (world[k] @ from_joint)[:3]
    return moved + parameters[model.TRANSLATION]


def test_at_rest_the_head_is_the_template(problem, flame):
    vertices = problem.vertices(np.zeros(model.N_PARAMETERS))
    np.testing.assert_allclose(vertices, flame.v_template, atol=1e-12)


def test_global_rotation_turns_about_the_root_joint(problem, flame):
    parameters = np.zeros(model.N_PARAMETERS)
    parameters[model.ROTATION] = [0.3, -0.8, 0.2]
    parameters[model.TRANSLATION] = [0.1, 0.2, 0.3]
    turn = Rotation.from_rotvec([0.3, -0.8, 0.2])
    root = flame.joints[0]
    expected = turn.apply(flame.v_template - root) + root + [0.1, 0.2, 0.3]
    np.testing.assert_allclose(problem.vertices(parameters), expected, atol=1e-12)


def test_vertices_agree_with_plain_numpy(problem, flame, parameters):
    expected = _numpy_vertices(flame, parameters)
    np.testing.assert_allclose(problem.vertices(parameters), expected, atol=1e-10)


def test_landmarks_agree_with_the_vertices(problem, flame, embedding, parameters):
    corners = problem.vertices(parameters)[flame.faces[embedding.faces]]
    points = np.einsum("lc,lcx->lx", embedding.barycentric, corners)
    np.testing.assert_allclose(problem.landmark_points(parameters), points, atol=1e-12)
    np.testing.assert_allclose(problem.projected(parameters), 1500 * points[:, :2], atol=1e-9)


def test_loss_terms(problem, target, parameters):
    terms = problem.terms(parameters)
    distances = np.sum((problem.projected(parameters) - target) ** 2)
    neck, jaw, eyes = np.split(parameters[model.POSE], [3, 6])
    assert terms["landmarks"] == pytest.approx(distances / np.ptp(target, axis=0).max() ** 2)
    assert terms["shape"] == pytest.approx(1e-3 * np.sum(parameters[model.SHAPE] ** 2))
    assert terms["expression"] == pytest.approx(1e-3 * np.sum(parameters[model.EXPRESSION] ** 2))
    assert terms["neck"] == pytest.approx(100 * np.sum(neck**2))
    assert terms["jaw"] == pytest.approx(1e-3 * np.sum(jaw**2))
    assert terms["eyeballs"] == pytest.approx(10 * np.sum(eyes**2))
    assert terms["total"] == pytest.approx(problem.loss_and_gradient("full", parameters)[0])


@pytest.mark.parametrize("stage", ["rigid", "full"])
@pytest.mark.parametrize("at_rest", [True, False])
def test_gradient_by_finite_differences(problem, target, parameters, stage, at_rest):
    """Also where the fit starts: all rotations zero, where the angle has no derivative."""
    if at_rest:
        parameters = initial_parameters(problem, target)
    _, gradient = problem.loss_and_gradient(stage, parameters)
    assert np.isfinite(gradient).all()
    checked = [*range(model.POSE.stop), model.SHAPE.start, model.SHAPE.stop - 1, -1]
    for index in checked:
        step = np.zeros_like(parameters)
        step[index] = 1e-5 * max(1.0, abs(parameters[index]))
        above, _ = problem.loss_and_gradient(stage, parameters + step)
        below, _ = problem.loss_and_gradient(stage, parameters - step)
        difference = (above - below) / (2 * step[index])
        assert gradient[index] == pytest.approx(difference, rel=1e-5, abs=1e-6), index


def test_initial_scale(problem, flame, embedding, target):
    corners = flame.v_template[flame.faces[embedding.faces]]
    points = np.einsum("lc,lcx->lx", embedding.barycentric, corners)[:, :2]

    def spread(xy):
        return np.mean(np.hypot(*(xy - xy.mean(axis=0)).T))

    start = initial_parameters(problem, target)
    assert start[0] == pytest.approx(spread(target) / spread(points))
    assert not start[1:].any()


@pytest.mark.parametrize("length", [0.0, 1e-9, 1e-5, 1e-4, 2e-4, 0.1, 3.0, 7.0])
def test_rodrigues(length):
    axis_angle = length * np.array([[2.0, -1.0, 2.0]]) / 3
    with tf.Graph().as_default(), tf.Session() as session:
        matrix = session.run(model.rodrigues(tf.constant(axis_angle)))
    np.testing.assert_allclose(matrix, Rotation.from_rotvec(axis_angle).as_matrix(), atol=1e-15)
