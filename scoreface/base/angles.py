"""Head angles in degrees from the global rotation."""

from typing import Dict

import numpy as np
from scipy.spatial.transform import Rotation


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
