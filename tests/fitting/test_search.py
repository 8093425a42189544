"""Second tries: faces that dlib's frontal detector misses are found where they are, and none where there is none."""

import numpy as np
import pytest
import skimage.data
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.fitting import landmarks as lm
from scoreface.fitting import search as se
from scoreface.fitting.upright import complete_jaw

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def predictor():
    path = lm.find_predictor()
    return lm.load_predictor(path), path


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    return np.ascontiguousarray(skimage.data.astronaut())


@pytest.fixture(scope="module")
def truth(portrait, predictor) -> np.ndarray:
    """(68, 2): its landmarks as dlib has them with the head upright."""
    return lm.detect(portrait, *predictor).landmarks


def assert_found(photo, expected, predictor, way: str):
    """Check that only a second try finds the face, which way, and within 5 % of the distance between the eyes."""
    assert lm.detect(photo, *predictor) is None
    face = se.search(photo, *predictor)
    assert face is not None
    assert face.found_by.startswith(way)
    assert face.n_faces == 1
    apart = np.linalg.norm(face.landmarks - expected, axis=1)[17:]
    assert apart.mean() < 0.05 * np.linalg.norm(expected[36] - expected[45])
    middle = face.landmarks[17:].mean(axis=0)
    assert (face.box[:2] < middle).all()
    assert (middle < face.box[2:]).all()


@pytest.mark.parametrize("turn", [45, 60, 75, 90, -60, 135, 180])
def test_turned_faces(portrait, truth, predictor, turn):
    turned = Image.fromarray(portrait).rotate(turn, Image.Resampling.BICUBIC, expand=True)
    angle = np.radians(turn)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    expected = (truth - 255.5) @ matrix.T + (np.array(turned.size) - 1) / 2
    assert_found(
        np.array(turned), expected, predictor, "hog with an edge" if turn == 45 else "turned by "
    )


def test_a_small_face(portrait, truth, predictor):
    share = 22 / np.ptp(truth, axis=0).max()
    side = round(512 * share)
    small = Image.new("RGB", (500, 300))
    small.paste(Image.fromarray(portrait).resize((side, side), Image.Resampling.BOX), (200, 100))
    expected = (truth + 0.5) * (side / 512) - 0.5 + [200, 100]
    assert_found(np.array(small), expected, predictor, "hog upsampled")


@pytest.mark.parametrize(
    "name", ["coffee", "chelsea", "rocket", "brick", "gravel", "coins", "page", "moon", "retina"]
)
def test_no_face_where_there_is_none(predictor, name):
    picture = Image.fromarray(getattr(skimage.data, name)()).convert("RGB")
    picture.thumbnail((1024, 1024))
    assert se.search(np.array(picture), *predictor) is None


def test_no_face_in_noise_nor_in_a_photo_without_its_head(portrait, predictor):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    assert se.search(np.array(Image.fromarray(noise).resize((512, 512))), *predictor) is None
    headless = portrait.copy()
    headless[:230, 120:330] = portrait[:1, 200:201]
    assert se.search(headless, *predictor) is None


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (5, 300), (39, 39), (41, 1024)])
def test_small_and_narrow_photos(predictor, size):
    assert se.search(np.full((*size, 3), 90, np.uint8), *predictor) is None


def test_of_two_faces_the_largest(portrait, predictor):
    head = Image.fromarray(portrait[:240, 100:340]).rotate(75)
    both = Image.new("RGB", (640, 400))
    both.paste(head, (0, 0))
    both.paste(head.resize((400, 400)), (240, 0))
    face = se.search(np.array(both), *predictor)
    assert face.n_faces == 2
    assert face.landmarks[:, 0].min() > 240


def test_the_jaw_line_of_inner_landmarks(portrait, truth, predictor):
    whole = complete_jaw(portrait, truth[17:], *predictor)
    np.testing.assert_array_equal(whole[17:], truth[17:])
    apart = np.linalg.norm(whole - truth, axis=1)
    assert apart[:17].mean() < 0.05 * np.linalg.norm(truth[36] - truth[45])


def test_no_package_no_network(monkeypatch):
    monkeypatch.setattr(se, "_PACKAGE", "no_such_package_anywhere")
    with pytest.raises(InputError, match=r"mmod_human_face_detector.*fit\.second_tries: false"):
        se.load_network()
