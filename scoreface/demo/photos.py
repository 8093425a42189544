"""Photos of procedural heads with everything about them known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.spatial.transform import Rotation

from scoreface.demo.head.anatomy import EYE_CENTRE, MOUTH_Y
from scoreface.demo.head.model import HeadModel, build_model, head_vertices, landmark_points
from scoreface.demo.head.surface import spread
from scoreface.demo.light import Light, apply, sample_light, shade
from scoreface.demo.masks import Array, soft, spot
from scoreface.demo.people import Head
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.rasterise import Fragments, rasterise

# Height of the frame in metres, and where the head's origin (between the eyes) stands in it.
FRAME = 0.360
ORIGIN = (0.50, 0.53)
SUPERSAMPLING = 2


@dataclass(frozen=True)
class Photo:
    """A photo and what it shows.

    image: (S, S, 3) uint8. landmarks_2d: (51, 2) pixels, y down.
    vertices: (V, 3) posed, so that pixel x = scale * X and, from the bottom, y = scale * Y.
    axis_angle: (3,) radians, the head's rotation. scale: pixels a metre.
    truth: (T, T, 3) float32 in [0, 1], the lit texture: looking it up gives the photo.
    visible: (S, S) bool, pixels wholly covered by the head.
    """

    image: np.ndarray
    landmarks_2d: Array
    vertices: Array
    axis_angle: Array
    scale: float
    truth: Array
    visible: np.ndarray


def rotation(yaw: float, pitch: float, roll: float) -> Rotation:
    """The rotation R_y(yaw) R_x(pitch) R_z(roll) of a head, angles in degrees.

    Positive yaw turns the face to the picture's right, positive pitch down, positive roll tilts
    the head to the picture's left (counter-clockwise). The fit reports its angles likewise.
    """
    return Rotation.from_euler("YXZ", [yaw, pitch, roll], degrees=True)


def make_photo(
    head: Head,
    skin: Array,
    yaw: float,
    pitch: float,
    roll: float,
    size: int = 512,
    rng: np.random.Generator | None = None,
    light: Light | None = None,
) -> Photo:
    """Take a photo of ``head`` with the painted ``skin`` (T, T, 3) on it.

    Args:
        head: identity and expression; its own ``skin`` is not used, only the painted one.
        skin: float in [0, 1], as :func:`scoreface.demo.skin.paint.paint_skin` paints it.
        yaw, pitch, roll: degrees, see :func:`rotation`.
        size: pixels a side.
        rng: draws light, background and a slight shift of the head; default: seed 0.
        light: instead of the drawn one; all else is drawn as without it.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    model = build_model()
    turned = rotation(yaw, pitch, roll)
    scale = size / FRAME * rng.uniform(0.97, 1.03)
    shift = np.array(ORIGIN) + rng.normal(0.0, 0.008, 2)
    posed = turned.apply(head_vertices(model, head.identity, head.expression))
    posed += [*(shift * size / scale), 0.0]

    truth = bake(skin, posed, model.f, rng, light)
    camera = OrthographicCamera(scale * SUPERSAMPLING)
    fine = rasterise(posed, model.f, camera, (size * SUPERSAMPLING,) * 2)
    background = sample_background(size * SUPERSAMPLING, rng)
    colours = np.where(fine.background[..., None], background, look_up(truth, fine, model))
    points = landmark_points(model, posed)[:, :2] * scale
    return Photo(
        image=np.round(_shrink(colours) * 255.0).astype(np.uint8),
        landmarks_2d=np.column_stack([points[:, 0], size - points[:, 1]]),
        vertices=posed,
        axis_angle=turned.as_rotvec(),
        scale=scale,
        truth=truth,
        visible=_shrink(fine.background[..., None].astype(np.float32))[..., 0] == 0.0,
    )


