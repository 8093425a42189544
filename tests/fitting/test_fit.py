"""Fits that must come back: parity with TF_FLAME, and heads whose parameters are known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from scoreface.fitting import model
from scoreface.fitting.fit import fit_head
from scoreface.fitting.flame import load_embedding, load_flame
from scoreface.fitting.outline import Outline
from scoreface.fitting.problem import FitProblem, open_session
from scoreface.fitting.regions import find_regions

#: TF_FLAME's final losses for the two targets, before the jaw was closed.
TF_FLAME_LOSSES = (1.5670e-3, 4.2567e-3)

THREADS = 2


def nothing_known() -> Outline:
    """The outline in a photo that was not parsed."""
    none = np.zeros((0, 2))
    return Outline(none, none, np.zeros(0, bool), np.zeros((1, 1), np.uint8), 1)


def fit_landmarks(flame, embedding, landmarks, height, settings, progress=lambda stage: None):
    """A fit to landmarks alone."""
    regions = find_regions(flame, embedding)
    return fit_head(
        *(flame, embedding, landmarks, height, settings, THREADS, regions, nothing_known()),
        progress=progress,
    )


@pytest.fixture(scope="module", params=[True, False], ids=["outline", "published"])
def either(request, settings):
    """Settings of the default fit, and of the published one."""
    return replace(settings, outline=request.param)


@pytest.fixture(scope="module")
def mini(reference):
    flame = load_flame(str(reference / "mini_flame_chumpy.pkl"))
    return flame, load_embedding(str(reference / "mini_embedding.pkl"), len(flame.faces))


@pytest.mark.heavy
@pytest.mark.parametrize("number", [0, 1])
def test_parity_with_tf_flame(reference, mini, settings, number):
    with np.load(reference / f"mini_target_{number}.npz") as target:
        landmarks, height = target["landmarks"], int(target["image_height"])
    fit = fit_landmarks(*mini, landmarks, height, replace(settings, outline=False))
    with np.load(reference / "mini_fit_expected.npz") as expected:
        vertices = expected[f"vertices_{number}"]
        scale = float(expected[f"scale_{number}"])
        rotation = Rotation.from_rotvec(expected[f"axis_angle_{number}"][0])
    between = Rotation.from_rotvec(fit.axis_angle) * rotation.inv()
    assert np.degrees(between.magnitude()) < 1.0
    assert fit.scale == pytest.approx(scale, rel=0.01)
    assert np.linalg.norm(fit.vertices - vertices, axis=1).mean() < 2e-3
    assert fit.losses["total"] <= 1.02 * TF_FLAME_LOSSES[number]
    assert fit.finite
    assert fit.converged


@pytest.fixture(scope="module")
def face(face_model_path, embedding_path):
    flame = load_flame(face_model_path)
    return flame, load_embedding(embedding_path, len(flame.faces))


def _landmarks_of(face, height, settings, **parts):
    """Landmarks (y down) of a head with known parameters."""
    parameters = np.zeros(model.N_PARAMETERS)
    parameters[model.SCALE] = 1200.0
    parameters[model.TRANSLATION] = [0.2, 0.25, 0.0]
    for name, values in parts.items():
        parameters[getattr(model, name)] = values
    with open_session(1) as session:
        problem = FitProblem(*face, np.eye(51, 2), settings.weights, session)
        projected = problem.projected(parameters)
    return np.stack([projected[:, 0], height - projected[:, 1]], axis=1)


@pytest.mark.heavy
@pytest.mark.parametrize("turn", [(0.1, 0.4, -0.1), (-0.2, -0.6, 0.2)])
def test_known_rotation_comes_back(face, either, turn):
    landmarks = _landmarks_of(face, 512, either, ROTATION=turn)
    stages = []
    fit = fit_landmarks(*face, landmarks, 512, either, stages.append)
    between = Rotation.from_rotvec(fit.axis_angle) * Rotation.from_rotvec(turn).inv()
    assert np.degrees(between.magnitude()) < 2.0
    # Scale and depth of the face explain each other in part.
    assert fit.scale == pytest.approx(1200, rel=0.1)
    assert fit.reprojection_error < 0.01
    assert tuple(stages) == fit.stages
    assert fit.iterations == sum(stage.iterations for stage in stages)


@pytest.mark.heavy
def test_the_mouth_is_closed(face, either):
    landmarks = _landmarks_of(face, 512, either, JAW=[0.25, 0, 0])
    fit = fit_landmarks(*face, landmarks, 512, either)
    assert fit.jaw[0] > 0.1
    assert not fit.pose[3:6].any()
    assert fit.projected == pytest.approx(landmarks, abs=2.0), "with the mouth as in the photo"
    parts = {"SCALE": fit.scale, "TRANSLATION": fit.translation, "ROTATION": fit.axis_angle}
    parts.update(SHAPE=fit.shape, EXPRESSION=fit.expression)
    closed = _landmarks_of(face, 512, either, **parts, POSE=fit.pose)
    # The landmarks of this face are its first vertices.
    on_mesh = np.stack([fit.scale * fit.vertices[:51, 0], 512 - fit.scale * fit.vertices[:51, 1]])
    np.testing.assert_allclose(on_mesh.T, closed, atol=1e-9)
    open_mesh = fit.scale * fit.open_vertices[:51, :2]
    np.testing.assert_allclose(open_mesh * [1, -1] + [0, 512], fit.projected, atol=1e-9)
    opened = _landmarks_of(
        face, 512, either, **parts, POSE=np.r_[fit.pose[:3], fit.jaw, fit.pose[6:]]
    )
    np.testing.assert_allclose(opened, fit.projected, atol=1e-9)


@pytest.mark.heavy
def test_heavier_weight_smaller_coefficients(face, settings):
    landmarks = _landmarks_of(face, 512, settings, SHAPE=np.random.default_rng(3).normal(size=300))
    quick = replace(settings, ftol=1e-6)
    heavy = replace(quick, weights=replace(settings.weights, shape=1.0))
    loose = fit_landmarks(*face, landmarks, 512, quick)
    tight = fit_landmarks(*face, landmarks, 512, heavy)
    assert np.linalg.norm(tight.shape) < 0.1 * np.linalg.norm(loose.shape)


@pytest.mark.heavy
def test_the_default_fit_reaches_a_lower_loss_than_the_published_one(reference, mini, settings):
    """Its translation is free, and its steps are in units that suit the losses."""
    with np.load(reference / "mini_target_0.npz") as target:
        landmarks, height = target["landmarks"], int(target["image_height"])
    found, published = (
        fit_landmarks(*mini, landmarks, height, replace(settings, outline=outline))
        for outline in (True, False)
    )
    assert found.losses["total"] < published.losses["total"]
    assert found.iterations < published.iterations
    assert found.outline.matches == 0
    assert found.outline.iou is None
