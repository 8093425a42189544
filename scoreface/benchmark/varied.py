"""Photos of one head that differ as two photos of a person do: light, expression, pose, place, clothes and camera."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from scoreface.base.seeds import number_of
from scoreface.benchmark.cases import draw_person, generator_of
from scoreface.benchmark.plan import Face
from scoreface.demo.assets import PHOTO_SIZE
from scoreface.demo.photos import Photo, make_photo

#: Pixels beside a head's outline that such a camera mixes with what is behind.
RIM = 3
#: Raised when the same numbers give other photos, or more or less of them counts.
VERSION = "1"

# Of the numbers that a photo is drawn from: ``cases`` has 0 to 2 for the head.
_VARIED = 3
# Deviations, of unit coefficients and of degrees: a face is never held quite the same way twice.
_EXPRESSION, _YAW, _TILTED = 0.35, 1.5, 4.0
_MOST_EXPRESSION = 2.0
# Of the camera: its pixels along the picture's side, as a share; noise in gray levels; JPEG's quality.
_PIXELS, _NOISE, _QUALITY = (0.7, 1.0), (1.0, 4.0), (75, 95)


def varied_photo(
    seed: int, face: Face, texture_size: int, asymmetric: bool = False, take: int = 0
) -> Photo:
    """A photo of a head on an occasion of its own, but for skin, hair and glasses, which are the person's.

    Everything else is drawn for the photo alone: light (in one photo of seven from one side), place, clothes, a slight
    expression over the person's own, a few degrees of pose, and what a camera leaves of the picture.

    Args:
        seed: of the heads.
        face: which head, and about how it is turned.
        texture_size: T, texels along a side of its texture.
        asymmetric: whether its two sides differ, see :func:`scoreface.benchmark.asymmetry.sample_asymmetry`.
        take: which of the photos of this head at this yaw.
    """
    head, skin, _ = draw_person(seed, face.head, texture_size, asymmetric)
    drawn = generator_of(seed, face.head, _VARIED, number_of(f"{face.yaw:g}"), take)
    of_pose, of_photo, of_camera = drawn.spawn(3)
    expression = head.expression + _EXPRESSION * of_pose.standard_normal(len(head.expression))
    expression = np.clip(expression, -_MOST_EXPRESSION, _MOST_EXPRESSION)
    yaw, pitch, roll = [_YAW, _TILTED, _TILTED] * of_pose.standard_normal(3)
    posing = replace(head, expression=expression)
    photo = make_photo(
        posing, skin, float(face.yaw + yaw), float(pitch), float(roll), PHOTO_SIZE, of_photo
    )
    return replace(photo, image=through_camera(photo.image, of_camera))


def through_camera(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An image (S, S, 3) uint8 as a camera of fewer pixels leaves it, with noise and as JPEG, at its old size."""
    size = len(image)
    side = round(size * rng.uniform(*_PIXELS))
    taken = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA).astype(np.float64)
    taken += np.exp(rng.uniform(*np.log(_NOISE))) * rng.standard_normal(taken.shape)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*_QUALITY, endpoint=True))]
    pixels = np.rint(taken).clip(0, 255).astype(np.uint8)
    # Its order of colours decides what JPEG thins out.
    packed = cv2.imencode(".jpg", pixels[..., ::-1], quality)[1]
    unpacked = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    assert unpacked is not None
    resized = cv2.resize(unpacked[..., ::-1], (size, size), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(resized)
