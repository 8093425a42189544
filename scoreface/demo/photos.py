"""Photos of procedural heads with everything about them known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.spatial.transform import Rotation

from scoreface.demo.head.anatomy import EYE_CENTRE, MOUTH_Y
from scoreface.demo.head.model import HeadModel, build_model, head_vertices, landmark_points
from scoreface.demo.head.surface import spread
from scoreface.demo.light import Light, apply, sample_photo_light, shade
from scoreface.demo.masks import Array, soft, spot
from scoreface.demo.people import Head
from scoreface.demo.picture import SUPERSAMPLING, Picture, developed, majority, shrunk
from scoreface.demo.props.clothes import shoulders
from scoreface.demo.props.sitter import Sitter
from scoreface.demo.props.worn import props
from scoreface.demo.regions import scalp, texel_labels
from scoreface.demo.scenery.backgrounds import draw_background, sample_kind
from scoreface.demo.scenery.strokes import Subject
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.rasterise import Fragments, rasterise

# Height of the frame in metres, and where the head's origin (between the eyes) stands in it.
FRAME = 0.360
ORIGIN = (0.50, 0.53)
# A pixel with less than this of the head's bare surface is not taken to show it: a shadow of a hundredth is none.
_VISIBLE = 0.99


@dataclass(frozen=True)
class Surroundings:
    """What a photo shows beside the head and the clothes.

    Attributes:
        background: one of :data:`scoreface.demo.scenery.backgrounds.BACKGROUNDS`.
        before: what is before the face, of :data:`scoreface.demo.props.worn.PROPS`.
    """

    background: str
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Photo:
    """A photo of S pixels a side and what it shows.

    Attributes:
        image: (S, S, 3) uint8.
        landmarks_2d: (51, 2) pixels, y down.
        vertices: (V, 3) posed, so that pixel x = scale * X and, from the bottom, y = scale * Y.
        axis_angle: (3,) radians, the head's rotation.
        scale: pixels a metre.
        light: about the head.
        surroundings: what is behind and before it.
        truth: (T, T, 3) float32 in [0, 1], the lit texture of the bare head: looking it up gives the photo.
        texels: (T, T) uint8, the labels of the bare head's texels.
        visible: (S, S) bool, pixels wholly covered by the head, with nothing before it and no shadow of it.
        labels: (S, S) uint8, of :mod:`scoreface.parse.labels`, what most of each pixel shows.
        alpha: (S, S) float32, how much of it is the person, hair, glasses, hands and clothes included.
        own: (S, S) float32, how much of it is the head's own surface: no clothes, nothing before it but clear glass,
            and hair only where scalp or forehead lies behind it.
    """

    image: np.ndarray
    landmarks_2d: Array
    vertices: Array
    axis_angle: Array
    scale: float
    light: Light
    surroundings: Surroundings
    truth: Array
    texels: np.ndarray
    visible: np.ndarray
    labels: np.ndarray
    alpha: Array
    own: Array


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
    surroundings: Surroundings | None = None,
) -> Photo:
    """Take a photo of ``head`` with the painted ``skin`` (T, T, 3) on it.

    Light and shift are those of the generator, whatever is around the head; so are clothes and lens, whatever is before
    the face.

    Args:
        head: the person.
        skin: float in [0, 1], as :func:`scoreface.demo.skin.paint.paint_skin` paints it, with or without marks.
        yaw, pitch, roll: degrees, see :func:`rotation`.
        size: S, pixels a side.
        rng: draws light, a slight shift of the head, background, clothes and lens; default: seed 0.
        light: instead of the drawn one; all else is drawn as without it.
        surroundings: instead of the drawn ones, which have nothing before the face.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    of_place, of_clothes, of_props, of_lens = rng.spawn(4)
    model = build_model()
    turned = rotation(yaw, pitch, roll)
    scale = size / FRAME * rng.uniform(0.97, 1.03)
    place = np.array(ORIGIN) + rng.normal(0.0, 0.008, 2)
    shift = np.array([*(place * size / scale), 0.0])
    upright = head_vertices(model, head.identity, head.expression)
    posed = turned.apply(upright) + shift
    drawn = sample_photo_light(rng)
    light = light or drawn
    surroundings = surroundings or Surroundings(sample_kind(of_place))

    truth = bake(skin, posed, model.f, light)
    texels = texel_labels(head.skin, len(skin))
    fine = size * SUPERSAMPLING
    fragments = rasterise(posed, model.f, OrthographicCamera(scale * SUPERSAMPLING), (fine, fine))
    sitter = Sitter(upright, turned, shift, head.skin, light, scale * SUPERSAMPLING, fine)
    subject = Subject(head.skin.tone, head.skin.hair_mean, float(light.direction[0]))
    picture = Picture(draw_background(surroundings.background, fine, subject, of_place))
    picture.add(shoulders(sitter, of_clothes))
    behind, before = props(sitter, surroundings.before, of_props)
    for layer in behind:
        picture.add(layer)
    at = _nearest(fragments, len(skin), model)
    inside, above = ~fragments.background, scalp(texels)
    picture.add_head(look_up(truth, fragments, model), inside, texels[at], above[at])
    for layer in before:
        picture.add(layer)
    points = landmark_points(model, posed)[:, :2] * scale
    return Photo(
        image=np.round(developed(shrunk(picture.colour), of_lens) * 255.0).astype(np.uint8),
        landmarks_2d=np.column_stack([points[:, 0], size - points[:, 1]]),
        vertices=posed,
        axis_angle=turned.as_rotvec(),
        scale=scale,
        light=light,
        surroundings=surroundings,
        truth=truth,
        texels=texels,
        visible=shrunk(picture.bare) > _VISIBLE,
        labels=majority(picture.labels),
        alpha=shrunk(picture.alpha).astype(np.float32),
        own=shrunk(picture.own).astype(np.float32),
    )


def bake(skin: Array, posed: Array, faces: np.ndarray, light: Light) -> Array:
    """The texture ``skin`` (T, T, 3) as a light shows it on a posed head, same shape."""
    diffuse, sheen = shade(posed, faces, light)
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


def _nearest(fragments: Fragments, size: int, model: HeadModel) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of the texel of a ``size`` x ``size`` texture that each pixel shows; any on the background."""
    uv = fragments.interpolate(model.vt, model.ft)
    rows = np.clip(((1.0 - uv[..., 1]) * size).astype(int), 0, size - 1)
    return rows, np.clip((uv[..., 0] * size).astype(int), 0, size - 1)
