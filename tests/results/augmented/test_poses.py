"""Drawn poses against the laws that they are drawn from, and what they depend on."""

import numpy as np
import pytest
from scipy.stats import kstest, truncnorm

from scoreface.base.angles import head_angles
from scoreface.geometry.views import View
from scoreface.results.augmented.poses import views_of
from scoreface.results.augmented.settings import GridPoses, NoPoses, NormalPoses, UniformPoses

LIMITS = (60.0, 15.0, 10.0)


def angles(views) -> np.ndarray:
    """Yaw, pitch and roll of each, as the fit would find them: (N, 3)."""
    found = [head_angles(view.rotation().as_rotvec()) for view in views]
    return np.array([[each["yaw"], each["pitch"], each["roll"]] for each in found])


@pytest.mark.parametrize(
    ("poses", "law"),
    [
        (UniformPoses, "uniform"),
        (NormalPoses, "truncnorm"),
    ],
)
def test_drawn_angles_follow_their_law(poses, law):
    drawn = angles(views_of(poses(1000, *LIMITS), 0, "anna")) / LIMITS
    # Of limits -1 and 1: the uniform law's start and width; two deviations, of which each is a half.
    parameters = {"uniform": (-1, 2), "truncnorm": (-2, 2, 0, 0.5)}[law]
    for column in drawn.T:
        assert kstest(column, law, parameters).pvalue > 1e-3
    assert np.abs(drawn).max() <= 1
    # The angles do not hang together.
    assert np.abs(np.corrcoef(drawn.T) - np.identity(3)).max() < 0.1


def test_the_deviation_of_the_normal_law_is_that_of_the_closed_form():
    drawn = angles(views_of(NormalPoses(1000, *LIMITS), 1, "ben"))
    expected = truncnorm(-2, 2, scale=np.array(LIMITS) / 2).std()
    np.testing.assert_allclose(drawn.std(0), expected, rtol=0.07)


def test_a_pose_depends_on_seed_id_and_number_alone():
    ten = views_of(UniformPoses(10, *LIMITS), 0, "anna")
    assert views_of(UniformPoses(12, *LIMITS), 0, "anna")[:10] == ten
    for seed, id in ((1, "anna"), (0, "ben")):
        others = views_of(UniformPoses(10, *LIMITS), seed, id)
        assert not set(others) & set(ten)
    assert len(set(ten)) == 10


def test_a_grid_has_every_pose_once():
    views = views_of(GridPoses((-30.0, 0.0), (0.0, 5.0), (0.0, -7.0)), 0, "anna")
    expected = [(y, p, r) for y in (-30, 0) for p in (0, 5) for r in (0, -7)]
    np.testing.assert_allclose(angles(views), expected, atol=1e-9)


def test_no_poses_are_none():
    assert views_of(NoPoses(), 0, "anna") == []


def test_a_roll_turns_the_picture_counter_clockwise():
    up = View.of_head(0, 0, 90).rotation().apply([0, 1, 0])
    np.testing.assert_allclose(up, [-1, 0, 0], atol=1e-12)
