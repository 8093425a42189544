"""Head poses by landmarks: exact on points of the average face, near the truth on photos."""

import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.demo.photos import rotation
from scoreface.parse import pose
from scoreface.parse.pose import estimate_pose, polygon

SHAPE = (300, 300)


def landmarks_at(yaw: float, pitch: float = 0.0, roll: float = 0.0, scale: float = 1.2):
    """Landmarks of the average face, turned; those that the pose does not ask for lie on a half circle."""
    found = np.zeros((68, 2))
    turn = np.linspace(np.pi, 0, 17)
    flat = np.column_stack([70 * np.cos(turn), -115 * np.sin(turn), np.full(17, 20.0)])
    brows = [(x, 25.0 - abs(abs(x) - 30) / 4, 85.0) for x in np.linspace(-50, 50, 10)]
    points = np.zeros((68, 3))
    points[:17], points[17:27] = flat, brows
    for index, point in pose._RIGID.items():
        points[index] = point
    turned = rotation(yaw, pitch, roll).apply(points)
    found = scale * turned[:, :2] * [1, -1] + [150, 130]
    return found


@pytest.mark.parametrize("angles", [(0, 0, 0), (30, 5, -8), (-45, -10, 12), (15, 20, 30)])
def test_the_pose_of_the_average_face_is_found(angles: tuple[float, float, float]) -> None:
    found = estimate_pose(landmarks_at(*angles))
    np.testing.assert_allclose(found.rotation, rotation(*angles).as_matrix(), atol=1e-3)
    assert found.scale == pytest.approx(1.2, rel=1e-3)
    assert found.yaw == pytest.approx(rotation(*angles).as_euler("YXZ", degrees=True)[0], abs=0.1)
    np.testing.assert_allclose(
        found.project(pose._POINTS), landmarks_at(*angles)[list(pose._RIGID)], atol=0.1
    )


def test_sizes_do_not_shrink_as_the_head_turns() -> None:
    eyes = [estimate_pose(landmarks_at(yaw)).eye for yaw in (0, 20, 40)]
    assert np.ptp(eyes) < 0.01 * eyes[0]


def test_heights_grow_from_chin_to_bridge_along_the_face() -> None:
    found = estimate_pose(landmarks_at(0, 0, 40))
    heights = found.heights(SHAPE)
    (x, y), (chin_x, chin_y) = np.rint(found.landmarks[[27, 8]]).astype(int)
    assert heights[y, x] == pytest.approx(0, abs=0.02)
    assert heights[chin_y, chin_x] == pytest.approx(found.chin, abs=0.02)


def test_skull_ears_and_neck_lie_where_they_belong() -> None:
    found = estimate_pose(landmarks_at(0))
    above = np.flatnonzero(found.skull(SHAPE).any(1))[0]
    assert above < np.flatnonzero(found.face(SHAPE).any(1))[0]
    ears = np.flatnonzero(found.ears(SHAPE).any(0))
    skull = np.flatnonzero(found.skull(SHAPE).any(0))
    assert ears[0] < skull[0]
    assert ears[-1] > skull[-1]
    neck = found.neck(SHAPE)
    assert neck[280].sum() == pytest.approx(2 * 60 * found.scale, abs=3)
    assert found.neck(SHAPE, 1.0, 2.0)[280].sum() > neck[280].sum()


def test_a_turned_head_hides_its_far_ear() -> None:
    to_the_right = estimate_pose(landmarks_at(40))
    columns = np.flatnonzero(to_the_right.ears(SHAPE).any(0))
    assert columns[-1] < to_the_right.landmarks[30, 0]


def test_the_pose_of_a_photo_is_near_the_truth(take) -> None:
    assert estimate_pose(take(0, 25.0).landmarks).yaw == pytest.approx(25.0, abs=6.0)


@pytest.mark.parametrize("points", [np.zeros((68, 2)), np.full((68, 2), np.nan)])
def test_landmarks_that_are_no_faces_are_refused(points: np.ndarray) -> None:
    with pytest.raises(InputError, match="the landmarks are no face's"):
        estimate_pose(points)


def test_landmarks_on_a_line_are_refused() -> None:
    with pytest.raises(InputError, match="on one line"):
        estimate_pose(np.column_stack([np.arange(68.0), np.arange(68.0)]))


def test_a_polygon_beyond_the_picture_is_cut() -> None:
    inside = polygon((4, 4), np.array([(-10, -10), (10, -10), (10, 2), (-10, 2)]))
    np.testing.assert_array_equal(inside.sum(1), [4, 4, 4, 0])
