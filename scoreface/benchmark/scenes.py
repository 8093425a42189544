"""Photos of synthetic heads of which it is known what each pixel shows: walls, rooms, hair, glasses, hands, clothes."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter

from scoreface.benchmark.backgrounds import HARD, hard_background
from scoreface.benchmark.props import clothes, glasses, hair, hand
from scoreface.benchmark.props.sitter import Layer, Sitter
from scoreface.benchmark.regions import scalp, texel_labels
from scoreface.demo.assets import PHOTO_SIZE
from scoreface.demo.head.model import build_model, embed, head_vertices, landmark_points
from scoreface.demo.light import sample_light
from scoreface.demo.people import Head, sample_head
from scoreface.demo.photos import (
    FRAME,
    ORIGIN,
    SUPERSAMPLING,
    bake,
    look_up,
    rotation,
    sample_background,
)
from scoreface.demo.skin.cuts import BALD
from scoreface.demo.skin.paint import paint_skin
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.rasterise import Fragments, rasterise
from scoreface.parse.labels import BACKGROUND, CLOTHES, HAIR

#: Raised when the same numbers give other photos.
VERSION = "2"
PLAIN, DIFFICULT = "plain", "hard"
#: What may be before a face on a hard background.
EXTRAS: tuple[tuple[str, ...], ...] = ((), ("hair",), ("glasses",), ("hand",), ("hair", "glasses"))

# A branch of the seeds that no training draws from, nor the benchmark of quality.
_BRANCH = 0xE71D
_TURNED = 45.0
# Degrees, deviation of pitch and roll.
_TILTED = 5.0
# The jaw line of the template from the person's right ear to the chin, in the face plane, millimetres: dlib's points
# 0 to 8 on the head seen from the front. Turned, dlib follows the outline instead, which no fixed points do.
_JAW = [(-71, 0), (-71, -17), (-70, -34), (-67, -52), (-62, -70)]
_JAW += [(-53, -86), (-41, -99), (-23, -109), (0, -115)]


@dataclass(frozen=True)
class Recipe:
    """What a scene shows.

    Attributes:
        number: of the scene, from 0.
        backgrounds: ``plain`` or ``hard``.
        background: ``wall`` or one of :data:`scoreface.benchmark.backgrounds.HARD`.
        extras: what is before the face: ``hair``, ``glasses``, ``hand``.
        yaw, pitch, roll: degrees, see :func:`scoreface.demo.photos.rotation`.
    """

    number: int
    backgrounds: str
    background: str
    extras: tuple[str, ...]
    yaw: float
    pitch: float
    roll: float

    @property
    def id(self) -> str:
        """As in ``scene003``."""
        return f"scene{self.number:03d}"


@dataclass(frozen=True)
class Scene:
    """A photo of S pixels a side and what it shows.

    Attributes:
        recipe: what was asked for.
        image: (S, S, 3) uint8.
        labels: (S, S) uint8, of :mod:`scoreface.parse.labels`, what most of each pixel shows.
        alpha: (S, S) float32, how much of it is the person, hair, glasses, hands and clothes included.
        own: (S, S) float32, how much of it is the head's own surface: no clothes, nothing before it but clear glass,
            and hair only where scalp or forehead lies behind it.
        silhouette: (S, S) bool, the pixels whose centre the bare head covers, whatever is before it.
        vertices: (V, 3) posed, so that pixel x = scale * X and, from the bottom, y = scale * Y.
        axis_angle: (3,) radians. scale: pixels a metre.
        landmarks: (68, 2) pixels, y down; dlib's. The first 17 are fixed points on the jaw.
        truth: (T, T, 3) float32 in [0, 1], the lit texture of the bare head.
        texels: (T, T) uint8, the labels of the bare head's texels.
    """

    recipe: Recipe
    image: np.ndarray
    labels: np.ndarray
    alpha: np.ndarray
    own: np.ndarray
    silhouette: np.ndarray
    vertices: np.ndarray
    axis_angle: np.ndarray
    scale: float
    landmarks: np.ndarray
    truth: np.ndarray
    texels: np.ndarray


def make_recipe(seed: int, number: int) -> Recipe:
    """What scene ``number`` shows: even ones a plain wall and the bare face, odd ones each of the rest in turn."""
    rng = _generators(seed, number)[0]
    yaw, (pitch, roll) = rng.uniform(-_TURNED, _TURNED), rng.normal(0.0, _TILTED, 2)
    angles = float(yaw), float(pitch), float(roll)
    if number % 2 == 0:
        return Recipe(number, PLAIN, "wall", (), *angles)
    turn, k = divmod(number // 2, len(HARD))
    # In 25 of them each background meets everything that may be before the face.
    extras = EXTRAS[(k + turn) % len(EXTRAS)]
    return Recipe(number, DIFFICULT, list(HARD)[k], extras, *angles)


def make_scene(seed: int, recipe: Recipe, texture_size: int = 512, size: int = PHOTO_SIZE) -> Scene:
    """Take the photo of a recipe.

    Args:
        seed: of all scenes.
        recipe: what it shows.
        texture_size: T, texels along a side of the truth.
        size: S, pixels a side.
    """
    _, of_head, of_photo, of_props = _generators(seed, recipe.number)
    head = sample_head(of_head)
    skin = head.skin
    if "hair" in recipe.extras and skin.cut == BALD:
        skin = replace(skin, cut="parted")
    if "glasses" in recipe.extras:
        # One pair is enough.
        skin = replace(skin, glasses=None)
    head = replace(head, skin=skin)
    return photograph(head, recipe, of_photo, of_props, texture_size, size)


def _generators(seed: int, number: int) -> list[np.random.Generator]:
    sequences = np.random.SeedSequence((seed, _BRANCH, number)).spawn(4)
    return [np.random.default_rng(sequence) for sequence in sequences]


def photograph(
    head: Head,
    recipe: Recipe,
    rng: np.random.Generator,
    of_props: np.random.Generator,
    texture_size: int,
    size: int,
) -> Scene:
    """Take a photo as :func:`scoreface.demo.photos.make_photo` does, with a background and props of the benchmark's.

    Args:
        head: the person.
        recipe: what the photo shows.
        rng: draws light, plain background and a slight shift of the head; the same that ``make_photo`` draws.
        of_props: draws all that ``make_photo`` has not.
        texture_size: T.
        size: S.
    """
    model = build_model()
    turned = rotation(recipe.yaw, recipe.pitch, recipe.roll)
    scale = size / FRAME * rng.uniform(0.97, 1.03)
    place = np.array(ORIGIN) + rng.normal(0.0, 0.008, 2)
    shift = np.array([*(place * size / scale), 0.0])
    upright = head_vertices(model, head.identity, head.expression)
    posed = turned.apply(upright) + shift
    light = sample_light(copy.deepcopy(rng))  # the one that bake draws
    truth = bake(paint_skin(head.skin, texture_size), posed, model.f, rng)
    fine = size * SUPERSAMPLING
    fragments = rasterise(posed, model.f, OrthographicCamera(scale * SUPERSAMPLING), (fine, fine))
    sitter = Sitter(upright, turned, shift, head.skin, light, scale * SUPERSAMPLING, fine)
    if recipe.backgrounds == PLAIN:
        picture = Picture(sample_background(fine, rng))
    else:
        picture = Picture(hard_background(recipe.background, fine, head.skin, of_props))
    texels = texel_labels(head.skin, texture_size)
    above = scalp(texels)
    behind, before = _props(sitter, recipe, of_props)
    for layer in behind:
        picture.add(layer)
    at = _nearest(fragments, texture_size)
    picture.add_head(look_up(truth, fragments, model), ~fragments.background, texels[at], above[at])
    for layer in before:
        picture.add(layer)
    image = _shrunk(picture.colour)
    if recipe.backgrounds != PLAIN:
        image = _developed(image, of_props)
    points = np.concatenate([_jaw_points(posed), landmark_points(model, posed)])[:, :2] * scale
    seen = rasterise(posed, model.f, OrthographicCamera(scale), (size, size))
    return Scene(
        recipe,
        np.round(image * 255.0).astype(np.uint8),
        _majority(picture.labels),
        _shrunk(picture.alpha[..., None])[..., 0].astype(np.float32),
        _shrunk(picture.own[..., None])[..., 0].astype(np.float32),
        ~seen.background,
        posed,
        turned.as_rotvec(),
        scale,
        np.column_stack([points[:, 0], size - points[:, 1]]),
        truth,
        texels,
    )


class Picture:
    """The photo as it is painted from the back to the front, twice as fine as it will be.

    Attributes:
        colour: (S, S, 3) in [0, 1].
        labels: (S, S) uint8.
        alpha, own: (S, S), see :class:`Scene`.
    """

    def __init__(self, background: np.ndarray):
        self.colour = background
        square = background.shape[:2]
        self.labels = np.full(square, BACKGROUND, np.uint8)
        self.alpha, self.own = np.zeros(square), np.zeros(square)
        self._scalp = np.zeros(square, bool)

    def add_head(
        self, colour: np.ndarray, inside: np.ndarray, labels: np.ndarray, scalp: np.ndarray
    ) -> None:
        """The head: its colours, where it is, what of it, and what is scalp or forehead."""
        self.colour = np.where(inside[..., None], colour, self.colour)
        self.labels = np.where(inside, labels, self.labels)
        self.alpha = np.where(inside, 1.0, self.alpha)
        self.own = (inside & (labels != CLOTHES)).astype(float)
        self._scalp = inside & scalp

    def add(self, layer: Layer) -> None:
        """Something over what there is."""
        shadow = (layer.shadow * self.alpha)[..., None]
        alpha = layer.alpha[..., None]
        self.colour = self.colour * (1.0 - shadow) * (1.0 - alpha) + alpha * layer.colour
        covered = (layer.alpha >= 0.5) | layer.clear
        self.labels = np.where(covered, layer.label, self.labels)
        # Glasses belong to the person, also where a wall shows through them.
        worn = np.where(layer.clear, 1.0, layer.alpha)
        self.alpha = 1.0 - (1.0 - self.alpha) * (1.0 - worn)
        kept = layer.clear | (self._scalp & (layer.label == HAIR))
        self.own = self.own * np.where(kept, 1.0, 1.0 - layer.alpha)


def _props(
    sitter: Sitter, recipe: Recipe, rng: np.random.Generator
) -> tuple[list[Layer], list[Layer]]:
    """What is behind the head and what before it, each from the back to the front."""
    behind: list[Layer] = []
    before: list[Layer] = []
    if recipe.backgrounds == PLAIN:
        return behind, before
    behind.append(clothes.shoulders(sitter, rng))
    if "glasses" in recipe.extras:
        before.append(glasses.glasses(sitter, glasses.sample_style(rng), rng))
    if "hair" in recipe.extras:
        back, front = hair.long_hair(sitter, hair.sample_style(rng), rng)
        behind.append(back)
        before.append(front)
    if "hand" in recipe.extras:
        before.append(hand.hand(sitter, hand.sample_pose(sitter, rng), rng))
    return behind, before


def _nearest(fragments: Fragments, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of the texel of a ``size`` x ``size`` texture that each pixel shows; any on the background."""
    model = build_model()
    uv = fragments.interpolate(model.vt, model.ft)
    rows = np.clip(((1.0 - uv[..., 1]) * size).astype(int), 0, size - 1)
    return rows, np.clip((uv[..., 0] * size).astype(int), 0, size - 1)


