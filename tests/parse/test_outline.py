"""The outline for the fit: on the edge of skin before background to a fraction of a pixel, and nowhere else."""

import numpy as np
import pytest

from scoreface.parse.engines import Parsed
from scoreface.parse.labels import BACKGROUND, HAIR, NECK, OTHER, SKIN, UNKNOWN
from scoreface.parse.outline import INSIDE, NEITHER, OUTSIDE, find_outline, no_outline

from .test_pose import landmarks_at

CENTRE, RADIUS = np.array([150.3, 120.8]), 75.0


def disc(size: int = 300, factor: float = 1.0, label: int = SKIN) -> tuple[Parsed, np.ndarray]:
    """A round head of skin before background, and landmarks in it."""
    y, x = np.mgrid[:size, :size] + 0.5
    inside = np.hypot(x - factor * CENTRE[0], y - factor * CENTRE[1]) < factor * RADIUS
    labels = np.where(inside, label, BACKGROUND).astype(np.uint8)
    return Parsed(labels, np.full(labels.shape, 255, np.uint8)), factor * landmarks_at(0.0)


@pytest.mark.parametrize(("size", "factor"), [(300, 1.0), (900, 3.0), (150, 0.5)])
def test_points_lie_on_a_discs_edge_whatever_the_photos_size(size: int, factor: float) -> None:
    outline = find_outline(*disc(size, factor))
    away = (outline.points - factor * CENTRE) / factor
    assert len(outline.points) > 50
    assert np.abs(np.linalg.norm(away, axis=1) - RADIUS).max() < 0.8
    towards = away / np.linalg.norm(away, axis=1, keepdims=True)
    assert (outline.normals * towards).sum(1).min() > 0.99
    np.testing.assert_allclose(np.linalg.norm(outline.normals, axis=1), 1.0, atol=1e-6)


def test_hair_does_not_pull() -> None:
    parsed, landmarks = disc()
    parsed.labels[:120][parsed.labels[:120] == SKIN] = HAIR
    outline = find_outline(parsed, landmarks)
    assert outline.bare.sum() > 20
    assert outline.points[outline.bare, 1].min() > 120 - 3
    # But beyond it there is no head.
    assert (~outline.bare).sum() > 20
    assert outline.points[~outline.bare, 1].max() < 120 + 9


def test_the_sides_are_bare_skin_and_sure_background() -> None:
    for size, factor, step in ((300, 1.0, 1), (2400, 8.0, 3)):
        parsed, landmarks = disc(size, factor)
        lower = parsed.labels[int(0.6 * size) :]
        lower[lower == SKIN] = NECK
        parsed.confidence[:, : size // 10] = 0
        sides, found = find_outline(parsed, landmarks)[3:]
        assert found == step
        labels = parsed.labels[::step, ::step]
        np.testing.assert_array_equal(sides == INSIDE, labels == SKIN)
        sure = parsed.confidence[::step, ::step] > 0
        np.testing.assert_array_equal(sides == OUTSIDE, (labels == BACKGROUND) & sure)


def test_of_a_photo_of_which_nothing_is_known_there_is_no_outline() -> None:
    outline = no_outline((700, 2100))
    assert outline.points.shape == outline.normals.shape == (0, 2)
    assert outline.bare.shape == (0,)
    assert outline.step == 3
    assert outline.sides.shape == (234, 700)
    assert (outline.sides == NEITHER).all()


def test_no_point_where_hair_may_be_outside() -> None:
    parsed, landmarks = disc()
    parsed.confidence[:, :150] = 100
    outline = find_outline(parsed, landmarks)
    assert len(outline.points) > 20
    assert outline.points[:, 0].min() > 150 - 3


def test_no_point_where_a_hand_is_outside() -> None:
    parsed, landmarks = disc()
    parsed.labels[:, 200:][parsed.labels[:, 200:] == BACKGROUND] = OTHER
    assert find_outline(parsed, landmarks).points[:, 0].max() < 200


def test_the_photos_border_is_no_outline() -> None:
    parsed, landmarks = disc()
    cut = Parsed(parsed.labels[:, 100:], parsed.confidence[:, 100:])
    outline = find_outline(cut, landmarks - [100, 0])
    assert len(outline.points) > 20
    assert outline.points[:, 0].min() > 3


@pytest.mark.parametrize("label", [UNKNOWN, BACKGROUND, HAIR])
def test_no_outline_without_skin(label: int) -> None:
    outline = find_outline(*disc(label=label))
    assert outline.points.shape == outline.normals.shape == (len(outline.bare), 2)
    assert not outline.bare.any()
