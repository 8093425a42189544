"""The outline of skin: read, matched to bodies whose rim is known, and compared with what they cover."""

import numpy as np
import pytest
import trimesh

from scoreface.base.arrays import write_npz
from scoreface.base.errors import InputError
from scoreface.fitting.outline import Outline, find_rim, load_outline, match, outline_iou

HEIGHT, CENTRE, RADIUS, SCALE = 200, np.array([100.0, 90.0]), 60.0, 600.0
SIZE = 80.0  # of a face, in pixels


@pytest.fixture(scope="module")
def ball():
    """A ball in mesh units, whose middle the camera sees at CENTRE (y down)."""
    mesh = trimesh.creation.icosphere(subdivisions=5, radius=RADIUS / SCALE)
    place = np.array([CENTRE[0], HEIGHT - CENTRE[1], 0.0]) / SCALE
    return mesh.vertices + place, mesh.faces.astype(np.int64)


def circle(radius: float, bare: bool = True, count: int = 72) -> Outline:
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False) + 0.01
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = CENTRE + radius * normals
    return Outline(points, normals, np.full(count, bare), np.zeros((HEIGHT, HEIGHT), np.uint8), 1)


def matched(ball, outline, first=False):
    vertices, faces = ball
    return match(outline, HEIGHT, find_rim(faces), vertices, SCALE, SIZE, first)


def at(ball, found) -> np.ndarray:
    """(M, 2) where on the ball the matches lie, in pixels, y down."""
    ends = SCALE * ball[0][found.edges][..., :2]
    here = ends[:, 0] + found.places[:, None] * (ends[:, 1] - ends[:, 0])
    return np.stack([here[:, 0], HEIGHT - here[:, 1]], axis=1)


def test_points_are_matched_to_the_nearest_of_the_rim(ball):
    found = matched(ball, circle(RADIUS + 3.0))
    assert found.drawn == 72
    points = np.stack([found.points[:, 0], HEIGHT - found.points[:, 1]], axis=1)
    distances = np.linalg.norm(points - at(ball, found), axis=1)
    np.testing.assert_allclose(distances, 3.0, atol=0.1)
    beyond = ((points - at(ball, found)) * found.normals * [1, -1]).sum(axis=1)
    assert (beyond > 1.0).all(), "normals point out of the head"
    assert found.weights.sum() <= 1.0 + 1e-9


def test_the_end_of_hair_is_matched_too_but_does_not_draw(ball):
    found = matched(ball, circle(RADIUS + 3.0, bare=False))
    assert found.drawn == 0
    assert len(found.points) > 60


def test_points_far_off_are_matched_to_nothing(ball):
    assert matched(ball, circle(RADIUS + 0.11 * SIZE)).drawn == 0
    assert matched(ball, circle(RADIUS + 0.11 * SIZE), first=True).drawn > 40


def test_points_that_face_another_way_are_matched_to_nothing(ball):
    outline = circle(RADIUS)
    assert matched(ball, outline._replace(normals=-outline.normals)).drawn == 0


def test_an_outline_without_points_has_no_matches(ball):
    found = matched(ball, circle(RADIUS, count=0))
    assert found.drawn == len(found.points) == 0


@pytest.mark.parametrize("step", [1, 2, 3])
def test_the_iou_of_two_discs(ball, step):
    y, x = np.mgrid[:HEIGHT, :HEIGHT] + 0.5
    true = np.hypot(x - CENTRE[0] - 10, y - CENTRE[1]) < RADIUS
    sides = np.where(true, 2, 1).astype(np.uint8)[::step, ::step]
    outline = Outline(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, bool), sides, step)
    vertices, faces = ball
    points = np.stack([SCALE * vertices[:, 0], HEIGHT - SCALE * vertices[:, 1]], axis=1)
    # Two discs of radius r at distance d share 2 r^2 acos(d / 2r) - d / 2 sqrt(4 r^2 - d^2).
    r, d = RADIUS, 10.0
    common = 2 * r * r * np.arccos(d / 2 / r) - d / 2 * np.sqrt(4 * r * r - d * d)
    expected = common / (2 * np.pi * r * r - common)
    assert outline_iou(outline, faces, points) == pytest.approx(expected, abs=0.02)


def test_what_counts_neither_way_does_not_count(ball):
    sides = np.zeros((HEIGHT, HEIGHT), np.uint8)
    sides[80:100, 90:110] = 2
    outline = Outline(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, bool), sides, 1)
    vertices, faces = ball
    points = np.stack([SCALE * vertices[:, 0], HEIGHT - SCALE * vertices[:, 1]], axis=1)
    assert outline_iou(outline, faces, points) == 1.0
    assert outline_iou(outline._replace(sides=0 * sides), faces, points) is None


def test_an_outline_goes_through_its_file(tmp_path):
    outline = circle(RADIUS)
    write_npz(tmp_path / "outline.npz", **outline._asdict())
    read = load_outline(tmp_path / "outline.npz")
    for one, other in zip(read, outline, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"points": np.zeros((3, 2))}, "outline.npz: no readable outline"),
        ({"normals": np.full((72, 2), np.nan)}, "not finite"),
        ({"bare": np.zeros(72)}, "not truth values"),
        ({"step": 0}, "step is 0"),
    ],
)
def test_a_damaged_outline_is_named(tmp_path, changed, message):
    write_npz(tmp_path / "outline.npz", **{**circle(RADIUS)._asdict(), **changed})
    with pytest.raises(InputError, match=message):
        load_outline(tmp_path / "outline.npz")
