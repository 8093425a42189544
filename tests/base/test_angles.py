"""Head angles of global rotations."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from scoreface.base.angles import head_angles


def test_head_angles():
    for name, axis in (("yaw", [0, 1, 0]), ("pitch", [1, 0, 0]), ("roll", [0, 0, 1])):
        angles = head_angles(np.radians(20) * np.array(axis, dtype=float))
        assert angles.pop(name) == pytest.approx(20)
        assert list(angles.values()) == pytest.approx([0, 0])
    nose = Rotation.from_rotvec(np.radians([0, 20, 0])).apply([0, 0, 1])
    assert nose[0] > 0  # positive yaw: towards the image's right
