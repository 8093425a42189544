"""The embedded parser on heads of which every pixel is known: bars on what is wrongly the head's, and what is lost."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy import ndimage

from scoreface.base.errors import InputError
from scoreface.parse.embedded import GREY, NO_FACE
from scoreface.parse.engines import EmbeddedSettings, Given, make_parser
from scoreface.parse.labels import (
    BACKGROUND,
    BARE,
    BROWS,
    CLOTHES,
    EARS,
    EYES,
    FACE,
    GLASSES,
    HAIR,
    LIPS,
    MOUTH,
    NECK,
    OTHER,
    PERSON,
    SKIN,
    UNKNOWN,
)
from scoreface.parse.masks import shrink
from scoreface.parse.outline import find_outline

pytestmark = pytest.mark.heavy

# Plain and blurred walls; yaw of the head.
SCENES = [(0, -25.0), (1, 0.0), (7, 35.0), (3, 10.0)]


def among(labels: np.ndarray, those) -> np.ndarray:
    return np.isin(labels, list(those))


@pytest.mark.parametrize(("seed", "yaw"), SCENES)
def test_before_a_wall_little_is_wrongly_the_persons_and_little_lost(
    embedded, take, seed: int, yaw: float
) -> None:
    scene = take(seed, yaw)
    labels, confidence, notes = embedded.parse(scene.image, scene.landmarks)
    assert notes == ()
    assert labels.shape == confidence.shape == scene.truth.shape
    person = among(labels, PERSON)
    background = scene.truth == BACKGROUND
    assert (person & background).sum() < 0.02 * person.sum()
    # Without a rim of two pixels nothing at all.
    assert not (shrink(person, 2) & background).any()
    skin = shrink(scene.truth == SKIN, 2)
    assert (skin & among(labels, BARE)).sum() > 0.98 * skin.sum()
    hair = shrink(scene.truth == HAIR, 3)
    assert (hair & (labels == HAIR)).sum() > 0.9 * hair.sum()
    bare = among(labels, BARE)
    assert (bare & (scene.truth == HAIR)).sum() < 0.04 * bare.sum()


@pytest.mark.parametrize(("seed", "yaw"), SCENES)
def test_the_outline_lies_on_the_true_edge_and_not_on_hair(
    embedded, take, seed: int, yaw: float
) -> None:
    scene = take(seed, yaw)
    outline = find_outline(embedded.parse(scene.image, scene.landmarks), scene.landmarks)
    assert outline.bare.sum() > 60
    points, normals = outline.points[outline.bare], outline.normals[outline.bare]
    x, y = points.T - 0.5
    covered = ndimage.gaussian_filter(scene.covered, 0.5)
    signed = ndimage.distance_transform_edt(covered > 0.5)
    signed -= ndimage.distance_transform_edt(covered <= 0.5)
    away = np.abs(ndimage.map_coordinates(signed, [y, x], order=1))
    # Where a neck has the wall's colour, a few are further off.
    assert (away < 2.0).mean() > 0.93
    assert away.max() < 6.0
    assert np.median(away) < 0.7
    inside = points - 6.0 * scene.eyes / 120.0 * normals
    column, row = inside.astype(int).T
    assert (scene.truth[row, column] == HAIR).mean() < 0.05


def test_a_parse_is_the_same_each_time(embedded, take, person_model: Path) -> None:
    scene = take(1)
    first = embedded.parse(scene.image, scene.landmarks)
    other = make_parser(EmbeddedSettings(str(person_model)))
    for parser in (embedded, other):
        again = parser.parse(scene.image.copy(), scene.landmarks.copy())
        np.testing.assert_array_equal(first.labels, again.labels)
        np.testing.assert_array_equal(first.confidence, again.confidence)


def test_features_ears_and_neck_are_where_they_belong(embedded, take) -> None:
    scene = take(1)
    labels = embedded.parse(scene.image, scene.landmarks).labels
    at = scene.landmarks
    for label, points in ((EYES, [36, 45]), (BROWS, [19, 24]), (LIPS, [51, 57])):
        middle = at[points].mean(0)
        y, x = np.nonzero(labels == label)
        assert np.hypot(x.mean() - middle[0], y.mean() - middle[1]) < 0.2 * scene.eyes
    rows = {label: np.nonzero(labels == label)[0].mean() for label in (SKIN, EARS, NECK, CLOTHES)}
    assert rows[EARS] < at[8, 1] < rows[NECK] < rows[CLOTHES]
    ears = np.nonzero(labels == EARS)[1]
    assert ears.min() < at[0, 0]
    assert ears.max() > at[16, 0]
    assert not (labels == MOUTH).any(), "the mouth is closed"


def test_an_open_mouth_is_no_lip(embedded, take) -> None:
    scene = take(1)
    at = scene.landmarks.copy()
    at[[61, 62, 63], 1] -= 0.1 * scene.eyes
    at[[65, 66, 67], 1] += 0.1 * scene.eyes
    labels = embedded.parse(scene.image, at).labels
    assert labels[int(at[66, 1] + at[62, 1]) // 2, int(at[66, 0])] == MOUTH


def test_a_bald_head_is_skin_up_to_the_top(embedded, take) -> None:
    scene = take(4, 10.0, bald=True)
    labels = embedded.parse(scene.image, scene.landmarks).labels
    skin = shrink(scene.truth == SKIN, 2)
    assert (skin & among(labels, BARE)).sum() > 0.97 * skin.sum()


def test_what_is_before_the_face_is_not_the_face(embedded, take) -> None:
    scene = take(1)
    image = scene.image.copy()
    x, y = (scene.landmarks[48] + [-0.3 * scene.eyes, 0.1 * scene.eyes]).astype(int)
    half = int(0.25 * scene.eyes)
    paddle = np.zeros(scene.truth.shape, bool)
    paddle[y - half : y + half, x - half : x + half] = True
    image[paddle] = np.random.default_rng(0).integers([0, 90, 0], [60, 255, 90], (paddle.sum(), 3))
    labels = embedded.parse(image, scene.landmarks).labels
    inner = shrink(paddle, 2)
    assert (labels[inner] == OTHER).mean() > 0.9
    assert not among(labels[inner], FACE).any()
    # The rest of the face is no worse for it.
    skin = shrink((scene.truth == SKIN) & ~paddle, 4)
    assert among(labels[skin], BARE).mean() > 0.95


def test_frames_are_glasses_and_no_skin(embedded, take) -> None:
    scene = take(1)
    frames = np.zeros(scene.truth.shape, np.uint8)
    thick = max(3, round(0.04 * scene.eyes))
    middles = [scene.landmarks[part].mean(0).astype(int) for part in (range(36, 42), range(42, 48))]
    for middle in middles:
        axes = int(0.27 * scene.eyes), int(0.2 * scene.eyes)
        cv2.ellipse(frames, middle.tolist(), axes, 0, 0, 360, 1, thick)
    bridge = [(middles[0] + [0.27 * scene.eyes, 0]), (middles[1] - [0.27 * scene.eyes, 0])]
    cv2.line(frames, *(end.astype(int).tolist() for end in bridge), 1, thick)
    image = np.where(frames[..., None] > 0, 20, scene.image).astype(np.uint8)
    labels = embedded.parse(image, scene.landmarks).labels
    assert (labels[frames > 0] == GLASSES).mean() > 0.7
    assert not (embedded.parse(scene.image, scene.landmarks).labels == GLASSES).any()


def test_a_grey_photo_is_parsed_by_places_and_says_so(embedded, take) -> None:
    scene = take(1)
    grey = np.repeat(cv2.cvtColor(scene.image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    labels, _, notes = embedded.parse(grey, scene.landmarks)
    assert notes == (GREY,)
    face = among(labels, FACE)
    assert (face & (scene.truth == SKIN)).sum() > 0.95 * face.sum()
    assert face.sum() > 0.5 * (scene.truth == SKIN).sum()
    assert {HAIR, NECK, CLOTHES} <= set(np.unique(labels))


def test_without_landmarks_nothing_is_known(embedded) -> None:
    labels, confidence, notes = embedded.parse(np.zeros((40, 30, 3), np.uint8), None)
    assert (labels == UNKNOWN).all()
    assert not confidence.any()
    assert notes == (NO_FACE,)


def test_a_face_that_the_photo_cuts_and_a_tiny_one(embedded, take) -> None:
    scene = take(1)
    x = int(scene.landmarks[30, 0])
    cut = embedded.parse(scene.image[:, x:], scene.landmarks - [x, 0])
    assert cut.labels.shape == (512, 512 - x)
    assert among(cut.labels, FACE).sum() > 0.3 * (scene.truth[:, x:] == SKIN).sum()
    tiny = cv2.resize(scene.image, (64, 64), interpolation=cv2.INTER_AREA)
    labels = embedded.parse(tiny, (scene.landmarks + 0.5) / 8 - 0.5).labels
    truth = cv2.resize(scene.truth, (64, 64), interpolation=cv2.INTER_NEAREST)
    assert (among(labels, PERSON) & (truth == BACKGROUND)).sum() < 0.1 * (truth != BACKGROUND).sum()


def test_files_that_are_not_the_network_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.tflite").write_text("no model")
    for name, reason in (("text.tflite", "it is no TFLite model"), ("none.tflite", "No such file")):
        with pytest.raises(
            InputError, match=rf"{name}: cannot be read as the person network \({reason}"
        ):
            make_parser(EmbeddedSettings("auto"), Given(person_model=tmp_path / name))
