"""Photos of synthetic heads of which it is known what each pixel shows: walls, rooms, hair, glasses, hands, clothes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoreface.demo.assets import PHOTO_SIZE
from scoreface.demo.head.model import build_model, embed
from scoreface.demo.people import sample_head
from scoreface.demo.photos import Photo, Surroundings, make_photo
from scoreface.demo.props.worn import groomed
from scoreface.demo.skin.paint import paint_skin
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.rasterise import rasterise

#: Raised when the same numbers give other photos.
VERSION = "2"
PLAIN, DIFFICULT = "plain", "hard"
#: The hard backgrounds.
HARD = ("room", "foliage", "crowd", "alike", "bokeh")
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
        background: ``wall`` or one of ``HARD``.
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
class Scene(Photo):
    """A photo of S pixels a side of which the benchmark knows more.

    Attributes:
        recipe: what was asked for.
        silhouette: (S, S) bool, the pixels whose centre the bare head covers, whatever is before it.
        landmarks: (68, 2) pixels, y down; dlib's. The first 17 are fixed points on the jaw.
    """

    recipe: Recipe
    silhouette: np.ndarray
    landmarks: np.ndarray


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
    return Recipe(number, DIFFICULT, HARD[k], extras, *angles)


def make_scene(seed: int, recipe: Recipe, texture_size: int = 512, size: int = PHOTO_SIZE) -> Scene:
    """Take the photo of a recipe.

    Args:
        seed: of all scenes.
        recipe: what it shows.
        texture_size: T, texels along a side of the truth.
        size: S, pixels a side.
    """
    _, of_head, of_photo = _generators(seed, recipe.number)
    head = groomed(sample_head(of_head), recipe.extras)
    photo = make_photo(
        head,
        paint_skin(head.skin, texture_size),
        recipe.yaw,
        recipe.pitch,
        recipe.roll,
        size,
        of_photo,
        surroundings=Surroundings(recipe.background, recipe.extras),
    )
    camera = OrthographicCamera(photo.scale)
    seen = rasterise(photo.vertices, build_model().f, camera, (size, size))
    jaw = _jaw_points(photo.vertices)[:, :2] * photo.scale
    points = np.concatenate([np.column_stack([jaw[:, 0], size - jaw[:, 1]]), photo.landmarks_2d])
    return Scene(**vars(photo), recipe=recipe, silhouette=~seen.background, landmarks=points)


def _generators(seed: int, number: int) -> list[np.random.Generator]:
    """Of the recipe, the person and the photo."""
    sequences = np.random.SeedSequence((seed, _BRANCH, number)).spawn(3)
    return [np.random.default_rng(sequence) for sequence in sequences]


def _jaw_points(posed: np.ndarray) -> np.ndarray:
    """(17, 3) posed points on the jaw line."""
    model = build_model()
    left = [(-x, y) for x, y in _JAW[-2::-1]]
    face, weights = embed(model.v_template, model.f.astype(np.int64), 0.001 * np.array(_JAW + left))
    return np.einsum("lkc,lk->lc", posed[model.f[face]], weights)