def bake(
    skin: Array,
    posed: Array,
    faces: np.ndarray,
    rng: np.random.Generator,
    light: Light | None = None,
) -> Array:
    """The texture ``skin`` (T, T, 3) as a random light shows it on a posed head, same shape.

    A given ``light`` serves instead of the drawn one, which is drawn all the same.
    """
    drawn = sample_light(rng)
    diffuse, sheen = shade(posed, faces, light or drawn)
    factors = spread(np.concatenate([diffuse, sheen * _oil()], axis=1), len(skin))
    return apply(skin, factors[..., :3], factors[..., 3:])


@cache
def _oil() -> Array:
    """How much each vertex's skin shines (V, 1): most on nose, forehead, lips and chin."""
    p = build_model().v_template
    x, y = np.abs(p[:, 0]), p[:, 1]
    front = soft(p[:, 2] - 0.03, 0.04)
    oily = spot(x, y, 0.0, -0.022, 0.011, 0.026) + 0.75 * spot(x, y, 0.0, 0.045, 0.042, 0.022)
    oily += 0.55 * spot(x, y, 0.040, -0.020, 0.016, 0.014) + 0.6 * spot(
        x, y, 0.0, -0.098, 0.014, 0.010
    )
    oily += 0.9 * spot(x, y, 0.0, MOUTH_Y - 0.004, 0.016, 0.006)
    hollow = spot(x, y, EYE_CENTRE[0], EYE_CENTRE[1], 0.018, 0.010)
    return (front * np.clip(oily, 0.0, 1.0) * (1.0 - hollow) + 0.22)[:, None]


def look_up(texture: Array, fragments: Fragments, model: HeadModel) -> Array:
    """The ``texture`` (T, T, 3) where each pixel meets the head, bilinear: (H, W, 3).

    Background pixels get an arbitrary colour.
    """
    size = len(texture)
    uv = fragments.interpolate(model.vt, model.ft)
    at = np.stack([(1.0 - uv[..., 1]) * size - 0.5, uv[..., 0] * size - 0.5])
    low = np.floor(at).astype(np.int64)
    t = (at - low).astype(np.float32)[..., None]
    # Rows end at the poles, columns go round.
    rows = [np.clip(low[0] + k, 0, size - 1) for k in (0, 1)]
    columns = [(low[1] + k) % size for k in (0, 1)]
    top = texture[rows[0], columns[0]] * (1 - t[1]) + texture[rows[0], columns[1]] * t[1]
    bottom = texture[rows[1], columns[0]] * (1 - t[1]) + texture[rows[1], columns[1]] * t[1]
    return top * (1 - t[0]) + bottom * t[0]


def sample_background(size: int, rng: np.random.Generator) -> Array:
    """A plain wall or, half the time, something far out of focus: (size, size, 3)."""
    y, x = np.mgrid[0:size, 0:size] / size
    slope = rng.normal(0.0, 0.12, 2)
    wall = rng.uniform(0.2, 0.85) + 0.04 * rng.standard_normal(3)
    image = wall + (slope[0] * (x - 0.5) + slope[1] * (y - 0.5))[..., None]
    if rng.random() < 0.5:
        coarse = rng.standard_normal((24, 24, 3))
        coarse = gaussian_filter(coarse, (1.6, 1.6, 0.0), mode="reflect")
        coarse = np.repeat(np.repeat(coarse, 16, 0), 16, 1)
        coarse = gaussian_filter(coarse, (14.0, 14.0, 0.0), mode="reflect")
        at = (np.arange(size) * (len(coarse) / size)).astype(int)
        # Mostly light and dark, little colour.
        gray = coarse.mean(axis=2, keepdims=True)
        image = image + (0.9 * gray + 0.18 * (coarse - gray))[at][:, at]
    return np.clip(image, 0.02, 0.98).astype(np.float32)


def _shrink(image: Array) -> Array:
    """The mean of each SUPERSAMPLING x SUPERSAMPLING block of (H, W, C)."""
    height, width, channels = image.shape
    n = SUPERSAMPLING
    return image.reshape(height // n, n, width // n, n, channels).mean(axis=(1, 3))
