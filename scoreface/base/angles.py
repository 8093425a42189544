"""The head's global rotation: its file, and its angles in degrees."""

from pathlib import Path
from typing import Dict

import numpy as np
from scipy.spatial.transform import Rotation

from scoreface.base.arrays import NUMBERS, Array, read_npy
from scoreface.base.errors import InputError

#: Radians: a vector of twice a full turn is none that a fit leaves. Angles in degrees are mostly longer.
_LONGEST = 4 * np.pi


def read_axis_angle(path: Path) -> np.ndarray:
    """The rotation (3,) float64 in a stage's npy file, in radians.

    Raises:
        InputError: the file is missing or damaged, or holds no rotation.
    """
    values = read_npy(path, Array(NUMBERS, (3,)), "rotation")
    return check_axis_angle(values.astype(np.float64), path)


def check_axis_angle(rotation: np.ndarray, path: Path) -> np.ndarray:
    """The rotation (3,) itself.

    Args:
        rotation: finite numbers.
        path: where they come from, for the message.

    Raises:
        InputError: it is longer than two turns.
    """
    with np.errstate(over="ignore"):
        length = float(np.linalg.norm(rotation))
    if not length <= _LONGEST:
        raise InputError(
            "{}: a rotation by {:.3g} radians, which is more than two turns; if it is in degrees, "
            "write it in radians".format(path, length)
        )
    return rotation


def head_angles(axis_angle: np.ndarray) -> Dict[str, float]:
    """Split a global rotation into yaw, pitch and roll: R = R_y(yaw) R_x(pitch) R_z(roll).

    Axes: x to the image's right, y up, z to the camera. Positive yaw turns the face to the image's
    right, positive pitch lowers the chin, positive roll tilts the head counter-clockwise in the
    image.

    Args:
        axis_angle: (3,) radians.

    Returns:
        ``yaw``, ``pitch`` and ``roll`` in degrees; yaw and roll in [-180, 180], pitch in [-90, 90].
    """
    yaw, pitch, roll = Rotation.from_rotvec(axis_angle).as_euler("YXZ", degrees=True)
    return {"yaw": float(yaw), "pitch": float(pitch), "roll": float(roll)}
