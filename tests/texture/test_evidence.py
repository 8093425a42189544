"""Which pixels are evidence of which texels, on pictures of labels whose answer can be drawn."""

import numpy as np
import pytest

from scoreface.base.regions import EARS, FACE, FOREHEAD, LEGEND, NECK, SCALP
from scoreface.base.regions import UNKNOWN as NOWHERE
from scoreface.parse import labels as parsed
from scoreface.parse.labels import BACKGROUND, CLOTHES, HAIR, HAT, OTHER, SKIN, UNKNOWN
from scoreface.texture.evidence import Evidence, eye_distance, find_evidence, without_slivers

SIZE = 40
BARE = ("SKIN", "EYES", "BROWS", "LIPS", "EARS", "NECK", "UNKNOWN")


def shown(evidence: Evidence, x: float, y: float) -> np.ndarray:
    """Whether a place in the photo is evidence of each of the texels."""
    texels = np.arange(len(evidence.top))
    return evidence.shown(np.tile([float(x), float(y)], (len(texels), 1)), texels)


@pytest.fixture
def regions() -> np.ndarray:
    """A texel of each region."""
    return np.array(sorted(LEGEND), np.uint8)


@pytest.mark.parametrize("name", parsed.NAMES.values())
@pytest.mark.parametrize("glasses", [False, True])
def test_what_counts_where(name: str, glasses: bool, regions: np.ndarray) -> None:
    label = next(value for value, word in parsed.NAMES.items() if word == name)
    evidence = find_evidence(np.full((SIZE, SIZE), label, np.uint8), regions, 100, 0.016, glasses)
    everywhere = {getattr(parsed, bare) for bare in BARE} | ({parsed.GLASSES} if glasses else set())
    for region, found in zip(regions, shown(evidence, 20, 20), strict=True):
        where_hair_grows = label in (HAIR, HAT) and region in (SCALP, FOREHEAD)
        assert found == (label in everywhere or where_hair_grows), (name, region)


@pytest.mark.parametrize(
    ("erosion", "eyes", "rim"),
    [(0.016, 120, 2), (0.016, 30, 1), (0.016, 2, 1), (0.03, 100, 3), (0, 120, 0)],
)
def test_the_person_s_rim_does_not_count(
    erosion: float, eyes: float, rim: int, regions: np.ndarray
) -> None:
    labels = np.full((SIZE, SIZE), SKIN, np.uint8)
    labels[:, 20:] = BACKGROUND
    evidence = find_evidence(labels, regions, eyes, erosion, False)
    found = [bool(shown(evidence, x, 20)[FACE]) for x in range(SIZE)]
    assert found == [x < 20 - rim for x in range(SIZE)]


@pytest.mark.parametrize(("erosion", "rim"), [(0.0, 0), (0.001, 2), (0.05, 10)])
def test_beside_clothes_the_rim_is_twice_as_wide(
    erosion: float, rim: int, regions: np.ndarray
) -> None:
    labels = np.full((SIZE, SIZE), SKIN, np.uint8)
    labels[:, 20:] = CLOTHES
    evidence = find_evidence(labels, regions, 100, erosion, False)
    found = [bool(shown(evidence, x, 20).all()) for x in range(SIZE)]
    assert found == [x < 20 - rim for x in range(SIZE)]


def test_the_rim_is_a_disc_around_each_pixel_of_the_background(regions: np.ndarray) -> None:
    labels = np.full((SIZE, SIZE), SKIN, np.uint8)
    labels[20, 20] = BACKGROUND
    evidence = find_evidence(labels, regions, 100, 0.05, False)
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    np.testing.assert_array_equal(evidence.inner, np.hypot(x - 20, y - 20) > 5)


def test_no_pixel_that_is_mixed_in_lies_in_the_rim(regions: np.ndarray) -> None:
    labels = np.full((SIZE, SIZE), SKIN, np.uint8)
    labels[:, 20:] = BACKGROUND
    evidence = find_evidence(labels, regions, 100, 0.01, False)
    # A rim of one pixel: the last one that counts has its centre at 18.
    places = np.arange(16, 20, 0.25)
    assert [bool(shown(evidence, x, 20)[FACE]) for x in places] == list(places <= 18)


@pytest.mark.parametrize("label", [HAIR, HAT])
def test_beside_hair_the_rim_counts_where_hair_grows_alone(label: int, regions: np.ndarray) -> None:
    labels = np.full((SIZE, SIZE), SKIN, np.uint8)
    labels[:, 20:] = label
    evidence = find_evidence(labels, regions, 100, 0.02, False)
    found = np.array([shown(evidence, x, 20) for x in range(SIZE)])
    for region in (SCALP, FOREHEAD):
        assert found[:, region].all()
    for region in (NOWHERE, FACE, EARS, NECK):
        assert list(found[:, region]) == [x < 20 - 2 for x in range(SIZE)]


def test_slivers_are_left_out() -> None:
    seen = np.zeros((12, 12), bool)
    seen[1, :], seen[3:11, 2] = True, True  # lines
    seen[3:5, 5:7] = seen[7:10, 5:9] = True  # a square, a rectangle
    seen[8, 9] = True  # a tooth on it
    expected = np.zeros((12, 12), bool)
    expected[3:5, 5:7] = expected[7:10, 5:9] = True
    np.testing.assert_array_equal(without_slivers(seen), expected)


@pytest.mark.parametrize("edge", [OTHER, UNKNOWN])
def test_what_stands_before_the_face_is_no_edge_of_the_person(
    edge: int, regions: np.ndarray
) -> None:
    labels = np.full((SIZE, SIZE), SKIN, np.uint8)
    labels[:, 20:] = edge
    evidence = find_evidence(labels, regions, 100, 0.05, False)
    assert shown(evidence, 19, 20).all()
    # Half-way to the next pixel, its colour is mixed in.
    assert (shown(evidence, 19.5, 20) == shown(evidence, 20, 20)).all()


def test_the_photo_s_own_edge_is_no_rim(regions: np.ndarray) -> None:
    labels = np.full((SIZE, SIZE), SKIN, np.uint8)
    labels[:3, :3] = BACKGROUND
    evidence = find_evidence(labels, regions, 100, 0.05, False)
    assert shown(evidence, SIZE - 1, SIZE - 1).all()


def test_hair_counts_on_scalp_and_forehead_alone(regions: np.ndarray) -> None:
    labels = np.full((SIZE, SIZE), HAIR, np.uint8)
    found = shown(find_evidence(labels, regions, 100, 0.016, False), 20, 20)
    assert {int(region) for region in regions[found]} == {SCALP, FOREHEAD}
    assert {NOWHERE, FACE, EARS, NECK} == {int(region) for region in regions[~found]}


def test_where_nothing_is_known_all_counts(regions: np.ndarray) -> None:
    evidence = find_evidence(np.zeros((SIZE, SIZE), np.uint8), regions, 100, 0.016, False)
    assert shown(evidence, 0, 0).all()
    assert shown(evidence, 38.5, 38.5).all()


def test_eye_distance_is_of_the_outer_corners() -> None:
    landmarks = np.zeros((68, 2))
    landmarks[36], landmarks[45] = (10, 20), (13, 24)  # iBUG's numbers
    assert eye_distance(landmarks[17:]) == 5
