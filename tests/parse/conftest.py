"""Scenes of which it is known what each pixel shows, and the models that see them."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from scoreface.base.errors import InputError
from scoreface.demo.head.model import build_model
from scoreface.demo.people import sample_head
from scoreface.demo.photos import Photo, Surroundings, make_photo
from scoreface.demo.skin.paint import paint_skin
from scoreface.geometry.camera import OrthographicCamera
from scoreface.geometry.rasterise import rasterise
from scoreface.parse.engines import EmbeddedSettings, Given, Parser, make_parser
from scoreface.parse.labels import BARE, SKIN

SIZE = 512


@dataclass(frozen=True)
class Scene:
    """A photo of a synthetic head.

    image: (S, S, 3) uint8. landmarks: (68, 2), as dlib sees them.
    truth: (S, S) uint8, BACKGROUND, SKIN (features with it), HAIR or CLOTHES.
    covered: (S, S) float32, how far the head covers each pixel.
    eyes: pixels between the outer eye corners.
    """

    image: np.ndarray
    landmarks: np.ndarray
    truth: np.ndarray
    covered: np.ndarray
    eyes: float


@pytest.fixture(scope="session")
def embedded(person_model: Path) -> Parser:
    return make_parser(EmbeddedSettings("auto"), Given(person_model=person_model))


@cache
def _dlib():
    dlib = pytest.importorskip("dlib")
    landmarks = pytest.importorskip("scoreface.fitting.landmarks")
    try:
        path = landmarks.find_predictor()
    except InputError as error:
        pytest.skip(str(error))
    return dlib, dlib.get_frontal_face_detector(), dlib.shape_predictor(path)


def see_landmarks(image: np.ndarray, upsampled: int = 0) -> np.ndarray:
    """dlib's landmarks (68, 2) of the largest face."""
    _, detect, predict = _dlib()
    box = max(detect(image, upsampled), key=lambda found: found.area())
    return np.array([(point.x, point.y) for point in predict(image, box).parts()], float)


@pytest.fixture(scope="session")
def take():
    """Take a photo of the head with a seed before a plain wall, at a yaw; the same scene is made once."""

    @cache
    def scene(seed: int, yaw: float = 0.0, bald: bool = False) -> Scene:
        rng = np.random.default_rng((11, seed))
        head = sample_head(rng)
        cut = "bald" if bald else "short"
        plain = {"cut": cut, "beard": "none", "glasses": None, "marked": False}
        head = replace(head, skin=replace(head.skin, **plain))
        skin, wall = paint_skin(head.skin, 256), Surroundings("wall")
        photo = make_photo(head, skin, yaw, 0.0, 0.0, SIZE, rng, surroundings=wall)
        truth, covered = _truth(photo)
        eyes = float(np.linalg.norm(photo.landmarks_2d[28] - photo.landmarks_2d[19]))
        return Scene(photo.image, see_landmarks(photo.image), truth, covered, eyes)

    return scene


def _truth(photo: Photo) -> tuple[np.ndarray, np.ndarray]:
    """What the pixels show, features as the skin in which they stand, and how far the head covers them."""
    truth = np.where(np.isin(photo.labels, list(BARE)), SKIN, photo.labels).astype(np.uint8)
    camera = OrthographicCamera(4 * photo.scale)
    fine = rasterise(photo.vertices, build_model().f, camera, (4 * SIZE,) * 2)
    shares = (~fine.background).astype(np.float32)
    return truth, cv2.resize(shares, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
