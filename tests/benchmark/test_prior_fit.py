"""A fit is drawn to where a score model that knows the true view likes it, and heads move as they are told to."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from scoreface.base.angles import head_angles
from scoreface.base.errors import InputError
from scoreface.benchmark.commands import Inputs, Outputs, prior_fit
from scoreface.benchmark.prior_fit import MOVES, Posed, Unlikeliness, refine
from scoreface.benchmark.scenes import Recipe, make_scene
from scoreface.demo.head.model import build_model
from scoreface.geometry.camera import PerspectiveCamera
from scoreface.geometry.fitted import FittedHead

SIDE, SPREAD = 32, 0.05


class Knows:
    """The score model of pictures that are normal about one, with a deviation of SPREAD."""

    image_size, sigma_min, sigma_max = SIDE, 0.01, 50.0
    device = torch.device("cpu")

    def __init__(self) -> None:
        self.picture = torch.zeros(3, SIDE, SIDE)

    def score(self, x, sigma):
        return (self.picture - x) / (sigma[:, None, None, None] ** 2 + SPREAD**2)


@pytest.fixture(scope="module")
def scene():
    return make_scene(1, Recipe(0, "plain", "wall", (), 15.0, 2.0, -3.0), 128, 192)


@pytest.fixture(scope="module")
def true(scene):
    faces = build_model().f.astype(np.int64)
    head = FittedHead(scene.vertices, faces, scene.axis_angle, scene.scale, Path("fit.npz"))
    return Posed(head, scene.vertices)


@pytest.mark.parametrize("move", ["yaw", "pitch", "roll"])
def test_a_turned_head_has_the_angle_and_keeps_its_middle(true, move):
    level = Posed(replace(true.head, axis_angle=np.zeros(3)), true.shown)
    turned = level.moved(move, 5.0)
    assert abs(head_angles(turned.head.axis_angle)[move]) == pytest.approx(5.0)
    np.testing.assert_allclose(turned.shown.mean(0), true.shown.mean(0))
    edges = [np.linalg.norm(v[1:] - v[:-1], axis=1) for v in (true.shown, turned.shown)]
    np.testing.assert_allclose(*edges)


def test_a_shifted_and_a_larger_head(true):
    height = np.ptp(true.head.vertices[:, 1])
    right = true.moved("right", 0.1).head.vertices - true.head.vertices
    np.testing.assert_allclose(
        right, np.tile([0.1 * height, 0.0, 0.0], (len(right), 1)), atol=1e-12
    )
    larger = true.moved("size", 0.1).head.vertices
    np.testing.assert_allclose(np.ptp(larger, axis=0), 1.1 * np.ptp(true.head.vertices, axis=0))


def test_a_deviation_of_shape_follows_the_heads_rotation(true):
    level = Posed(replace(true.head, axis_angle=np.zeros(3)), true.shown)
    by = [posed.moved("shape 0", 2.0).shown - true.shown for posed in (true, level)]
    np.testing.assert_allclose(by[1], 2.0 * build_model().shapedirs[..., 0], atol=1e-12)
    np.testing.assert_allclose(*(np.linalg.norm(d, axis=1) for d in by), atol=1e-12)


def test_the_true_head_comes_back_to_a_model_that_knows_its_view(scene, true):
    model = Knows()
    unlikeliness = Unlikeliness(model, scene, PerspectiveCamera(), (1.0,), 1)
    picture, known = unlikeliness.view(true)
    model.picture = torch.from_numpy(picture).float().permute(2, 0, 1)
    moved = true.moved("yaw", MOVES["yaw"]).moved("up", MOVES["up"])
    back = refine(unlikeliness, moved, 1)
    # What is denoised is off by the noise alone, shrunk by s^2 / (sigma^2 + s^2); at 32 pixels, sigma 1 is 0.5.
    shrunk = SPREAD**2 / (0.5**2 + SPREAD**2)
    assert unlikeliness(true) == pytest.approx(shrunk**2, rel=0.1)
    assert unlikeliness(back) < unlikeliness(moved)
    yaws = [head_angles(posed.head.axis_angle)["yaw"] for posed in (true, moved, back)]
    assert abs(yaws[2] - yaws[0]) < 0.3 * abs(yaws[1] - yaws[0])
    height = [posed.head.vertices[:, 1].mean() for posed in (true, moved, back)]
    assert abs(height[2] - height[0]) < 0.3 * abs(height[1] - height[0])
    assert known.mean() > 0.2


@pytest.mark.parametrize(
    "setting", [{"photos": 0}, {"draws": 0}, {"rounds": 0}, {"sigmas": (0.3, 0.0)}]
)
def test_a_wrong_option_is_named(tmp_path, setting):
    with pytest.raises(InputError, match=f"^--{next(iter(setting))}: "):
        prior_fit.run(Inputs(), Outputs(tmp_path), prior_fit.Settings(**setting))
