"""Where head, ears and neck lie in a photo, by its 68 landmarks alone.

A rigid average face is laid over the inner landmarks with a scaled-orthographic camera; simple solids that stand for
skull, ears and neck then say where these are to be looked for. Good to a tenth of the head's width: enough for seeds.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from scoreface.base.errors import InputError

#: Landmarks that expression moves little, in millimetres on the embedded head: x to its left, y up, z to the front.
_RIGID = {
    17: (-55, 17, 73),
    21: (-10, 18, 96),
    22: (10, 18, 96),
    26: (55, 17, 73),
    27: (0, 2, 97),
    28: (0, -11, 100),
    29: (0, -23, 109),
    30: (0, -35, 116),
    31: (-12, -48, 96),
    33: (0, -51, 95),
    35: (12, -48, 96),
    36: (-43, 1, 76),
    39: (-18, -2, 84),
    42: (18, -2, 84),
    45: (43, 1, 76),
    48: (-25, -71, 88),
    54: (25, -71, 88),
}
_POINTS = np.array(list(_RIGID.values()), float)
#: Outer eye corners, in millimetres apart with what lies between: the unit of all sizes below.
_EYE_DISTANCE = 93.0
_SKULL_CENTRE, _SKULL_AXES = (0.0, 28.0, -6.0), (80.0, 92.0, 102.0)
_EAR_CENTRE, _EAR_AXES = (80.0, -18.0, -12.0), (14.0, 38.0, 26.0)
_NECK_TOP, _NECK_BOTTOM, _NECK_RADIUS = (0.0, -85.0, -10.0), (0.0, -185.0, -35.0), 60.0
#: Rounds of the pose: depths by the rotation, rotation by the depths.
_ROUNDS = 6
#: How far above the brows the face's polygon is closed, in eye distances.
_FOREHEAD = 0.33


@dataclass(frozen=True)
class HeadPose:
    """A head before a scaled-orthographic camera.

    Attributes:
        landmarks: (68, 2) pixels whose centres are whole numbers.
        rotation: (3, 3) from the head to the camera, y up.
        scale: pixels a millimetre.
        middle: (2,) pixel of the average face's middle.
    """

    landmarks: np.ndarray
    rotation: np.ndarray
    scale: float
    middle: np.ndarray

    @property
    def eye(self) -> float:
        """Pixels between the outer eye corners, were the head turned to the camera."""
        return _EYE_DISTANCE * self.scale

    @property
    def yaw(self) -> float:
        """Degrees; positive: the face is turned to the picture's right."""
        return float(np.rad2deg(np.arctan2(self.rotation[0, 2], self.rotation[2, 2])))

    @property
    def up(self) -> np.ndarray:
        """(2,) unit vector from the chin to the nose's bridge."""
        towards = self.landmarks[27] - self.landmarks[8]
        return towards / max(float(np.linalg.norm(towards)), 1e-9)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Pixels (N, 2) of points (N, 3) in millimetres."""
        turned = (points - _POINTS.mean(0)) @ self.rotation[:2].T
        return self.middle + self.scale * turned * [1.0, -1.0]

    def heights(self, shape: tuple[int, int]) -> np.ndarray:
        """(H, W) float32: how far each pixel lies above the nose's bridge, along the face, in eye distances."""
        y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
        at, up = self.landmarks[27], self.up
        return (((x - at[0]) * up[0] + (y - at[1]) * up[1]) / self.eye).astype(np.float32)

    @property
    def chin(self) -> float:
        """The chin's height as :meth:`heights` has it."""
        return float((self.landmarks[8] - self.landmarks[27]) @ self.up / self.eye)

    def face(self, shape: tuple[int, int]) -> np.ndarray:
        """(H, W) bool: inside the jaw line, closed over the forehead."""
        brows = self.landmarks[26:16:-1] + _FOREHEAD * self.eye * self.up
        return polygon(shape, np.concatenate([self.landmarks[:17], brows]))

    def skull(self, shape: tuple[int, int], size: float = 1.0) -> np.ndarray:
        """(H, W) bool: the ellipse of the skull, ``size`` times as large."""
        return self._ellipse(shape, _SKULL_CENTRE, _SKULL_AXES, size)

    def ears(self, shape: tuple[int, int], size: float = 1.0) -> np.ndarray:
        """(H, W) bool: the ellipses of those ears that the head does not hide."""
        found = np.zeros(shape, bool)
        for side in (-1.0, 1.0):
            x, y, z = _EAR_CENTRE
            # The normal of a turned head's far ear points away from the camera.
            if side * self.rotation[2, 0] > -0.35:
                found |= self._ellipse(shape, (side * x, y, z), _EAR_AXES, size)
        return found

    def neck(self, shape: tuple[int, int], top: float = 1.0, bottom: float = 1.0) -> np.ndarray:
        """(H, W) bool: the neck from behind the chin to the shoulders and on, ``top`` and ``bottom`` times as wide."""
        start, end = self.project(np.array([_NECK_TOP, _NECK_BOTTOM]))
        along = end - start
        across = np.array([along[1], -along[0]]) / max(float(np.linalg.norm(along)), 1e-9)
        half = _NECK_RADIUS * self.scale * across
        wider = (2 * bottom - top) * half
        corners = [start - top * half, start + top * half, end + along + wider, end + along - wider]
        return polygon(shape, np.array(corners))

    def _ellipse(
        self,
        shape: tuple[int, int],
        centre: tuple[float, float, float],
        axes: tuple[float, float, float],
        size: float,
    ) -> np.ndarray:
        """(H, W) bool: the outline of an ellipsoid along the head's axes."""
        at = self.project(np.array([centre]))[0]
        spread = self.scale * self.rotation[:2] * (size * np.array(axes)) * [[1.0], [-1.0]]
        inverse = np.linalg.inv(spread @ spread.T)
        y, x = np.mgrid[: shape[0], : shape[1]]
        x, y = x - at[0], y - at[1]
        return inverse[0, 0] * x * x + 2 * inverse[0, 1] * x * y + inverse[1, 1] * y * y <= 1.0


def polygon(shape: tuple[int, int], corners: np.ndarray) -> np.ndarray:
    """(H, W) bool: inside the polygon with corners (N, 2)."""
    inside = np.zeros(shape, np.uint8)
    cv2.fillPoly(inside, [np.round(corners).astype(np.int32)], 1)
    return inside > 0


def estimate_pose(landmarks: np.ndarray) -> HeadPose:
    """The head's pose by its landmarks (68, 2).

    Raises:
        InputError: the landmarks lie in one place or on one line.
    """
    points = _POINTS - _POINTS.mean(0)
    pixels = landmarks[list(_RIGID)]
    middle = pixels.mean(0)
    seen = (pixels - middle) * [1.0, -1.0]
    if not np.isfinite(landmarks).all() or np.linalg.svd(seen, compute_uv=False)[1] < 1.0:
        raise InputError("the landmarks are no face's: they lie in one place or on one line")
    flat, *_ = np.linalg.lstsq(points, seen, rcond=None)
    left, sizes, right = np.linalg.svd(flat.T, full_matrices=False)
    rows, scale = left @ right, float(sizes.mean())
    rotation = np.vstack([rows, np.cross(rows[0], rows[1])])
    for _ in range(_ROUNDS):
        depths = scale * points @ rotation[2]
        left, sizes, right = np.linalg.svd(np.column_stack([seen, depths]).T @ points)
        signs = np.array([1.0, 1.0, np.linalg.det(left @ right)])
        rotation = left * signs @ right
        scale = float((sizes * signs).sum() / (points**2).sum())
    return HeadPose(landmarks, rotation, scale, middle)
