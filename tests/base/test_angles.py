"""The head's global rotation: its file, and its angles."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from scoreface.base.angles import head_angles, read_axis_angle
from scoreface.base.errors import InputError


def test_head_angles():
    for name, axis in (("yaw", [0, 1, 0]), ("pitch", [1, 0, 0]), ("roll", [0, 0, 1])):
        angles = head_angles(np.radians(20) * np.array(axis, dtype=float))
        assert angles.pop(name) == pytest.approx(20)
        assert list(angles.values()) == pytest.approx([0, 0])
    nose = Rotation.from_rotvec(np.radians([0, 20, 0])).apply([0, 0, 1])
    assert nose[0] > 0  # positive yaw: towards the image's right


def test_a_rotation_comes_back(tmp_path):
    np.save(tmp_path / "a.npy", np.array([0.1, -0.2, 3.0]))
    np.testing.assert_array_equal(read_axis_angle(tmp_path / "a.npy"), [0.1, -0.2, 3.0])


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (np.zeros(4), "no readable rotation"),
        (np.array([0, np.nan, 0]), "values that are not finite"),
        (
            np.array([30.0, 0, -5]),
            "by 30.4 radians, which is more than two turns; if it is in degrees",
        ),
        (np.array([1e300, 0, 0]), "more than two turns"),
        (np.array(["0", "0", "0"]), "not numbers"),
        (np.array([None, 0, 0]), "not numbers"),
    ],
)
def test_what_is_no_rotation_is_named(tmp_path, values, says):
    np.save(tmp_path / "a.npy", values, allow_pickle=True)
    with pytest.raises(InputError, match=rf"a\.npy: .*{says}"):
        read_axis_angle(tmp_path / "a.npy")
