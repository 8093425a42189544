"""dlib's face-recognition network on real faces, turned, and on none."""

import functools

import numpy as np
import pytest
import skimage.data
from PIL import Image

from scoreface.base.errors import InputError
from scoreface.fitting import identity
from scoreface.fitting.landmarks import detect, find_predictor, load_predictor

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module", autouse=True)
def loaded_once():
    """The predictor has 100 MB: once for all tests."""
    patch = pytest.MonkeyPatch()
    patch.setattr(identity, "load_predictor", functools.cache(load_predictor))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def network():
    return identity.load_network()


@pytest.fixture(scope="module")
def head():
    """(240, 240, 3): the astronaut's head."""
    return np.ascontiguousarray(skimage.data.astronaut()[:240, 100:340])


@pytest.fixture(scope="module")
def landmarks(head, loaded_once):
    path = find_predictor()
    return detect(head, identity.load_predictor(path), path).landmarks


def test_a_face_is_itself_turned_or_not(network, head, landmarks):
    described = identity.describe(network, head, landmarks)
    assert described.shape == (128,)
    # A quarter turn counter-clockwise takes x, y to y, width - 1 - x; the landmarks turn the face back.
    turned = np.ascontiguousarray(np.rot90(head))
    points = np.column_stack([landmarks[:, 1], head.shape[1] - 1 - landmarks[:, 0]])
    assert identity.distance(described, described) == 0
    assert identity.distance(described, identity.describe(network, turned, points)) < 0.1
    wrong = identity.describe(network, turned, landmarks)
    assert identity.distance(described, wrong) > 0.4


def test_the_jaw_plays_no_part(network, head, landmarks, monkeypatch):
    described = identity.describe(network, head, landmarks)
    lengths = []

    def elsewhere(box, points):
        moved = [identity.dlib.point(p.x + 30, p.y + 70) for p in points[:17]]
        lengths.append(len(points))
        return original(box, moved + points[17:])

    original = identity.dlib.full_object_detection
    monkeypatch.setattr(identity.dlib, "full_object_detection", elsewhere)
    assert (identity.describe(network, head, landmarks) == described).all()
    assert lengths == [68]


def test_distances_to_the_photo(head, tmp_path):
    photo, mirrored = str(tmp_path / "photo.png"), str(tmp_path / "mirrored.png")
    Image.fromarray(head).save(photo)
    Image.fromarray(head[:, ::-1]).save(mirrored)
    record = identity.compare(photo, mirrored, photo)
    assert record["distance_after"] == 0
    # The network takes two photos of one person to be less than 0.6 apart.
    assert 0 < record["distance_before"] < 0.6
    assert record["reason"] is None


def test_a_picture_without_a_face_is_no_error(head, tmp_path):
    Image.fromarray(head).save(tmp_path / "photo.png")
    Image.fromarray(np.zeros((80, 80, 3), np.uint8)).save(tmp_path / "black.png")
    photo, black = str(tmp_path / "photo.png"), str(tmp_path / "black.png")
    record = identity.compare(photo, black, photo)
    assert record["distance_before"] is None
    assert record["distance_after"] == 0
    assert record["reason"] == f"no face was found in {black}"
    assert identity.compare(black, photo, photo)["distance_after"] is None


def test_no_package_no_network(monkeypatch):
    monkeypatch.setattr(identity, "_PACKAGE", "no_such_package_anywhere")
    with pytest.raises(InputError, match="no face-recognition network"):
        identity.load_network()
