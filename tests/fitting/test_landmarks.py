"""dlib on a real face, on two, and on none."""

import sys

import numpy as np
import pytest
import skimage.data
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.fitting import landmarks as lm


@pytest.fixture(scope="module")
def path():
    return lm.find_predictor()


@pytest.fixture(scope="module")
def predictor(path):
    return lm.load_predictor(path)


@pytest.fixture(scope="module")
def head():
    """(240, 240, 3): the astronaut's head."""
    return np.ascontiguousarray(skimage.data.astronaut()[:240, 100:340])


def test_the_predictor_is_found_without_importing_its_package(path):
    assert path.endswith("shape_predictor_68_face_landmarks.dat")
    assert "face_recognition_models" not in sys.modules


def test_no_package_no_predictor(monkeypatch):
    monkeypatch.setattr(lm, "_PACKAGE", "no_such_package_anywhere")
    with pytest.raises(InputError, match="no landmark predictor"):
        lm.find_predictor()


def test_missing_and_corrupted_predictors(tmp_path):
    with pytest.raises(InputError, match=r"cannot read .*none\.dat"):
        lm.load_predictor(str(tmp_path / "none.dat"))
    (tmp_path / "bad.dat").write_bytes(b"no predictor")
    with pytest.raises(InputError, match=r"bad\.dat is not a dlib shape predictor"):
        lm.load_predictor(str(tmp_path / "bad.dat"))


def test_a_real_face(head, predictor, path):
    found = lm.detect(head, predictor, path)
    assert found.n_faces == 1
    assert found.landmarks.shape == (68, 2)
    assert found.found_by == "hog"
    right_eye, left_eye = found.landmarks[36:42].mean(0), found.landmarks[42:48].mean(0)
    nose, mouth, chin = found.landmarks[30], found.landmarks[48:].mean(0), found.landmarks[8]
    # y down: the eyes above the nose above the mouth; the person's right eye on the left.
    assert right_eye[0] < nose[0] < left_eye[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < mouth[1] < chin[1]


def test_of_two_faces_the_largest(head, predictor, path):
    larger = np.array(Image.fromarray(head).resize((400, 400)))
    both = np.zeros((400, 640, 3), np.uint8)
    both[:240, :240] = head
    both[:, 240:] = larger
    found = lm.detect(both, predictor, path)
    assert found.n_faces == 2
    assert found.landmarks[:, 0].min() > 240


def test_no_face(predictor, path):
    assert lm.detect(np.full((64, 64, 3), 128, np.uint8), predictor, path) is None
    assert lm.detect(np.zeros((1, 1, 3), np.uint8), predictor, path) is None


def test_a_huge_photo_is_reduced_for_the_detector_only(head, predictor, path, monkeypatch):
    expected = lm.detect(head, predictor, path)
    monkeypatch.setattr(lm, "DETECTION_SIDE", 150)
    found = lm.detect(head, predictor, path)
    assert np.abs(found.landmarks - expected.landmarks).mean() < 3
    assert np.abs(found.box - expected.box).max() < 20