def _developed(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As a lens that is not quite sharp and a sensor with some noise give it."""
    sigma = rng.uniform(0.3, 0.7)
    soft = gaussian_filter(image, (sigma, sigma, 0.0))
    noise = rng.standard_normal(image.shape) * rng.uniform(0.002, 0.012)
    return np.clip(soft + noise, 0.0, 1.0)


def _shrunk(image: np.ndarray) -> np.ndarray:
    """The mean of each block of SUPERSAMPLING x SUPERSAMPLING pixels of (S, S, C)."""
    n = SUPERSAMPLING
    rows, columns, channels = image.shape
    return image.reshape(rows // n, n, columns // n, n, channels).mean(axis=(1, 3))


def _majority(labels: np.ndarray) -> np.ndarray:
    """The most frequent label of each block; of equally frequent ones, the one that is more than background."""
    n = SUPERSAMPLING
    rows, columns = labels.shape
    blocks = labels.reshape(rows // n, n, columns // n, n)
    kinds = np.unique(labels)[::-1]
    votes = np.stack([(blocks == kind).sum(axis=(1, 3)) for kind in kinds])
    return kinds[votes.argmax(0)]


def _jaw_points(posed: np.ndarray) -> np.ndarray:
    """(17, 3) posed points on the jaw line."""
    model = build_model()
    left = [(-x, y) for x, y in _JAW[-2::-1]]
    face, weights = embed(model.v_template, model.f.astype(np.int64), 0.001 * np.array(_JAW + left))
    return np.einsum("lkc,lk->lc", posed[model.f[face]], weights)
